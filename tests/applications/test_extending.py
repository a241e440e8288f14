"""The deadline of one application: the close, the grace, an extension."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from grants.applications.models import Application, Extension
from grants.applications.services.drafts import save_answers, start
from grants.applications.services.extending import extend
from grants.applications.services.submitting import submit
from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.models import Round
from grants.programs.services import run_calendar
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

REASON = "A power cut in the whole district."


def closed(minutes_ago: int, *, grace: int = 0, **columns) -> Application:
    """A complete draft whose round the clock closed some minutes ago."""
    application = cast.complete_draft(**columns)
    now = timezone.now()
    Round.objects.filter(pk=application.round_id).update(
        closes_at=now - timedelta(minutes=minutes_ago), grace_minutes=grace
    )
    assert run_calendar() == 1
    return Application.objects.select_related("round").get(pk=application.pk)


def in_minutes(minutes: int):
    return timezone.now() + timedelta(minutes=minutes)


def test_draft_can_be_sent_within_the_grace_and_not_after_it():
    application = closed(10, grace=30)

    save_answers(application, by=cast.person(), answers={"team": "x"})
    submit(application, by=cast.person())

    assert (application.state, application.round.state) == ("submitted", "closed")
    Round.objects.update(grace_minutes=5)
    late = Application.objects.get(pk=application.pk)
    with pytest.raises(Refused) as refused:
        save_answers(late, by=cast.person(), answers={"team": "y"})
    when = timezone.localtime(late.deadline).strftime("%Y-%m-%d %H:%M")
    assert str(refused.value) == f"The time to send this ended at {when}."
    assert Application.objects.get().answers["team"] == "x"


def test_nothing_is_begun_within_the_grace():
    application = closed(10, grace=30)

    with pytest.raises(Refused):
        start(application.round, cast.individual("late"), by=cast.person("late"))

    assert Application.objects.count() == 1


def test_extension_opens_one_application_again_until_its_moment():
    application, other = closed(60), cast.individual("other")
    until = in_minutes(30)

    extend(application, by=cast.person("officer"), until=until, reason=REASON)

    fresh = Application.objects.get(pk=application.pk)
    assert (fresh.is_editable, fresh.deadline) == (True, until)
    submit(fresh, by=cast.person())
    assert fresh.state == "submitted"
    event = Event.objects.get(kind="application.extend")
    assert event.data == {"until": until.isoformat(), "reason": REASON}
    assert other.applications.count() == 0


def test_extension_that_ended_closes_again():
    application = closed(60)
    Extension.objects.create(
        application=application,
        until=in_minutes(-1),
        reason=REASON,
        given_by=cast.person("officer"),
    )

    with pytest.raises(Refused):
        submit(application, by=cast.person())

    assert Application.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("minutes", "reason", "field"),
    [(-5, REASON, "until"), (20, " ", "reason"), (60 * 24 * 91, REASON, "until")],
)
def test_extension_that_gives_nothing_or_too_much_is_refused(minutes, reason, field):
    application = closed(60)

    with pytest.raises(Refused) as refused:
        extend(application, by=cast.person("officer"), until=in_minutes(minutes), reason=reason)

    assert list(refused.value.problems) == [field]
    assert Extension.objects.count() == 0


def test_extension_of_what_is_in_review_is_refused():
    application = cast.in_review()

    with pytest.raises(Refused):
        extend(application, by=cast.person("officer"), until=in_minutes(90), reason=REASON)

    assert Extension.objects.count() == 0


@pytest.mark.parametrize("handle", ["applicant", "reviewer", "finance", "auditor", "superuser"])
def test_extension_by_anybody_else_is_denied(handle):
    application = closed(60)

    with pytest.raises(PermissionDenied):
        extend(application, by=cast.person(handle), until=in_minutes(30), reason=REASON)

    assert Extension.objects.count() == 0
