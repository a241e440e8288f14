"""Whether an application can be changed now, asked under its lock."""

from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.core.errors import Refused
from grants.events.services import lock
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
            refuse_unless_open(application.round)
        raise Refused(_("This application can no longer be changed."))


def locked(application: Application) -> Application:
    lock(application)
    rows = Application.objects.select_related("round__program__fund", "organisation", "form")
    return rows.get(pk=application.pk)
