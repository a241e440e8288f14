"""The screening at the desk: rules without code, the board, the run, checks and signals."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from grants.screening.models import EligibilityCheck, ScreeningRule, ScreeningRun, Signal
from grants.screening.services import running
from tests import cast
from tests.admin import clones
from tests.admin.conftest import READERS, answers, errors_of, join, open_to, told
from tests.screening.stage import applied, closed, rule, screened

pytestmark = pytest.mark.django_db
ROUND = "/admin/screening/round-1/"
OFFICERS = ["officer"]


@pytest.fixture
def failed():
    """An application that a rule found not eligible."""
    application = applied("ann")
    rule("applicant_kind", kinds=["company"])
    screened()
    return application


def check_page(application) -> str:
    return f"/admin/checks/{application.reference}/{ScreeningRule.objects.get().pk}/"


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("applicant_kind", {"kinds": ["company"]}),
        ("credit_code", {}),
        ("region", {"question": "", "regions": ["33", "11"]}),
        ("region", {"question": "category", "regions": ["tools"]}),
        ("cap", {"most": "2", "scope": "fund", "linked": "on"}),
        ("unfinished_awards", {"most": "0"}),
        ("same_code", {"question": ""}),
        ("same_account", {}),
        ("same_package", {"question": "plan"}),
        ("similar_text", {"question": "team", "threshold": "0.7"}),
        ("signal", {"name": "store-rating", "test": "at_least", "value": "4.0", "days": ""}),
    ],
)
def test_rule_of_each_kind_is_added_without_code(at_desk, kind, sent):
    cast.open_round()
    officer = at_desk("officer")
    address = f"{ROUND}rules/add/{kind}/"
    assert officer.get(address).status_code == 200

    response = officer.post(address, sent | {"is_on": "on", "sent": "1"})

    made = ScreeningRule.objects.get()
    assert (response.status_code, made.kind, made.is_on, made.is_blocking) == (
        302,
        kind,
        True,
        False,
    )
    assert officer.get(f"{ROUND}rules/").status_code == 200
    assert officer.get(f"{ROUND}rules/{made.pk}/").status_code == 200


def test_wrong_rule_is_told_beside_its_field_and_kept(at_desk):
    cast.open_round()

    response = at_desk("officer").post(
        f"{ROUND}rules/add/similar_text/", {"question": "team", "threshold": "7"}
    )

    assert errors_of(response) == {"threshold": ["Write a number from 0.30 to 1."]}
    assert response.context["form"]["threshold"].value() == "7"
    assert not ScreeningRule.objects.exists()


def test_rule_is_changed_and_removed(at_desk):
    made = rule("cap")
    officer = at_desk("officer")

    officer.post(f"{ROUND}rules/{made.pk}/", {"most": "3", "scope": "round", "is_on": "on"})
    made.refresh_from_db()
    assert made.parameters == {"most": 3, "scope": "round", "linked": False}
    officer.post(f"{ROUND}rules/{made.pk}/remove/")

    made.refresh_from_db()
    assert made.removed_at is not None
    assert officer.get(f"{ROUND}rules/{made.pk}/").status_code == 404


def test_board_shows_who_failed_what_and_why(at_desk, failed):
    page = at_desk("officer").get(ROUND)

    (row,) = page.context["page"]
    assert [each.found for each in row.told] == [
        "The applicant is: Individual developer. Only these may apply: Company."
    ]
    assert "Only these may apply: Company." in page.content.decode()


def test_board_costs_the_same_with_1_and_30_applications(
    at_desk, failed, django_assert_num_queries
):
    officer = at_desk("officer")
    with django_assert_num_queries(8):
        officer.get(ROUND)
    for row in clones.applications(failed, 29):
        EligibilityCheck.objects.create(
            application=row,
            rule=ScreeningRule.objects.get(),
            outcome="failed",
            evidence={"kind": "individual", "allowed": ["company"]},
        )

    with django_assert_num_queries(8):
        assert len(officer.get(ROUND).context["page"]) == 30


def test_board_leaves_out_the_own_organisation(at_desk, failed):
    join(failed, "officer")
    officer = at_desk("officer")

    assert list(officer.get(ROUND).context["page"]) == []
    assert officer.get(check_page(failed)).status_code == 404
    assert officer.post(check_page(failed), {"outcome": "passed"}).status_code == 404
    assert officer.get(f"/admin/applications/{failed.reference}/").status_code == 404


def test_run_is_started_stopped_and_goes_on_by_buttons(at_desk):
    applied("ann")
    rule("credit_code")
    closed()
    officer = at_desk("officer")

    officer.post(f"{ROUND}run/start/")
    assert "Stop" in officer.get(f"{ROUND}progress/").content.decode()
    officer.post(f"{ROUND}run/stop/")
    assert running.work() == 0
    officer.post(f"{ROUND}run/resume/")
    running.work()

    assert ScreeningRun.objects.get().state == "done"
    assert officer.post(f"{ROUND}run/erase/").status_code == 404


def test_run_without_rules_is_refused_in_words(at_desk):
    applied("ann")
    closed()
    officer = at_desk("officer")

    officer.post(f"{ROUND}run/start/", headers={"Referer": f"http://testserver{ROUND}"})

    assert told(officer.get(ROUND)) == ["This round has no rules in use. Add one first."]


def test_officer_decides_otherwise_with_a_reason(at_desk, failed):
    officer = at_desk("officer")

    wrong = officer.post(check_page(failed), {"outcome": "passed", "reason": ""})
    done = officer.post(check_page(failed), {"outcome": "passed", "reason": "Seen the licence."})

    assert errors_of(wrong) == {"reason": ["This field is required."]}
    assert done.url == f"/admin/applications/{failed.reference}/#checks"
    page = officer.get(f"/admin/applications/{failed.reference}/")
    assert [(row.check.outcome, row.found) for row in page.context["checks"]] == [
        ("passed", "Seen the licence.")
    ]
    assert "Decided by officer" in page.content.decode()


def test_failed_rule_refuses_to_pass_in_words(at_desk, failed):
    response = at_desk("officer").post(f"/admin/applications/{failed.reference}/pass/")

    failed.refresh_from_db()
    assert told(response) == [
        "A rule of the round is not met: The applicant is: Individual developer. Only these may"
        " apply: Company. Decide otherwise with a reason first."
    ]
    assert failed.state == "submitted"


def test_named_questions_are_asked_from_the_page(at_desk):
    application = applied("ann")
    officer = at_desk("officer")
    page = f"/admin/applications/{application.reference}/"
    assert b'value="team"' in officer.get(page).content

    officer.post(f"{page}return/", {"reason": "Who?", "questions": ["team"]})

    assert application.information_requests.get().keys == ["team"]
    assert b"Waits for the applicant" in officer.get(page).content


def test_pages_open_for_whom_they_are(at_desk, failed):
    pages = ["/admin/screening/", ROUND, f"{ROUND}rules/", f"{ROUND}progress/", "/admin/signals/"]
    for page in [*pages, check_page(failed)]:
        assert answers(page, at_desk=at_desk) == open_to(*READERS), page
    assert answers(f"{ROUND}rules/add/cap/", at_desk=at_desk) == open_to(*OFFICERS)


def test_verbs_are_shut_for_everybody_but_officers(at_desk, failed):
    made = ScreeningRule.objects.get()
    others = [handle for handle in open_to() if handle != "officer"]
    addresses = [
        f"{ROUND}run/start/",
        f"{ROUND}rules/{made.pk}/",
        f"{ROUND}rules/{made.pk}/remove/",
        f"{ROUND}rules/add/cap/",
        check_page(failed),
        "/admin/signals/",
    ]
    for address in addresses:
        shut = answers(address, {"outcome": "passed", "reason": "x"}, of=others, at_desk=at_desk)
        assert shut == {handle: open_to()[handle] for handle in others}, address

    made.refresh_from_db()
    assert (made.removed_at, EligibilityCheck.objects.count()) == (None, 1)
    assert ScreeningRun.objects.count() == 1


def csv_file(*lines: str, name="signals.csv") -> SimpleUploadedFile:
    text = "\n".join(("reference,name,value,date", *lines))
    return SimpleUploadedFile(name, text.encode())


def test_signals_are_taken_in_from_a_file_once(at_desk):
    application = applied("ann")
    officer = at_desk("officer")
    line = f"{application.reference},store-rating,4.6,2026-01-20"

    officer.post("/admin/signals/", {"source": "AMOS store", "file": csv_file(line)})
    officer.post("/admin/signals/", {"source": "AMOS store", "file": csv_file(line)})

    signal = Signal.objects.get()
    assert (str(signal.value), str(signal.as_of), signal.batch.name) == (
        "4.6000",
        "2026-01-20",
        "signals.csv",
    )
    assert [row.pk for row in officer.get("/admin/signals/").context["page"]] == [signal.pk]
    detail = officer.get(f"/admin/applications/{application.reference}/")
    assert [row.name for row in detail.context["signals"]] == ["store-rating"]


def test_wrong_lines_are_told_by_number_and_nothing_is_kept(at_desk):
    application = applied("ann")
    lines = [
        f"{application.reference},store-rating,4.6,2026-01-20",
        f"{application.reference},store-rating,=1+1,2026-01-20",
        "APP-2026-999999,store-rating,4,2026-01-20",
    ]

    response = at_desk("officer").post(
        "/admin/signals/", {"source": "AMOS store", "file": csv_file(*lines)}
    )

    assert errors_of(response) == {
        "file": [
            "Line 3: “=1+1” is no number."
            " Line 4: There is no application and no credit code “APP-2026-999999”."
        ]
    }
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"a,b\n1,2", b"reference,name,value,date", b"\0" * 100]
)
def test_file_that_is_none_is_refused(at_desk, content):
    file = SimpleUploadedFile("x.csv", content)

    response = at_desk("officer").post("/admin/signals/", {"source": "x", "file": file})

    assert list(errors_of(response)) == ["file"]
    assert not Signal.objects.exists()


def test_list_of_signals_costs_the_same_with_1_and_30(at_desk, django_assert_num_queries):
    application = applied("ann")
    officer = at_desk("officer")
    lines = [f"{application.reference},s{n},4.6,2026-01-20" for n in range(30)]
    officer.post("/admin/signals/", {"source": "a", "file": csv_file(lines[0])})
    officer.get("/admin/signals/")
    with django_assert_num_queries(4):
        officer.get("/admin/signals/")
    officer.post("/admin/signals/", {"source": "b", "file": csv_file(*lines[1:])})
    officer.get("/admin/signals/")

    with django_assert_num_queries(4):
        assert len(officer.get("/admin/signals/").context["page"]) == 30
