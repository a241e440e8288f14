"""Batches that go by bank file, and the statements that come back."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from grants.payouts.models import BankDay, PaymentAttempt, Payout, PayoutBatch, StatementLine
from grants.payouts.services import batches
from grants.payouts.services.approving import approve_batch
from grants.payouts.services.releasing import release_batch
from grants.payouts.services.sending import send_prepared
from grants.payouts.services.statements import Upload, upload_statement
from tests import cast
from tests.payouts.rails.bank import files


def know_the_days() -> None:
    """This year and the next count as known, whatever the library knows of them."""
    year = timezone.localdate().year
    for known in (year - 1, year, year + 1):
        BankDay.objects.get_or_create(day=date(known, 1, 1), defaults={"is_working": False})


def approved_for_bank(*payouts: Payout) -> PayoutBatch:
    batch = batches.prepare_batch(payouts, by=cast.person("finance"), rail="bank_file")
    batches.submit_batch(batch, by=cast.person("finance"))
    approve_batch(batch, by=cast.person("controller"))
    return batch


def due(*owners: str, amount: str = "100000.00") -> list[Payout]:
    return [
        cast.due_payout(owner, round=cast.open_round(f"round-{owner}"), amount=amount)
        for owner in owners or ("applicant",)
    ]


def by_file(*payouts: Payout) -> PayoutBatch:
    """The payouts, released to the bank in one file; the workers have taken note."""
    know_the_days()
    batch = approved_for_bank(*payouts)
    release_batch(batch, by=cast.person("controller"))
    send_prepared()
    batch.refresh_from_db()
    return batch


def sent(*owners: str, **more) -> list[PaymentAttempt]:
    """A payment by bank file for each owner, all in one batch."""
    batch = by_file(*due(*owners, **more))
    return list(batch.attempts.select_related("payout__payee").order_by("pk"))


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def statement(*entries: str, **more) -> bytes:
    return files.camt053(*entries, **more)


def debit(attempt: PaymentAttempt, **more) -> str:
    """An entry of yesterday by which the bank paid."""
    more = {"day": str(yesterday()), "reference": f"B{attempt.pk}"} | more
    return files.entry(f"-{attempt.payout.net}", more.pop("number", attempt.number), **more)


def credit(attempt: PaymentAttempt, **more) -> str:
    """An entry of yesterday by which the money came back."""
    more = {"day": str(yesterday()), "reference": f"C{attempt.pk}", "is_reversal": True} | more
    return files.entry(str(attempt.payout.net), more.pop("number", attempt.number), **more)


def as_file(raw: bytes, name: str = "statement.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw)


def upload(raw: bytes, *, name: str = "statement.xml", by: str = "finance") -> Upload:
    return upload_statement(as_file(raw, name), by=cast.person(by))


def uploaded(*entries: str, **more) -> Upload:
    return upload(statement(*entries, **more))


def only_line() -> StatementLine:
    return StatementLine.objects.select_related("statement").get()
