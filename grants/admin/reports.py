"""The payout report: which payouts, their totals, and the file to take away."""

import tempfile

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.paging import page_of
from grants.admin.payouts import ChoiceForm, seen_by
from grants.admin.site import desk
from grants.events.models import Event
from grants.reports.exports import Format, export_register
from grants.reports.register import totals_by_state, whole

TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LAST_EXPORTS = 5


@desk.page(
    "reports/payouts/",
    name="report-payouts",
    permission="export_payouts",
    section="reports",
    menu=gettext_lazy("Payout report"),
)
def payout_report(request):
    form = ChoiceForm(request.GET)
    payouts = form.choose(seen_by(request.user))
    totals = totals_by_state(payouts)
    exports = Event.objects.filter(kind__in=["user.export_payouts", "fund.export_payouts"])
    context = {
        "form": form,
        "totals": totals,
        "whole": whole(totals),
        "page": page_of(request, payouts.with_way()),
        "formats": Format.choices,
        "exports": exports.select_related("actor").order_by("-pk")[:LAST_EXPORTS],
    }
    return desk.render(request, "admin/money/report.html", context, title=_("Payout report"))


@desk.page(
    "reports/payouts/export/",
    name="report-payouts-export",
    permission="export_payouts",
    section="reports",
)
@require_POST
def payout_export(request):
    """The file goes to disk first: its hash and its totals are known before it leaves."""
    form = ChoiceForm(request.POST)
    wanted = request.POST.get("format", "")
    if not form.is_valid() or wanted not in Format.values:
        messages.error(request, _("This filter cannot be exported. Check its days and try again."))
        return redirect("admin:report-payouts")
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    try:
        done = export_register(file, form.choice(), wanted, by=request.user)
    except BaseException:
        file.close()
        raise
    name = f"payouts-{timezone.localtime():%Y%m%d-%H%M}.{wanted}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[wanted])
    response["X-Content-SHA256"] = done.sha256
    return response
