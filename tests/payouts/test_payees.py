"""Accounts: named by the grantee, checked, verified by another; one at a time."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from grants.accounts.models import Membership, User
from grants.accounts.services import add_member, grant_role
from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import Payee, Payout
from grants.payouts.services.due import accept_milestone, waiting_for
from grants.payouts.services.payees import name_payee, suspend_payee, verify_payee
from tests import cast
from tests.payouts.way import differences
from tests.together import together

pytestmark = pytest.mark.django_db

CARD = "6222021234567890128"
BANK = {
    "kind": "bank",
    "account": CARD,
    "bank_name": "工商银行",
    "cnaps_code": "102100099996",
}


def name(organisation, *, by: str = "applicant", **changes) -> Payee:
    columns = {"holder_name": organisation.name, **BANK, **changes}
    return name_payee(organisation, by=cast.person(by), **columns)


def test_account_is_sealed_and_shown_by_its_last_digits():
    payee = name(cast.individual("applicant"), account="6222 0212 3456 7890 128")

    row = Payee.objects.values().get()
    assert (payee.state, payee.account_tail, payee.account_number) == ("pending", "•••• 0128", CARD)
    assert CARD not in str(row)
    assert CARD not in str(list(Event.objects.values_list("data", flat=True)))


def test_equal_accounts_have_equal_blind_indexes():
    first, second = name(cast.individual("applicant")), name(cast.individual("b"), by="b")

    assert first.account_index == second.account_index
    assert first.account_sealed != second.account_sealed


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"account": "6222021234567890129"}, ["account"]),
        ({"account": "0" * 16}, ["account"]),
        ({"account": "622202123456789"}, ["account"]),
        ({"account": "6222-0212"}, ["account"]),
        ({"account": "٦٢٢٢٠٢١٢٣٤٥٦٧٨٩٠١٢٨"}, ["account"]),
        ({"account": ""}, ["account"]),
        ({"cnaps_code": "102100099997"}, ["cnaps_code"]),
        ({"cnaps_code": "10210009999"}, ["cnaps_code"]),
        ({"cnaps_code": "１０２１０００９９９９６"}, ["cnaps_code"]),
        ({"cnaps_code": ""}, ["cnaps_code"]),
        ({"cnaps_code": "abcdefghijkl"}, ["cnaps_code"]),
        ({"bank_name": " "}, ["bank_name"]),
        ({"holder_name": "Somebody else"}, ["holder_name"]),
        ({"holder_name": "", "account": "1"}, ["account", "holder_name"]),
        ({"kind": "alipay", "account": "ab"}, ["account"]),
    ],
)
def test_account_that_is_wrong_is_refused_field_by_field(changes, fields):
    organisation = cast.individual("applicant")

    with pytest.raises(Refused) as refused:
        name(organisation, **changes)

    assert sorted(refused.value.problems) == fields
    assert Payee.objects.count() == 0


@pytest.mark.parametrize("account", ["12345678", "1" * 34])
def test_company_account_is_no_card_number(account):
    payee = name(cast.company(), account=account)

    assert payee.account_number == account


@pytest.mark.parametrize(
    "account", ["1234567", "1" * 35, "１２３４５６７８", "²²²²²²²²", "ABC12345678"]
)
def test_company_account_that_is_no_number_is_refused(account):
    with pytest.raises(Refused) as refused:
        name(cast.company(), account=account)

    assert list(refused.value.problems) == ["account"]


def test_alipay_account_needs_no_bank():
    payee = name(
        cast.individual("applicant"), kind="alipay", account="li@example.com", bank_name="x"
    )

    assert (payee.kind, payee.bank_name, payee.cnaps_code) == ("alipay", "", "")


@pytest.mark.parametrize("role", ["editor", "viewer", "stranger", "controller", "superuser"])
def test_only_who_may_bind_names_an_account(role):
    organisation, person = cast.individual("applicant"), cast.person(role)
    if role in ("editor", "viewer"):
        add_member(organisation, by=cast.person(), email=person.email, role=role)

    with pytest.raises(PermissionDenied):
        name(organisation, by=role)

    assert Payee.objects.count() == 0


def test_account_named_again_replaces_the_one_that_waits():
    organisation = cast.individual("applicant")
    first = name(organisation)

    second = name(organisation, account="6222020000000000000")

    states = dict(Payee.objects.values_list("pk", "state"))
    assert states == {first.pk: "superseded", second.pk: "pending"}


def test_verified_account_takes_the_place_of_the_one_before():
    first = cast.verified_payee()
    second = cast.named_payee()
    assert Payee.objects.get(pk=first.pk).state == "verified"

    verify_payee(second, by=cast.person("controller"), proof="回执")

    states = dict(Payee.objects.values_list("pk", "state"))
    assert states == {first.pk: "superseded", second.pk: "verified"}


def test_own_account_is_not_verified():
    payee, owner = cast.named_payee(), cast.person()
    grant_role(owner, "controller", by=cast.person("administrator"))

    with pytest.raises(Refused):
        verify_payee(payee, by=owner, proof="x")

    assert Payee.objects.get().state == "pending"


def test_controller_who_belongs_to_the_grantee_does_not_verify():
    payee, controller = cast.named_payee(), cast.person("controller")
    Membership.objects.create(organisation=payee.organisation, user=controller, role="viewer")

    with pytest.raises(PermissionDenied):
        verify_payee(payee, by=User.objects.get(pk=controller.pk), proof="x")

    assert Payee.objects.get().state == "pending"


@pytest.mark.parametrize("handle", ["finance", "officer", "auditor", "superuser", "stranger"])
def test_only_a_controller_verifies_and_suspends(handle):
    payee, person = cast.named_payee(), cast.person(handle)

    with pytest.raises(PermissionDenied):
        verify_payee(payee, by=person, proof="x")
    with pytest.raises(PermissionDenied):
        suspend_payee(payee, by=person, reason="x")

    assert Payee.objects.get().state == "pending"


def test_verifying_needs_a_proof_and_happens_once():
    payee = cast.named_payee()

    with pytest.raises(Refused) as refused:
        verify_payee(payee, by=cast.person("controller"), proof=" ")
    assert list(refused.value.problems) == ["proof"]
    verify_payee(payee, by=cast.person("controller"), proof="x")
    with pytest.raises(Refused):
        verify_payee(payee, by=cast.person("controller"), proof="y")

    assert Payee.objects.get().proof == "x"


@pytest.mark.parametrize(
    "change",
    [
        "verified_by_id = named_by_id",
        "verified_by_id = named_by_id, state = 'verified'",
        "state = 'blessed'",
    ],
)
def test_payee_by_raw_sql_against_the_rules_is_refused(change):
    cast.named_payee()
    before = Payee.objects.values().get()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE grants_payee SET {change}")

    assert Payee.objects.values().get() == before


def test_two_verified_accounts_of_one_organisation_by_raw_sql_are_refused():
    cast.verified_payee()
    cast.named_payee()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE grants_payee SET state = 'verified'")


@pytest.mark.django_db(transaction=True)
def test_account_verified_by_four_clicks_makes_each_payout_due_once():
    accept_milestone(cast.reported(), by=cast.person("officer"))
    payee, controller = cast.named_payee(), cast.person("controller")
    assert Payout.objects.count() == 0

    made = together(
        *[lambda: verify_payee(Payee.objects.get(pk=payee.pk), by=controller, proof="x")] * 4
    )

    assert sorted(type(found).__name__ for found in made) == ["NoneType"] + ["Refused"] * 3
    assert Payout.objects.count() == 1
    assert differences() == []


def test_waiting_for_says_what_is_missing_until_the_account_is_verified():
    milestone = cast.reported()
    award = milestone.award
    assert len(waiting_for(award)) == 1

    assert accept_milestone(milestone, by=cast.person("officer")) == []
    payee = cast.verified_payee()

    award.refresh_from_db()
    assert (waiting_for(award), award.state) == ([], "active")
    payout = Payout.objects.get()
    assert (payout.state, payout.payee, str(payout.net)) == ("due", payee, "30000.00")
    assert differences() == []


def test_suspended_account_makes_no_new_payouts_due():
    milestone, payee = cast.reported(), cast.verified_payee()

    suspend_payee(payee, by=cast.person("controller"), reason="核查")
    assert accept_milestone(milestone, by=cast.person("officer")) == []

    assert Payout.objects.count() == 0
    cast.verified_payee()
    assert Payout.objects.count() == 1
