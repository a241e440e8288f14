"""The books at the desk: where all money is, every move of it, and one button that checks both."""

from decimal import Decimal

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.paging import key_in, page_of
from grants.admin.site import desk
from grants.ledger.checks import trial_balance
from grants.ledger.models import JournalEntry, LedgerAccount, Place
from grants.payouts.models import BooksCheck
from grants.payouts.selectors import accounts_at_desk, entries_at_desk
from grants.payouts.services.books import run_books_check

LAST_CHECKS = 10
PLACES = dict(Place.choices)


class AccountsForm(forms.Form):
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        required=False,
        choices=[("", gettext_lazy("All")), *Place.choices],
    )
    owner = forms.CharField(
        label=gettext_lazy("Belongs to (its beginning)"), required=False, max_length=80
    )


class EntriesForm(forms.Form):
    reference = forms.CharField(
        label=gettext_lazy("Reference (its beginning)"), required=False, max_length=120
    )


def _balances(rows) -> dict:
    """The trial balance with the places in words, and its sum for each currency (always zero)."""
    sums: dict = {}
    for _place, currency, balance in rows:
        sums[currency] = sums.get(currency, 0) + balance
    shown = [(PLACES[place], place, currency, balance) for place, currency, balance in rows]
    return {"balances": sorted(shown, key=lambda row: _order(row[1])), "sums": sums.items()}


def _order(place: str) -> int:
    return Place.values.index(place)


@desk.page(
    "ledger/",
    name="ledger",
    permission="view_money",
    section="money",
    menu=gettext_lazy("The books"),
)
def books(request):
    context = _balances(trial_balance()) | {"checks": _last_checks(request.user)}
    return desk.render(request, "admin/money/books.html", context, title=_("The books"))


def _last_checks(user):
    rows = BooksCheck.objects.visible_to(user).select_related("by")
    return rows.order_by("-pk")[:LAST_CHECKS]


@desk.page("ledger/check/", name="ledger-check", permission="view_money", section="money")
@require_POST
def check(request):
    """Recomputes everything, keeps what was found and shows it."""
    return _show(request, run_books_check(by=request.user), title=_("The books"))


@desk.page(
    "ledger/checks/<int:pk>/", name="ledger-check-detail", permission="view_money", section="money"
)
def check_detail(request, pk: int):
    found = get_object_or_404(BooksCheck.objects.visible_to(request.user), pk=pk)
    return _show(request, found, title=_("Check of the books"), trail=_trail())


def _show(request, found: BooksCheck, **words):
    rows = [(place, currency, Decimal(total)) for place, currency, total in found.trial_balance]
    context = {"report": found, **_balances(rows), "checks": _last_checks(request.user)}
    return desk.render(request, "admin/money/books.html", context, **words)


def _trail():
    return [(_("The books"), reverse("admin:ledger"))]


@desk.page("ledger/accounts/", name="ledger-accounts", permission="view_money", section="money")
def accounts(request):
    form = AccountsForm(request.GET)
    rows = accounts_at_desk(request.user) if form.is_valid() else LedgerAccount.objects.none()
    wanted = form.cleaned_data
    if wanted.get("place"):
        rows = rows.filter(place=wanted["place"])
    if wanted.get("owner"):
        rows = rows.filter(owner__startswith=wanted["owner"].strip())
    context = {"form": form, "page": page_of(request, rows)}
    return desk.render(
        request, "admin/money/accounts.html", context, title=_("Accounts"), trail=_trail()
    )


@desk.page("ledger/entries/", name="ledger-entries", permission="view_money", section="money")
def entries(request):
    form = EntriesForm(request.GET)
    account = None
    rows = entries_at_desk(request.user) if form.is_valid() else JournalEntry.objects.none()
    if form.cleaned_data.get("reference"):
        rows = rows.filter(reference__startswith=form.cleaned_data["reference"].strip())
    if key := key_in(request, "account"):
        account = get_object_or_404(accounts_at_desk(request.user), pk=key)
        rows = rows.filter(postings__account=account)
    page = page_of(request, rows.select_related("event").prefetch_related("postings__account"))
    context = {"form": form, "account": account, "page": page}
    return desk.render(
        request, "admin/money/entries.html", context, title=_("Entries"), trail=_trail()
    )
