"""Whether an application can be changed now, asked under its lock."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.core.errors import Refused
from grants.programs.models import Round


def refuse_unless_open(round: Round) -> None:
    if not round.is_open:
        when = timezone.localtime(round.closes_at).strftime("%Y-%m-%d %H:%M")
        if round.closes_at <= timezone.now():
            raise Refused(_("This round closed at %(when)s.") % {"when": when})
        raise Refused(_("This round is not open."))


def refuse_unless_editable(application: Application) -> None:
    if not application.is_editable:
        if application.state in ("draft", "submitted"):
            _refuse_late(application)
        raise Refused(_("This application can no longer be changed."))


def _refuse_late(application: Application) -> None:
    if application.deadline > application.round.closes_at:
        when = timezone.localtime(application.deadline).strftime("%Y-%m-%d %H:%M")
        raise Refused(_("The time to send this ended at %(when)s.") % {"when": when})
    refuse_unless_open(application.round)


AROUND = ("round__program__fund", "organisation", "form")
DRAFT = (
    "reference", "state", "organisation__name", "form",
    "title", "requested_amount", "answers", "edits",
    "round__state", "round__opens_at", "round__closes_at", "round__grace_minutes",
    "round__award_min", "round__award_max",
)  # fmt: skip


def locked(application: Application) -> Application:
    """The row as it is now, with what stands around it, locked until the transaction ends."""
    return _locking(Application.objects.select_related(*AROUND)).get(pk=application.pk)


def locked_draft(application: Application) -> Application:
    """As `locked`, of what saving looks at alone: it is done at every pause of the typing."""
    return read_locked(Application.objects.all()).get(pk=application.pk)


def read_locked(applications: QuerySet[Application]) -> QuerySet[Application]:
    """What saving looks at, locked by reading it."""
    rows = applications.select_related("round", "organisation").only(*DRAFT)
    return _locking(rows)


def _locking(rows: QuerySet[Application]) -> QuerySet[Application]:
    return rows.select_for_update(of=("self",), no_key=True)
