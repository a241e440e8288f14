"""Officers, runs and workers at the same moment."""

import pytest

from grants.accounts.services import grant_role
from grants.applications.models import Application
from grants.core.errors import Refused
from grants.events.models import Event
from grants.screening.models import EligibilityCheck, Screening, ScreeningRun
from grants.screening.services import deciding, running
from tests import cast
from tests.screening.stage import applied, closed, rule, screened, standing
from tests.together import together

OFFICER = "officer"


def stored(application) -> Application:
    return Application.objects.get(pk=application.pk)


def override(application, asked):
    return deciding.override(
        application, asked, by=cast.person(OFFICER), outcome="passed", reason="gesehen"
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_decides():
    ann = applied("ann")
    closed()
    officer = cast.person(OFFICER)
    other = cast.person("officer2")
    grant_role(other, "officer", by=None)

    outcomes = together(
        lambda: deciding.screen(ann, by=officer, is_eligible=True),
        lambda: deciding.screen(stored(ann), by=other, is_eligible=False, reason="no"),
    )

    refused = [row for row in outcomes if isinstance(row, Refused)]
    ends = Event.objects.filter(kind__in=["application.pass", "application.fail"])
    assert (len(refused), ends.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_override_while_the_run_goes_on_stands():
    ann = applied("ann")
    asked = rule("applicant_kind", kinds=["company"])
    run = running.start_run(closed(), by=cast.person(OFFICER))

    together(
        lambda: running.finish_run(run),
        lambda: override(ann, asked),
    )
    screened()

    assert standing(ann)["applicant_kind"] == ("passed", "gesehen")
    assert Screening.objects.get(application=ann).outcome == "passed"


@pytest.mark.django_db(transaction=True)
def test_two_workers_check_each_application_once(monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 2)
    for place in range(5):
        applied(f"p{place}")
    rule("credit_code")
    running.start_run(closed(), by=cast.person(OFFICER))

    together(running.work, running.work)
    running.work()

    assert (EligibilityCheck.objects.count(), ScreeningRun.objects.get().done) == (5, 5)
