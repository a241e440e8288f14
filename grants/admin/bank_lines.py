"""Lines of statements at the desk: the work-list of what is not matched, and one line."""

from django import forms
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import Verb, WithReason, carry_out, offers, timeline
from grants.core.money import to_fen
from grants.payouts.lifecycle import LineState
from grants.payouts.models import Says, StatementLine
from grants.payouts.services import matching, statements
from grants.payouts.services.fits import fits_of

SHOWN_FITS = 10


class MatchForm(VerbForm):
    number = forms.CharField(
        label=gettext_lazy("Payment number"),
        max_length=64,
        widget=forms.TextInput(attrs={"placeholder": "PAY-2026-000001-1"}),
    )


VERBS = [
    Verb(
        "match",
        gettext_lazy("Match with a payment"),
        gettext_lazy("The line is matched."),
        "match_line",
        matching.match_number,
        MatchForm,
    ),
    Verb(
        "set_aside",
        gettext_lazy("Set aside"),
        gettext_lazy("The line was set aside."),
        "match_line",
        statements.set_aside,
        WithReason,
    ),
    Verb(
        "take_up",
        gettext_lazy("Take up again"),
        gettext_lazy("The line is open again."),
        "match_line",
        statements.take_up,
        tone="primary",
    ),
    Verb(
        "unmatch",
        gettext_lazy("Undo the match"),
        gettext_lazy("The match was undone."),
        "match_line",
        matching.unmatch,
        WithReason,
        tone="danger",
    ),
]


class LinesForm(forms.Form):
    """Which lines: the open ones at first."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[*LineState.choices, ("all", gettext_lazy("All"))],
    )
    says = forms.ChoiceField(
        label=gettext_lazy("Says"),
        required=False,
        choices=[("", gettext_lazy("All")), *Says.choices],
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"})
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), required=False, max_digits=18, decimal_places=2
    )
    search = forms.CharField(
        label=gettext_lazy("Number or name"), required=False, max_length=80, strip=True
    )

    def choose(self, lines):
        if not self.is_valid():
            return lines.none()
        wanted = self.cleaned_data
        state = wanted["state"] or LineState.OPEN
        asked = {
            "state": state if state != "all" else "",
            "says": wanted["says"],
            "booked_on__gte": wanted["since"],
            "booked_on__lte": wanted["until"],
        }
        lines = lines.filter(**{name: value for name, value in asked.items() if value})
        if wanted["amount"] is not None:
            amount = abs(to_fen(wanted["amount"]))
            lines = lines.filter(amount__in=(amount, -amount))
        if wanted["search"]:
            text = wanted["search"]
            lines = lines.filter(
                Q(number__startswith=text)
                | Q(bank_reference__startswith=text)
                | Q(holder_name__icontains=text)
            )
        return lines


@desk.page(
    "bank-lines/",
    name="line-list",
    permission="view_money",
    section="money",
    menu=gettext_lazy("Bank lines"),
    order=61,
)
def line_list(request):
    form = LinesForm({"state": LineState.OPEN, **request.GET.dict()})
    chosen = form.choose(StatementLine.objects.visible_to(request.user))
    page = page_of(request, chosen.select_related("statement", "reconciliation__attempt"))
    _suggest(page.rows)
    return desk.render(
        request, "admin/money/lines.html", {"form": form, "page": page}, title=_("Bank lines")
    )


def _suggest(lines) -> None:
    """Gives each open line its `best` fit, None where there is none."""
    open_ones = [line for line in lines if line.state == LineState.OPEN]
    found = fits_of(open_ones) if open_ones else {}
    for line in lines:
        line.best = next(iter(found.get(line.pk, ())), None)


@desk.page("bank-lines/<int:pk>/", name="line-detail", permission="view_money", section="money")
def line_detail(request, pk):
    return _page(request, pk)


@desk.page(
    "bank-lines/<int:pk>/<str:verb>/", name="line-verb", permission="view_money", section="money"
)
@require_POST
def line_verb(request, pk, verb):
    line = get_object_or_404(_visible(request.user), pk=pk)
    back = reverse("admin:line-detail", args=[pk])
    result = carry_out(request, line, VERBS, verb, back=back)
    return result if isinstance(result, HttpResponseRedirect) else _page(request, pk, result)


def _visible(user):
    return StatementLine.objects.visible_to(user).select_related("statement")


def _page(request, pk, refused=None):
    line = get_object_or_404(
        _visible(request.user).select_related(
            "statement", "reconciliation__attempt__payout", "reconciliation__matched_by"
        ),
        pk=pk,
    )
    is_open = line.state == LineState.OPEN
    context = {
        "line": line,
        "match": getattr(line, "reconciliation", None),
        "fits": fits_of([line])[line.pk][:SHOWN_FITS] if is_open else [],
        "may_match": request.user.has_perm("grants.match_line", line),
        "refused": refused,
        "offers": offers(
            line,
            request.user,
            VERBS,
            lambda verb: reverse("admin:line-verb", args=[pk, verb]),
            refused,
        ),
        "events": timeline(line),
    }
    trail = [(_("Bank lines"), reverse("admin:line-list"))]
    return desk.render(request, "admin/money/line.html", context, title=line.reference, trail=trail)


@desk.waiting(Role.FINANCE, order=14)
def lines_to_match(user):
    rows = _visible(user).filter(state=LineState.OPEN)
    shown = [
        Row(
            line.reference,
            reverse("admin:line-detail", args=[line.pk]),
            note=line.holder_name,
            thing=line,
        )
        for line in rows.order_by("pk")[:ROWS]
    ]
    return Waiting(_("Bank lines to match"), rows.count(), reverse("admin:line-list"), shown)
