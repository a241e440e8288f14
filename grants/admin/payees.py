"""Payees at the desk: the controller verifies where money goes."""

from uuid import UUID

from django import forms
from django.db.models import Q, Subquery
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role
from grants.admin.forms import VerbForm
from grants.admin.paging import PAGE
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import Verb, WithReason, carry_out, offers, timeline
from grants.payouts.lifecycle import PayeeState
from grants.payouts.models import Payee
from grants.payouts.services import payees


class ProofForm(VerbForm):
    proof = forms.CharField(
        label=gettext_lazy("How you verified it"),
        help_text=gettext_lazy(
            "For example: bank letter of 3 March, called back on the known number."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


VERBS = [
    Verb(
        "verify",
        gettext_lazy("Verify the account"),
        gettext_lazy("The account is verified."),
        "verify_payee",
        payees.verify_payee,
        ProofForm,
        tone="primary",
    ),
    Verb(
        "confirm",
        gettext_lazy("Verify the account again"),
        gettext_lazy("The account is verified again."),
        "verify_payee",
        payees.confirm_payee,
        ProofForm,
    ),
    Verb(
        "suspend",
        gettext_lazy("Suspend the account"),
        gettext_lazy("The account is suspended: nothing new is paid to it."),
        "verify_payee",
        payees.suspend_payee,
        WithReason,
        tone="danger",
    ),
]


class StateForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[*PayeeState.choices, ("all", gettext_lazy("All"))],
    )


def _first_named_first(request, rows) -> tuple[list[Payee], str | None]:
    """A page in the order in which payees were named, and the link to the next page."""
    query = request.GET.copy()
    try:
        key = UUID(query.get("after", ""))
    except ValueError:
        pass
    else:
        named = Subquery(Payee.objects.filter(pk=key).values("named_at"))
        rows = rows.filter(Q(named_at__gt=named) | Q(named_at=named, pk__gt=key))
    found = list(rows.order_by("named_at", "pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return found, None
    query["after"] = found[PAGE - 1].pk
    return found[:PAGE], f"{request.path}?{query.urlencode()}"


@desk.page(
    "payees/",
    name="payee-list",
    permission="view_money",
    section="money",
    menu=gettext_lazy("Payees"),
)
def payee_list(request):
    form = StateForm({"state": request.GET.get("state") or PayeeState.PENDING})
    payees_seen = Payee.objects.visible_to(request.user).select_related("organisation", "named_by")
    state = form.cleaned_data["state"] if form.is_valid() else PayeeState.PENDING
    if state != "all":
        payees_seen = payees_seen.filter(state=state)
    rows, following = _first_named_first(request, payees_seen)
    context = {"form": form, "rows": rows, "following": following, "state": state}
    return desk.render(request, "admin/money/payees.html", context, title=_("Payees"))


@desk.page("payees/<uuid:pk>/", name="payee-detail", permission="view_money", section="money")
def payee_detail(request, pk):
    return _page(request, pk)


@desk.page("payees/<uuid:pk>/show/", name="payee-show", permission="show_account", section="money")
@require_POST
def payee_show(request, pk):
    """Renders the number once; the answer is stored nowhere, and that it was shown is recorded."""
    payee = get_object_or_404(Payee.objects.visible_to(request.user), pk=pk)
    return _page(request, pk, number=payees.show_account(payee, by=request.user))


@desk.page(
    "payees/<uuid:pk>/<str:verb>/", name="payee-verb", permission="view_money", section="money"
)
@require_POST
def payee_verb(request, pk, verb):
    payee = get_object_or_404(Payee.objects.visible_to(request.user), pk=pk)
    back = reverse("admin:payee-detail", args=[pk])
    result = carry_out(request, payee, VERBS, verb, back=back)
    return result if isinstance(result, HttpResponseRedirect) else _page(request, pk, result)


def _page(request, pk, refused=None, number=""):
    user = request.user
    visible = Payee.objects.visible_to(user)
    payee = get_object_or_404(
        visible.select_related("organisation", "named_by", "verified_by"), pk=pk
    )
    same = visible.filter(account_index=payee.account_index)
    context = {
        "payee": payee,
        "refused": refused,
        "number": number,
        "may_show": user.has_perm("grants.show_account"),
        "is_own": user.has_role(Role.CONTROLLER)
        and not user.has_perm("grants.verify_payee", payee),
        "offers": offers(
            payee, user, VERBS, lambda verb: reverse("admin:payee-verb", args=[pk, verb]), refused
        ),
        "same_account": same.exclude(organisation=payee.organisation).select_related(
            "organisation"
        )[:ROWS],
        "earlier": payee.organisation.payees.exclude(pk=pk).order_by("-named_at")[:ROWS],
        "events": timeline(payee),
    }
    trail = [(_("Payees"), reverse("admin:payee-list"))]
    return desk.render(
        request, "admin/money/payee.html", context, title=payee.holder_name, trail=trail
    )


@desk.waiting(Role.CONTROLLER, order=13)
def payees_to_verify(user):
    rows = Payee.objects.visible_to(user).filter(state=PayeeState.PENDING)
    return Waiting(
        _("Payees to verify"),
        rows.count(),
        reverse("admin:payee-list"),
        [
            Row(
                row.holder_name,
                reverse("admin:payee-detail", args=[row.pk]),
                note=f"{row.bank_name} {row.account_tail}".strip(),
                thing=row,
            )
            for row in rows.order_by("named_at", "pk")[:ROWS]
        ],
    )
