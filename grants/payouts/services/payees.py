"""Naming and verifying where an organisation's money goes."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum import luhn
from stdnum.iso7064 import mod_11_10

from grants.accounts.models import Organisation
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.payouts.models import Payee, PayeeKind, Payout
from grants.payouts.services.due import raise_due_of

CARD_LENGTHS = range(16, 20)


def _clean_bank_account(organisation: Organisation, number: str, cnaps: str) -> dict[str, str]:
    """One sentence for each field that is wrong."""
    wrong = {}
    if not (number.isascii() and number.isdigit()) or not 8 <= len(number) <= 34:
        wrong["account"] = _("Enter the account number: 8 to 34 digits.")
    elif not organisation.is_company and (
        len(number) not in CARD_LENGTHS or not luhn.is_valid(number) or not int(number)
    ):
        wrong["account"] = _("This is not a valid bank card number: check its digits.")
    if not (len(cnaps) == 12 and cnaps.isascii() and mod_11_10.is_valid(cnaps)):
        wrong["cnaps_code"] = _("This is not a valid CNAPS code: check its 12 digits.")
    return wrong


@transaction.atomic
def name_payee(
    organisation: Organisation,
    *,
    by,
    kind: str,
    account: str,
    holder_name: str,
    bank_name: str = "",
    cnaps_code: str = "",
) -> Payee:
    """Names an account; the controller verifies it before anything is paid to it.

    The holder must be the organisation itself. Raises `Refused` with one sentence for each field.
    """
    require(by, "name_payee", organisation)
    kind, number = PayeeKind(kind), account.replace(" ", "").strip()
    cnaps_code, wrong = cnaps_code.replace(" ", "").strip(), {}
    if kind == PayeeKind.BANK:
        wrong = _clean_bank_account(organisation, number, cnaps_code)
        if not bank_name.strip():
            wrong["bank_name"] = _("Enter the name of the bank and branch.")
    elif not 5 <= len(number) <= 100:
        wrong["account"] = _("Enter the Alipay account: an e-mail address or a phone number.")
    if holder_name.strip() != organisation.name:
        wrong["holder_name"] = _("The account holder must be “%(name)s”.") % {
            "name": organisation.name
        }
    if wrong:
        raise Refused(_("Please correct the account."), problems=wrong)
    lock(organisation)
    for earlier in organisation.payees.filter(state="pending"):
        advance(earlier, "supersede", by=by)
    payee = Payee(
        organisation=organisation,
        kind=kind,
        holder_name=organisation.name,
        bank_name=bank_name.strip() if kind == PayeeKind.BANK else "",
        cnaps_code=cnaps_code if kind == PayeeKind.BANK else "",
        named_by=by,
        replaces=organisation.payees.filter(state__in=["verified", "suspended"]).last(),
    )
    payee.set_account(number)
    payee.save()
    data = {"account": payee.account_tail, "bank": payee.bank_name, "holder": payee.holder_name}
    record(payee, "name", by=by, data=data, to_state=payee.state)
    return payee


@transaction.atomic
def verify_payee(payee: Payee, *, by, proof: str) -> None:
    """Takes an account into use, in place of the one before; payouts that waited become due.

    `proof` says how it was verified. Raises `Refused` for the person who named it.
    """
    if payee.named_by_id == by.pk:
        raise Refused(_("You named this account. Another person must verify it."))
    require(by, "verify_payee", payee)
    if not proof.strip():
        raise Refused(_("Say how you verified the account."), field="proof")
    organisation = lock(payee.organisation)
    if lock(payee).state == "pending":
        for earlier in organisation.payees.filter(state="verified"):
            advance(earlier, "supersede", by=by)
    advance(
        payee,
        "verify",
        by=by,
        verified_by=by,
        verified_at=timezone.now(),
        proof=proof.strip(),
        data={"proof": proof, "account": payee.account_tail},
    )
    redirect(Payout.objects.filter(payee__organisation=organisation), by=by)
    raise_due_of(organisation)


@transaction.atomic
def confirm_payee(payee: Payee, *, by, proof: str) -> None:
    """Finds an account right after a second look: one that was suspended, or that sent money back.

    Raises `Refused` for the person who named it, and where another account is in use.
    """
    if payee.named_by_id == by.pk:
        raise Refused(_("You named this account. Another person must verify it."))
    require(by, "verify_payee", payee)
    if not proof.strip():
        raise Refused(_("Say how you verified the account."), field="proof")
    organisation = lock(payee.organisation)
    if organisation.payees.filter(state="verified").exclude(pk=payee.pk).exists():
        raise Refused(_("Another account of this organisation is in use."))
    words = {"verified_by": by, "verified_at": timezone.now(), "proof": proof.strip()}
    advance(payee, "confirm", by=by, data={"proof": proof, "account": payee.account_tail}, **words)
    redirect(Payout.objects.filter(payee__organisation=organisation), by=by)
    raise_due_of(organisation)


def redirect(payouts: QuerySet[Payout], *, by) -> None:
    """Those that are due and in no batch go to the grantee's account that is verified now."""
    free = payouts.filter(state__in=["due", "held"], batch=None)
    stale = free.exclude(payee__state="verified").select_for_update(of=("self",))
    for payout in stale.select_related("payee").order_by("pk"):
        payee = Payee.objects.filter(
            organisation=payout.payee.organisation_id, state="verified"
        ).first()
        if payee:
            Payout.objects.filter(pk=payout.pk).update(payee=payee)
            record(payout, "redirect", by=by, data={"account": payee.account_tail})


@transaction.atomic
def suspend_payee(payee: Payee, *, by, reason: str) -> None:
    """Stops new payouts to an account."""
    require(by, "verify_payee", payee)
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    advance(payee, "suspend", by=by, data={"reason": reason})


@transaction.atomic
def show_account(payee: Payee, *, by) -> str:
    """The whole account number, for one look; that it was shown is recorded."""
    require(by, "show_account", payee)
    record(payee, "show", by=by, data={"account": payee.account_tail})
    return payee.account_number
