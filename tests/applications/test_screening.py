"""What an officer does with an application that came in."""

import pytest
from django.core.exceptions import PermissionDenied

from grants.accounts.models import User
from grants.applications.models import Application
from grants.applications.selectors import task_list
from grants.applications.services.drafts import save_answers, withdraw
from grants.applications.services.screening import return_for_information, screen
from grants.applications.services.submitting import submit
from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.services import close_round
from tests import cast

pytestmark = pytest.mark.django_db


def closed(application: Application) -> Application:
    close_round(application.round, by=cast.person("officer"))
    application.refresh_from_db()
    return application


def stored(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def kinds(application: Application) -> list[str]:
    told = Event.objects.of_thing(application).values_list("kind", flat=True)
    return [kind.partition(".")[2] for kind in told]


@pytest.mark.parametrize(
    ("is_eligible", "reason", "state", "verb"),
    [(True, "", "in_review", "pass"), (False, "不在范围内", "ineligible", "fail")],
)
def test_screening_decides_whether_it_is_reviewed(is_eligible, reason, state, verb):
    application = closed(cast.submitted())

    screen(application, by=cast.person("officer"), is_eligible=is_eligible, reason=reason)

    assert stored(application).state == application.state == state
    assert kinds(application) == ["start", "submit", "begin_screening", verb]


def test_screening_while_the_round_is_open_is_refused():
    application = cast.submitted()

    with pytest.raises(Refused):
        screen(application, by=cast.person("officer"), is_eligible=True)

    assert stored(application).state == "submitted"


@pytest.mark.parametrize("reason", ["", "  "])
def test_not_eligible_needs_a_reason(reason):
    application = closed(cast.submitted())

    with pytest.raises(Refused) as refused:
        screen(application, by=cast.person("officer"), is_eligible=False, reason=reason)

    assert list(refused.value.problems) == ["reason"]
    assert stored(application).state == "submitted"


@pytest.mark.parametrize("state", ["draft", "withdrawn", "in_review"])
def test_screening_of_what_did_not_come_in_is_refused(state):
    application = cast.submitted() if state != "draft" else cast.complete_draft()
    if state == "withdrawn":
        withdraw(application, by=cast.person())
    closed(application)
    if state == "in_review":
        screen(application, by=cast.person("officer"), is_eligible=True)

    with pytest.raises(Refused):
        screen(application, by=cast.person("officer"), is_eligible=True)

    assert stored(application).state == state


@pytest.mark.parametrize("handle", ["applicant", "stranger", "reviewer", "approver", "superuser"])
def test_only_an_officer_screens_and_returns(handle):
    application = closed(cast.submitted())

    with pytest.raises(PermissionDenied):
        screen(application, by=cast.person(handle), is_eligible=True)
    with pytest.raises(PermissionDenied):
        return_for_information(application, by=cast.person(handle), reason="x")

    assert stored(application).state == "submitted"


def test_officer_who_belongs_to_the_applicant_does_not_screen():
    application = closed(cast.submitted())
    officer = cast.person("officer")
    application.organisation.memberships.create(user=officer, role="viewer")
    officer = User.objects.get(pk=officer.pk)

    with pytest.raises(PermissionDenied):
        screen(application, by=officer, is_eligible=True)

    assert stored(application).state == "submitted"


def test_returned_application_is_corrected_and_sent_again_after_the_close():
    application = closed(cast.submitted())

    return_for_information(application, by=cast.person("officer"), reason="请补充团队介绍")
    assert (stored(application).state, stored(application).return_reason) == (
        "returned",
        "请补充团队介绍",
    )
    save_answers(application, by=cast.person(), answers={"team": "四个人"})
    second = submit(application, by=cast.person())

    assert (second.number, second.content["answers"]["team"]) == (2, "四个人")
    assert (stored(application).state, stored(application).return_reason) == ("submitted", "")
    screen(application, by=cast.person("officer"), is_eligible=True)
    assert stored(application).state == "in_review"


def test_returned_application_sent_again_unchanged_is_a_new_submission():
    application = closed(cast.submitted())
    return_for_information(application, by=cast.person("officer"), reason="?")

    assert submit(application, by=cast.person()).number == 2
    assert stored(application).state == "submitted"


def test_returning_needs_a_reason():
    application = cast.submitted()

    with pytest.raises(Refused):
        return_for_information(application, by=cast.person("officer"), reason=" ")

    assert stored(application).state == "submitted"


@pytest.mark.parametrize("state", ["in_review", "returned", "submitted"])
def test_application_can_be_withdrawn_until_it_is_decided(state):
    application = closed(cast.submitted())
    if state == "in_review":
        screen(application, by=cast.person("officer"), is_eligible=True)
    if state == "returned":
        return_for_information(application, by=cast.person("officer"), reason="?")

    withdraw(application, by=cast.person(), reason="x")

    assert stored(application).state == "withdrawn"


def test_decided_application_cannot_be_withdrawn():
    award = cast.offered()

    with pytest.raises(Refused):
        withdraw(award.application, by=cast.person())

    assert stored(award.application).state == "decided"


def test_task_list_says_how_far_each_section_is():
    application = cast.draft()
    assert [task.state for task in task_list(application)] == ["not_started", "not_started"]

    save_answers(application, by=cast.person(), answers={"team": "x", "plan": "y"})
    assert [task.state for task in task_list(application)] == ["in_progress", "in_progress"]

    tasks = task_list(cast.complete_draft("other"))
    assert [task.state for task in tasks] == ["done", "done"]
    assert [task.problems for task in tasks] == [{}, {}]
