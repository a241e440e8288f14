"""Many applications at once: shown first, decided each by itself."""

import pytest

from tests.admin.conftest import answers, errors_of, join, open_to, told
from tests.screening.stage import applied, company, rule, screened

pytestmark = pytest.mark.django_db
LIST = "/admin/applications/"
BULK = "/admin/case-list/bulk/"


def test_many_are_shown_first_and_then_decided(at_desk):
    ann, bob = applied("ann"), applied("bob", company("bob", 1))
    rule("applicant_kind")
    screened()
    officer = at_desk("officer")
    sent = {"case": [ann.reference, bob.reference], "verb": "pass"}

    shown = officer.post(BULK, sent)
    ann.refresh_from_db()
    assert ann.state == "submitted"
    done = officer.post(BULK, sent | {"confirmed": "1"})

    for row in (ann, bob):
        row.refresh_from_db()
    assert (ann.state, bob.state) == ("in_review", "submitted")
    for page in (shown, done):
        going, refused = page.context["going"], page.context["refused"]
        assert [row.application.reference for row in going] == [ann.reference]
        assert [row.application.reference for row in refused] == [bob.reference]
    assert (shown.context["is_done"], done.context["is_done"]) == (False, True)


def test_many_are_asked_named_questions(at_desk):
    ann, bob = applied("ann"), applied("bob")
    officer = at_desk("officer")
    sent = {"case": [ann.reference, bob.reference], "verb": "return", "confirmed": "1"}

    wrong = officer.post(BULK, sent | {"reason": ""})
    officer.post(BULK, sent | {"reason": "Who?", "questions": ["team"]})

    assert errors_of(wrong) == {"reason": ["This field is required."]}
    assert [row.information_requests.get().keys for row in (ann, bob)] == [["team"], ["team"]]


def test_nothing_ticked_is_told(at_desk):
    response = at_desk("officer").post(BULK, {"verb": "pass"}, headers={"Referer": LIST})

    assert response.status_code == 302
    assert at_desk("officer").post(BULK, {"verb": "erase"}).status_code == 404


def test_many_at_once_are_for_officers_only(at_desk):
    ann = applied("ann")
    sent = {"case": [ann.reference], "verb": "fail", "confirmed": "1", "reason": "x"}
    others = [handle for handle in open_to() if handle != "officer"]

    shut = answers(BULK, sent, of=others, at_desk=at_desk)

    ann.refresh_from_db()
    assert shut == {handle: open_to()[handle] for handle in others}
    assert ann.state == "submitted"
    assert told(at_desk("officer").get(LIST)) == []


def test_all_of_the_filter_that_wait_are_taken(at_desk):
    ann, bob, own = applied("ann"), applied("bob", company("bob", 1)), applied("cat")
    join(own, "officer")
    screened_round = rule("applicant_kind", kinds=["company", "individual"])
    screened()
    officer = at_desk("officer")
    sent = {"everything": "1", "verb": "pass", "query": "kind=individual&state=evil"}

    wrong = officer.post(BULK, sent, headers={"Referer": LIST})
    shown = officer.post(BULK, sent | {"query": "kind=individual"})
    officer.post(BULK, sent | {"query": f"round={screened_round.round.slug}", "confirmed": "1"})

    assert wrong.status_code == 302
    assert [row.application.reference for row in shown.context["going"]] == [ann.reference]
    for row in (ann, bob, own):
        row.refresh_from_db()
    assert (ann.state, bob.state, own.state) == ("in_review", "in_review", "submitted")
