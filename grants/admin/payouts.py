"""Payouts at the desk: the list with its totals, and one payout with all that happened to it."""

import json

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role
from grants.admin.forms import VerbForm, show_refusal
from grants.admin.paging import page_of
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import Verb, WithReason, carry_out, offers, timeline
from grants.applications.models import kept_from
from grants.core.errors import Refused
from grants.ledger.models import JournalEntry
from grants.payouts.lifecycle import PayoutState
from grants.payouts.models import Payout, RailName
from grants.payouts.services import by_hand, due, sending
from grants.payouts.why import why
from grants.programs.models import Round
from grants.reports.register import Choice, Moment, totals_by_state, whole
from grants.reports.way import way_of


class ByHand(VerbForm):
    """What the bank told a controller, and where it stands."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What the bank says"),
        choices=by_hand.Outcome.choices,
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(
        label=gettext_lazy("The bank's reference"), max_length=by_hand.LONGEST_REFERENCE
    )
    reason = forms.CharField(
        label=gettext_lazy("How you know"), max_length=1000, widget=forms.Textarea({"rows": 2})
    )


def _is_asked_about(payout: Payout) -> bool:
    """A bank file answers by a statement and not when asked."""
    return payout.state == "sent" and payout.batch.rail != RailName.BANK_FILE


VERBS = [
    Verb(
        "ask_now",
        gettext_lazy("Ask the bank now"),
        gettext_lazy("The bank is being asked. Reload the page in a moment."),
        "hold_payout",
        sending.ask_now,
        tone="primary",
        is_possible=lambda payout: payout.state == "unknown" or _is_asked_about(payout),
    ),
    Verb(
        "settle_by_hand",
        gettext_lazy("Enter the outcome by hand"),
        gettext_lazy("The outcome was entered."),
        "settle_by_hand",
        by_hand.settle_by_hand,
        ByHand,
        tone="danger",
        is_possible=lambda payout: payout.state in ("unknown", "sent"),
    ),
    Verb(
        "requeue",
        gettext_lazy("Make due again"),
        gettext_lazy("The payout is due again."),
        "hold_payout",
        due.requeue,
        WithReason,
        tone="primary",
    ),
    Verb(
        "request_again",
        gettext_lazy("Pay this milestone after all"),
        gettext_lazy("A new payout is due for this milestone."),
        "hold_payout",
        due.request_again,
        WithReason,
        is_possible=lambda payout: payout.state == "cancelled",
    ),
    Verb(
        "release_hold",
        gettext_lazy("Lift the hold"),
        gettext_lazy("The hold was lifted."),
        "hold_payout",
        due.release_hold,
        tone="primary",
    ),
    Verb(
        "hold",
        gettext_lazy("Put on hold"),
        gettext_lazy("The payout is on hold."),
        "hold_payout",
        due.hold,
        WithReason,
        is_possible=lambda payout: payout.state == "due" and payout.batch_id is None,
    ),
    Verb(
        "cancel",
        gettext_lazy("Cancel the payout"),
        gettext_lazy("The payout was cancelled; its money is committed to the award again."),
        "hold_payout",
        due.cancel,
        WithReason,
        tone="danger",
        is_possible=lambda payout: (
            payout.state in ("held", "failed", "returned")
            or (payout.state == "due" and not payout.batch_id)
        ),
    ),
]


class ChoiceForm(forms.Form):
    """Which payouts: the filters of the list and of the report."""

    search = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=80)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    round = forms.ModelChoiceField(
        Round.objects.exclude(state="draft").order_by("-pk"),
        to_field_name="slug",
        label=pgettext_lazy("a dated call of a program", "Round"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    moment = forms.ChoiceField(
        label=gettext_lazy("Days mean"), choices=Moment.choices, required=False
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", gettext_lazy("All")), *PayoutState.choices]
        self.fields["search"].widget.attrs["placeholder"] = _("PAY-… or a name")

    def choice(self) -> Choice:
        values = {name: value for name, value in self.cleaned_data.items() if value}
        return Choice(**values)

    def choose(self, payouts):
        """The payouts that are meant; none for a wrong filter, and the form says what is wrong."""
        if not self.is_valid():
            return payouts.none()
        try:
            return self.choice().of(payouts)
        except Refused as refused:
            show_refusal(self, refused)
            return payouts.none()


def seen_by(user):
    """An own case is followed on the applicant's pages."""
    hidden = kept_from(user, "milestone__award__application__")
    return Payout.objects.visible_to(user).filter(~hidden)


@desk.page(
    "payouts/",
    name="payout-list",
    permission="view_payout",
    section="money",
    menu=gettext_lazy("Payouts"),
)
def payout_list(request):
    form = ChoiceForm(request.GET)
    payouts = form.choose(seen_by(request.user))
    totals = totals_by_state(payouts)
    context = {
        "form": form,
        "totals": totals,
        "whole": whole(totals),
        "page": page_of(request, payouts.with_way()),
    }
    return desk.render(request, "admin/money/payouts.html", context, title=_("Payouts"))


@desk.page(
    "payouts/<slug:reference>/", name="payout-detail", permission="view_payout", section="money"
)
def payout_detail(request, reference):
    return _page(request, reference)


@desk.page(
    "payouts/<slug:reference>/<str:verb>/",
    name="payout-verb",
    permission="view_payout",
    section="money",
)
@require_POST
def payout_verb(request, reference, verb):
    payout = get_object_or_404(seen_by(request.user), reference=reference)
    back = reverse("admin:payout-detail", args=[reference])
    result = carry_out(request, payout, VERBS, verb, back=back)
    if isinstance(result, HttpResponseRedirect):
        return result
    return _page(request, reference, result)


def _page(request, reference: str, refused=None):
    visible = seen_by(request.user).with_way()
    payout = get_object_or_404(visible, reference=reference)
    sees_money = request.user.has_perm("grants.view_money")
    context = {
        "payout": payout,
        "refused": refused,
        "way": way_of(payout.award.application),
        "offers": offers(
            payout,
            request.user,
            VERBS,
            lambda verb: reverse("admin:payout-verb", args=[reference, verb]),
            refused,
        ),
        "events": timeline(payout),
        "sees_money": sees_money,
    }
    if sees_money:
        context |= {"attempts": _attempts(payout), "entries": _entries(payout)}
    trail = [(_("Payouts"), reverse("admin:payout-list"))]
    return desk.render(request, "admin/money/payout.html", context, title=reference, trail=trail)


def _attempts(payout: Payout) -> list:
    """The attempts, newest first, each with its `calls` as text to read, and `why` it is open."""
    attempts = list(payout.attempts.order_by("-pk"))
    for attempt in attempts:
        attempt.why = why(attempt) if attempt.is_unsettled else ""
        attempt.calls = [
            call | {"text": _as_text(call), "moment": parse_datetime(call["at"])}
            for call in attempt.exchange
        ]
    return attempts


def _as_text(call: dict) -> str:
    said = {"request": call.get("request"), "response": call.get("response")}
    return json.dumps(said, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)


def _entries(payout: Payout):
    entries = JournalEntry.objects.filter(reference__startswith=f"payout:{payout.reference}:")
    return entries.select_related("event").prefetch_related("postings__account").order_by("pk")


def _card(user, title: str, state: str, door: str = "admin:payout-list") -> Waiting:
    rows = seen_by(user).filter(state=state)
    shown = rows.with_way().order_by("pk")[:ROWS]
    return Waiting(
        title,
        rows.count(),
        f"{reverse(door)}?state={state}",
        [
            Row(
                row.reference,
                reverse("admin:payout-detail", args=[row.reference]),
                note=row.award.organisation.name,
                thing=row,
            )
            for row in shown
        ],
    )


@desk.waiting(Role.FINANCE, Role.CONTROLLER, Role.AUDITOR, order=10)
def unknown_payouts(user):
    return _card(user, _("Payouts whose outcome is unknown"), "unknown", "admin:unknown-list")


@desk.waiting(Role.FINANCE, order=11)
def failed_payouts(user):
    return _card(user, _("Payouts that failed"), "failed")


@desk.waiting(Role.FINANCE, order=12)
def returned_payouts(user):
    return _card(user, _("Payouts that the bank returned"), "returned")
