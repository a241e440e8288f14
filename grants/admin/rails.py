"""The rails at the desk: how each answers, and the controller's switch."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grants.admin.site import desk
from grants.admin.verbs import WithReason
from grants.payouts.models import RailHealth, RailName
from grants.payouts.services import rails
from grants.payouts.why import sentence


def rails_in_use() -> list[RailHealth]:
    """How each rail is, that of the settings among them; each with `why` it is stopped. One query.

    What stopped by itself tells why as a code and a text; a person, in their own words.
    """
    known = {row.rail: row for row in RailHealth.objects.select_related("stopped_by")}
    known.setdefault(settings.PAYOUT_RAIL, RailHealth(rail=settings.PAYOUT_RAIL))
    for row in known.values():
        by_itself = bool(row.reason) and row.stopped_by_id is None
        row.why = sentence(row.reason.split()[0]) if by_itself else row.reason
        row.said = row.reason if by_itself else ""
    return sorted(known.values(), key=lambda row: row.rail)


@desk.page("rails/<slug:rail>/stop/", name="rail-stop", permission="stop_rail", section="money")
def rail_stop(request, rail):
    label = _label(rail)
    form = WithReason(request.POST or None)
    back = reverse("admin:unknown-list")
    if request.method == "POST" and form.carry_out(rails.stop_rail, rail, by=request.user):
        messages.success(request, _("%(rail)s is stopped.") % {"rail": label})
        return HttpResponseRedirect(back)
    context = {"form": form, "back": back, "label": label}
    title = _("Stop %(rail)s") % {"rail": label}
    trail = [(_("What is unknown"), back)]
    return desk.render(request, "admin/money/rail_stop.html", context, title=title, trail=trail)


@desk.page("rails/<slug:rail>/resume/", name="rail-resume", permission="stop_rail", section="money")
@require_POST
def rail_resume(request, rail):
    label = _label(rail)
    rails.resume_rail(rail, by=request.user)
    messages.success(request, _("%(rail)s goes on.") % {"rail": label})
    return HttpResponseRedirect(reverse("admin:unknown-list"))


def _label(rail: str) -> str:
    if rail not in RailName.values:
        raise Http404
    return str(RailName(rail).label)
