"""Batches at the desk: finance prepares, the controller approves and releases."""

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role
from grants.admin.bank_files import files_on_page
from grants.admin.batch_verbs import VERBS
from grants.admin.paging import page_of
from grants.admin.payouts import ChoiceForm, seen_by
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import carry_out, offers, timeline
from grants.payouts.lifecycle import BatchState
from grants.payouts.models import Payout, PayoutBatch, RailName
from grants.payouts.services import batches
from grants.payouts.services.batches import rows_digest
from grants.reports.register import Choice, totals_by_state, whole

TICKABLE = 100
LARGEST = 1000
SETTLED = ("paid", "failed", "returned", "cancelled")


class DueForm(ChoiceForm):
    """The filter of what is due: the state is given, and days mean the day of becoming due."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["state"], self.fields["moment"]

    def choice(self) -> Choice:
        values = {name: value for name, value in self.cleaned_data.items() if value}
        return Choice(moment="due", **values)


def _rails() -> list[tuple[str, str]]:
    return [(name, RailName(name).label) for name in batches.rails_to_choose()]


class RailForm(forms.Form):
    rail = forms.ChoiceField(label=gettext_lazy("Send by"), required=False, choices=_rails)


@desk.page(
    "due/",
    name="batch-due",
    permission="view_money",
    section="money",
    menu=gettext_lazy("To be paid"),
)
def due_list(request):
    """What is due and in no batch. The finance officer ticks rows and makes a batch of them."""
    form = DueForm(request.POST if request.method == "POST" else request.GET)
    free = form.choose(seen_by(request.user).filter(state="due", batch=None))
    if request.method == "POST":
        batch = batches.prepare_batch(
            _ticked(request, free), by=request.user, rail=request.POST.get("rail") or None
        )
        return redirect("admin:batch-detail", reference=batch.reference)
    context = {
        "form": form,
        "whole": whole(totals_by_state(free)),
        "page": page_of(request, free.with_way(), size=TICKABLE),
        "all_ticked": "tick" in request.GET,
        "tick_url": _other_ticks(request),
        "may_prepare": request.user.has_perm("grants.prepare_batch"),
        "largest": LARGEST,
        "rail_form": RailForm(),
    }
    return desk.render(request, "admin/money/due.html", context, title=_("To be paid"))


def _other_ticks(request) -> str:
    """The same page with all rows ticked, or with none."""
    query = request.GET.copy()
    if not query.pop("tick", None):
        query["tick"] = "all"
    return f"{request.path}?{query.urlencode()}"


def _ticked(request, free) -> list[Payout]:
    """The rows that were ticked; or, as many as a batch may hold, all that the filter finds."""
    if "everything" in request.POST:
        return list(free.order_by("pk")[:LARGEST])
    ticked = [text for text in request.POST.getlist("payout") if text.isprintable()]
    return list(seen_by(request.user).filter(reference__in=ticked))


@desk.page(
    "batches/",
    name="batch-list",
    permission="view_money",
    section="money",
    menu=gettext_lazy("Batches"),
)
def batch_list(request):
    visible = PayoutBatch.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    rows = visible.filter(state=state) if state in BatchState.values else visible
    here = reverse("admin:batch-list")
    states = [("", _("All")), *BatchState.choices]
    context = {
        "page": page_of(
            request, rows.select_related("prepared_by", "approved_by", "second_approved_by")
        ),
        "states": [
            {
                "label": label,
                "url": f"{here}?state={value}" if value else here,
                "current": value == state,
            }
            for value, label in states
        ],
    }
    return desk.render(request, "admin/money/batches.html", context, title=_("Batches"))


@desk.page(
    "batches/<slug:reference>/", name="batch-detail", permission="view_money", section="money"
)
def batch_detail(request, reference):
    return _page(request, reference)


@desk.page(
    "batches/<slug:reference>/progress/",
    name="batch-progress",
    permission="view_money",
    section="money",
)
def batch_progress(request, reference):
    """What the page of a batch asks for while it is under way; at the end that page is reloaded."""
    batch = get_object_or_404(PayoutBatch.objects.visible_to(request.user), reference=reference)
    if batch.state != BatchState.RELEASED:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "admin/money/_progress.html", {"batch": batch, **_standing(batch)})


@desk.page(
    "batches/<slug:reference>/<str:verb>/",
    name="batch-verb",
    permission="view_money",
    section="money",
)
@require_POST
def batch_verb(request, reference, verb):
    batch = get_object_or_404(PayoutBatch.objects.visible_to(request.user), reference=reference)
    back = reverse("admin:batch-detail", args=[reference])
    result = carry_out(request, batch, VERBS, verb, back=back)
    return result if isinstance(result, HttpResponseRedirect) else _page(request, reference, result)


def _page(request, reference: str, refused=None):
    user = request.user
    visible = PayoutBatch.objects.visible_to(user).select_related(
        "prepared_by", "approved_by", "second_approved_by"
    )
    batch = get_object_or_404(visible, reference=reference)
    context = {
        "batch": batch,
        "refused": refused,
        "page": page_of(request, batch.payouts.with_way(), size=TICKABLE),
        "offers": offers(
            batch,
            user,
            VERBS,
            lambda verb: reverse("admin:batch-verb", args=[reference, verb]),
            refused,
            initial={"digest": batch.digest, "reference": request.GET.get("out", "")},
        ),
        "is_stale": batch.state == BatchState.SUBMITTED and rows_digest(batch) != batch.digest,
        "is_own": batch.prepared_by_id == user.pk and user.has_role(Role.CONTROLLER),
        "may_take_out": batch.state == BatchState.OPEN and user.has_perm("grants.prepare_batch"),
        "events": timeline(batch),
        "files": files_on_page(batch),
        "may_take_file": user.has_perm("grants.make_bank_file", batch),
        **_standing(batch),
    }
    trail = [(_("Batches"), reverse("admin:batch-list"))]
    return desk.render(request, "admin/money/batch.html", context, title=reference, trail=trail)


def _standing(batch: PayoutBatch) -> dict:
    """How many of the batch's payouts are settled, and the totals by state. Two queries."""
    totals = totals_by_state(batch.payouts.all())
    settled = sum(total.count for total in totals if total.state in SETTLED)
    return {"totals": totals, "whole": whole(totals), "settled": settled}


def _batches(user, title: str, state: str) -> Waiting:
    rows = PayoutBatch.objects.visible_to(user).filter(state=state)
    shown = [
        Row(
            batch.reference,
            reverse("admin:batch-detail", args=[batch.reference]),
            note=str(batch.prepared_by),
            thing=batch,
        )
        for batch in rows.select_related("prepared_by").order_by("pk")[:ROWS]
    ]
    return Waiting(title, rows.count(), f"{reverse('admin:batch-list')}?state={state}", shown)


@desk.waiting(Role.FINANCE, order=5)
def payouts_due(user):
    rows = seen_by(user).filter(state="due", batch=None)
    shown = [
        Row(
            payout.reference,
            reverse("admin:payout-detail", args=[payout.reference]),
            note=payout.award.organisation.name,
            thing=payout,
        )
        for payout in rows.with_way().order_by("pk")[:ROWS]
    ]
    return Waiting(_("Payouts to be paid"), rows.count(), reverse("admin:batch-due"), shown)


@desk.waiting(Role.FINANCE, order=6)
def open_batches(user):
    return _batches(user, _("Batches not submitted yet"), BatchState.OPEN)


@desk.waiting(Role.CONTROLLER, order=7)
def batches_to_approve(user):
    return _batches(user, _("Batches to approve"), BatchState.SUBMITTED)


@desk.waiting(Role.CONTROLLER, order=8)
def batches_to_release(user):
    return _batches(user, _("Approved batches to release"), BatchState.APPROVED)


@desk.waiting(Role.FINANCE, Role.CONTROLLER, Role.AUDITOR, order=9)
def batches_under_way(user):
    return _batches(user, _("Batches being sent"), BatchState.RELEASED)
