"""Payees, payouts, batches, payment attempts, bank statements."""

from grants.payouts.models.attempts import PaymentAttempt, RailHealth
from grants.payouts.models.batches import BatchFile, FileFormat, PayoutBatch, RailName
from grants.payouts.models.checks import BankDay, BooksCheck
from grants.payouts.models.payees import MONEY_READERS, Payee, PayeeKind, mask
from grants.payouts.models.payouts import Payout, PayoutQuerySet
from grants.payouts.models.statements import (
    BankStatement,
    ClosedDay,
    MatchedBy,
    Reconciliation,
    Says,
    StatementKind,
    StatementLine,
)

__all__ = [
    "MONEY_READERS",
    "BankDay",
    "BankStatement",
    "BatchFile",
    "BooksCheck",
    "ClosedDay",
    "FileFormat",
    "MatchedBy",
    "Payee",
    "PayeeKind",
    "PaymentAttempt",
    "Payout",
    "PayoutBatch",
    "PayoutQuerySet",
    "RailHealth",
    "RailName",
    "Reconciliation",
    "Says",
    "StatementKind",
    "StatementLine",
    "mask",
]
