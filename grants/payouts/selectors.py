"""What of the events and of the books a person may read who is kept from a case."""

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from grants.accounts.models import Organisation
from grants.applications.models import kept_from, organisations_kept_from
from grants.applications.selectors import kept_cases
from grants.awards.models import Award
from grants.ledger.models import JournalEntry, LedgerAccount, Posting
from grants.payouts.models import Payee, PayoutBatch, StatementLine


def _batches(user) -> QuerySet:
    """The references of the batches that pay such a case."""
    case = "payouts__milestone__award__application__"
    return PayoutBatch.objects.filter(kept_from(user, case)).values("reference")


def events_kept_from(user, prefix: str = "") -> Q:
    """Events of these cases, of their organisations, accounts, batches and bank lines.

    `prefix` is the path to the event. One query finds the organisations.
    """
    organisations = Organisation.objects.filter(organisations_kept_from(user))
    payees = Payee.objects.filter(organisations_kept_from(user, "organisation__"))
    references = [organisation.reference for organisation in organisations.only("created_at")]
    return (
        Q(**{f"{prefix}case__in": kept_cases(user)})
        | Q(**{f"{prefix}reference__in": references})
        | Q(**{f"{prefix}reference__in": _batches(user)})
        | _of(prefix, "payee", payees)
        | _of(prefix, "statementline", StatementLine.objects.kept_from(user))
    )


def _of(prefix: str, kind: str, things: QuerySet) -> Q:
    keys = things.annotate(key=Cast("pk", CharField())).values("key")
    return Q(**{f"{prefix}thing_type": kind, f"{prefix}thing_id__in": keys})


def _awards(user) -> QuerySet:
    return Award.objects.filter(kept_from(user, "application__")).values("reference")


def accounts_at_desk(user) -> QuerySet[LedgerAccount]:
    """The accounts, without those of the awards and batches of these cases."""
    rows = LedgerAccount.objects.exclude(owner__in=_awards(user))
    return rows.exclude(owner__in=_batches(user))


def entries_at_desk(user) -> QuerySet[JournalEntry]:
    """The entries that touch no such account of an award."""
    legs = Posting.objects.filter(account__owner__in=_awards(user))
    return JournalEntry.objects.exclude(pk__in=legs.values("entry"))
