"""Days at the desk: the controller closes one when all of it is matched."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.core.policy import require
from grants.payouts.models import ClosedDay
from grants.payouts.services.days import close_day, days_to_close

SHOWN = 60


@desk.page(
    "days/",
    name="day-list",
    permission="view_money",
    section="money",
    menu=gettext_lazy("Days"),
    order=62,
)
def day_list(request):
    closed = ClosedDay.objects.visible_to(request.user).select_related("closed_by")
    context = {
        "days": days_to_close(),
        "closed": closed.order_by("-day")[:SHOWN],
        "may_close": request.user.has_perm("grants.close_day"),
    }
    return desk.render(request, "admin/money/days.html", context, title=_("Days"))


@desk.page("days/<str:day>/close/", name="day-close", permission="view_money", section="money")
@require_POST
def day_close(request, day):
    require(request.user, "close_day")
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    close_day(asked, by=request.user)
    messages.success(request, _("The day is closed."))
    return redirect("admin:day-list")


@desk.waiting(Role.CONTROLLER, order=15)
def days_ready_to_close(user):
    ready = [day for day in days_to_close() if day.is_ready]
    url = reverse("admin:day-list")
    shown = [Row(date_format(day.day), url) for day in ready[:ROWS]]
    return Waiting(_("Days that can be closed"), len(ready), url, shown)
