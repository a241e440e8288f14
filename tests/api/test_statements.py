"""Bank files out and statements in, for people's software."""

import pytest

from grants.payouts.models import BankStatement, BatchFile, PayoutBatch, StatementLine
from tests.api.calls import Caller, problem
from tests.payouts.banking import as_file, by_file, debit, due, sent, statement, uploaded, yesterday
from tests.payouts.rails.bank.files import entry, pain002, status
from tests.payouts.way import standing

pytestmark = pytest.mark.django_db


def upload(caller: Caller, raw: bytes, **more):
    return caller.post("bank-statements/", {"file": as_file(raw)}, format="multipart", **more)


def test_statement_is_uploaded_once():
    (attempt,) = sent()
    finance, raw = Caller("finance"), statement(debit(attempt), entry("-5.00"))

    first, again = upload(finance, raw), upload(finance, raw)

    made = first.json()
    assert (first.status_code, again.status_code, again.json()) == (201, 200, made)
    assert (made["kind"], made["account"], made["count"]) == ("camt053", "•••• 4321", 2)
    assert (made["money_in"], made["money_out"]) == ("0.00", "30005.00")
    assert finance.get("bank-statements/").json()["results"] == [made]
    assert standing() == [("paid", "succeeded")]


def test_statement_under_an_idempotency_key_is_uploaded_once():
    (attempt,) = sent()
    finance, raw = Caller("finance"), statement(debit(attempt))

    first, again = upload(finance, raw, key="k"), upload(finance, raw, key="k")

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again["Idempotency-Replayed"], again.json()) == ("true", first.json())
    assert BankStatement.objects.count() == 1


@pytest.mark.parametrize("raw", [b"", b"x", b"<a", b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"])
def test_wrong_statement_is_refused_by_its_field(raw):
    assert problem(upload(Caller("finance"), raw)) == (409, "refused", [("file", "refused")])
    assert not BankStatement.objects.exists()


def test_statement_without_a_file_is_not_valid():
    found = Caller("finance").post("bank-statements/", {}, format="multipart")

    assert problem(found) == (400, "invalid", [("file", "required")])


@pytest.mark.parametrize("who", ["controller", "auditor", "officer", "applicant", "superuser"])
def test_only_finance_uploads(who):
    assert problem(upload(Caller(who), statement(entry("-5.00"))))[0] == 403
    assert not BankStatement.objects.exists()


def test_lines_are_filtered_and_show_their_match():
    ann, bob = sent("ann", "bob")
    uploaded(debit(ann), debit(bob, number="NOTPROVIDED"))
    finance = Caller("finance")

    (matched,) = finance.get("statement-lines/", state="matched").json()["results"]
    (open_one,) = finance.get("statement-lines/", state="open", says="paid").json()["results"]

    assert (matched["amount"], matched["number"]) == ("-30000.00", ann.number)
    assert matched["match"]["payout"] == ann.payout.reference
    assert (matched["match"]["how"], matched["match"]["confidence"]) == ("number", 100)
    assert (matched["verbs"], open_one["verbs"]) == (["unmatch"], ["match", "set-aside"])
    assert open_one["match"] is None
    assert finance.get("statement-lines/", until="2020-01-01").json()["results"] == []


def test_line_is_matched_by_the_number_of_a_payment():
    (attempt,) = sent()
    uploaded(debit(attempt, number="NOTPROVIDED"))
    line, finance = StatementLine.objects.get(), Caller("finance")
    path = f"statement-lines/{line.pk}/"

    unknown = finance.post(path + "match/", {"number": "PAY-1"})
    done = finance.post(path + "match/", {"number": attempt.number}).json()
    undone = finance.post(path + "unmatch/", {"reason": "wrong"})

    assert problem(unknown) == (409, "refused", [("number", "refused")])
    assert (done["state"], done["match"]["is_settling"]) == ("matched", True)
    assert problem(undone) == (409, "refused", [])
    assert standing() == [("paid", "succeeded")]


def test_match_that_moved_nothing_is_undone_and_the_line_set_aside():
    (attempt,) = sent()
    finance = Caller("finance")
    upload(finance, pain002(status(attempt.number, "ACSC")))
    uploaded(debit(attempt, day=str(yesterday())))
    path = f"statement-lines/{StatementLine.objects.get(statement__kind='camt053').pk}/"

    assert finance.post(path + "unmatch/", {"reason": "wrong"}).json()["state"] == "open"
    aside = finance.post(path + "set-aside/", {"reason": "fee"}).json()
    assert (aside["state"], aside["reason"], aside["verbs"]) == ("set_aside", "fee", ["take-up"])
    assert finance.post(path + "take-up/").json()["state"] == "open"


def test_batch_by_file_gives_its_file():
    (payout,) = due("ann")
    made = Caller("finance").post(
        "payout-batches/", {"payouts": [payout.reference], "rail": "bank_file"}
    )
    assert (made.json()["rail"], made.json()["send_on"]) == ("bank_file", None)
    assert problem(Caller("finance").get(f"payout-batches/{made.json()['reference']}/file/")) == (
        409,
        "refused",
        [],
    )


@pytest.mark.parametrize(
    ("file_format", "media_type", "start"),
    [
        (None, "application/xml", b"<?xml"),
        ("pain001", "application/xml", b"<?xml"),
        ("csv", "text/csv", b"\xef\xbb\xbf"),
        ("csv_gb18030", "text/csv", b'"\xd0'),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            b"PK",
        ),
    ],
)
def test_file_comes_in_each_format(file_format, media_type, start):
    batch = by_file(*due())
    asked = {"format": file_format} if file_format else {}

    response = Caller("finance").get(f"payout-batches/{batch.reference}/file/", **asked)

    assert response["Content-Type"].partition(";")[0] == media_type
    assert response.content.startswith(start)
    assert response["Cache-Control"] == "no-store"
    assert BatchFile.objects.get().batch == PayoutBatch.objects.get()


def test_file_of_no_format_and_for_others_is_not_given():
    path = f"payout-batches/{by_file(*due()).reference}/file/"

    assert problem(Caller("finance").get(path, format="doc")) == (
        400,
        "invalid",
        [("format", "invalid")],
    )
    assert problem(Caller("auditor").get(path, format="csv"))[0] == 403
    for who in ("officer", "applicant", "superuser"):
        assert problem(Caller(who).get(path, format="csv"))[0] == 404
    assert not BatchFile.objects.exists()


def test_way_that_is_not_open_is_refused():
    (payout,) = due("ann")
    body = {"payouts": [payout.reference], "rail": "alipay"}

    refused = Caller("finance").post("payout-batches/", body)

    assert problem(refused) == (409, "refused", [("rail", "refused")])
    assert not PayoutBatch.objects.exists()


def test_lists_of_statements_cost_the_same_at_one_and_at_thirty(django_assert_num_queries):
    finance = Caller("finance")
    finance.get("bank-statements/")
    for count in (1, 30):
        for number in range(count):
            uploaded(entry(f"-{count}.{number:02d}"))
        for address in ("bank-statements/", "statement-lines/"):
            with django_assert_num_queries(3):  # key, roles, rows
                finance.get(address, limit=200)
