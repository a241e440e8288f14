"""What must hold before money leaves, asked again at each step of a batch."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import kept_from
from grants.awards.lifecycle import IN_FORCE
from grants.core.errors import Refused
from grants.payouts.models import Payee, PayeeKind, Payout

NAMED = 10


def refuse_unready(payouts: QuerySet[Payout]) -> None:
    """Raises `Refused` with the payouts that may not be paid now.

    Nothing is paid to an account that was suspended or replaced after the payout became due, for an
    award that is not in force, or to an account in its cooling-off days.
    """
    _refuse(
        payouts.exclude(payee__state="verified"),
        _("The account is no longer verified: %(references)s. Leave these payouts out."),
    )
    _refuse(
        payouts.exclude(milestone__award__state__in=IN_FORCE),
        _("The award is not in force: %(references)s. Leave these payouts out."),
    )
    changed = payouts.filter(payee__replaces__isnull=False).select_related(
        "payee", "milestone__award__application__round__program__fund"
    )
    cooling = [payout.reference for payout in changed if cools_until(payout)]
    _refuse_named(
        cooling,
        _(
            "The account was changed and is in its cooling-off days: %(references)s."
            " Leave these payouts out."
        ),
    )


def refuse_kept(payouts: QuerySet[Payout], *, by) -> None:
    """Raises `Refused` where one of them pays a case that something keeps the person from.

    Which one it is, is not said.
    """
    if payouts.filter(kept_from(by, "milestone__award__application__")).exists():
        raise Refused(
            _("A conflict of interest keeps you from a payout of this batch. Leave it to another.")
        )


def refuse_without_bank(payouts: QuerySet[Payout]) -> None:
    """Raises `Refused` with the payouts that a bank file cannot pay."""
    _refuse(
        payouts.exclude(payee__kind=PayeeKind.BANK),
        _("A bank file cannot pay to an Alipay account: %(references)s. Leave these out."),
    )


def _refuse(payouts: QuerySet[Payout], sentence: str) -> None:
    _refuse_named(list(payouts.order_by("pk").values_list("reference", flat=True)), sentence)


def _refuse_named(references: list[str], sentence: str) -> None:
    if references:
        raise Refused(sentence % {"references": ", ".join(references[:NAMED])})


def cools_until(payout: Payout):
    """When the cooling-off of the payee ends, None where nothing has to be waited for.

    Only an account that replaced another one cools off; how long is a setting of the fund.
    """
    payee: Payee = payout.payee
    if payee.replaces_id is None or payee.verified_at is None:
        return None
    days = payout.award.application.round.program.fund.cooling_off_days
    ends_at = payee.verified_at + timedelta(days=days)
    return ends_at if ends_at > timezone.now() else None
