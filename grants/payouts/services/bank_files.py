"""The files by which a released batch goes to the bank: the same bytes every time."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from grants.core.crypto import CannotOpen
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.payouts.lifecycle import LIVE
from grants.payouts.models import BatchFile, FileFormat, PaymentAttempt, PayoutBatch, RailName
from grants.payouts.rails.bank.orders import Debtor
from grants.payouts.rails.bank.pain001 import pain001
from grants.payouts.rails.bank.sheet import csv_sheet, xlsx_sheet
from grants.payouts.rails.protocol import Order
from grants.payouts.services.sending import order_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class MadeFile:
    """A bank file, with whole account numbers in it: never log or keep the content."""

    name: str
    content_type: str
    content: bytes
    sha256: str


@dataclass(frozen=True)
class Maker:
    suffix: str
    content_type: str
    write: Callable[[PayoutBatch, Sequence[Order]], bytes]

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0]


def debtor() -> Debtor:
    """The fund's own account, as the settings have it. Raises `Refused` where they do not."""
    return Debtor(
        name=settings.BANK_DEBTOR_NAME,
        account=settings.BANK_DEBTOR_ACCOUNT,
        bank_name=settings.BANK_DEBTOR_BANK,
        cnaps_code=settings.BANK_DEBTOR_CNAPS,
    )


def _pain001(batch: PayoutBatch, orders: Sequence[Order]) -> bytes:
    if batch.released_at is None or batch.send_on is None:
        raise Refused(_("This batch was not released."))
    return pain001(
        orders,
        reference=batch.reference,
        created=batch.released_at,
        execute_on=batch.send_on,
        debtor=debtor(),
    )


MAKERS = {
    FileFormat.PAIN001: Maker(".xml", "application/xml", _pain001),
    FileFormat.XLSX: Maker(".xlsx", XLSX, lambda batch, orders: xlsx_sheet(orders)),
    FileFormat.CSV: Maker(
        ".csv", "text/csv", lambda batch, orders: csv_sheet(orders, encoding="utf-8-sig")
    ),
    FileFormat.CSV_GB18030: Maker(
        "-gb18030.csv",
        "text/csv; charset=gb18030",
        lambda batch, orders: csv_sheet(orders, encoding="gb18030"),
    ),
}


@transaction.atomic
def file_of(batch: PayoutBatch, file_format: str, *, by) -> MadeFile:
    """The bank file of a released batch. Who took it, and its SHA-256, is an event each time.

    The first time fixes the hash: later the same bytes are given, or none. A further format is
    made only while no payment of the batch is settled, so that nothing is paid twice by a second
    file. Raises ValueError for a format that is none.
    """
    require(by, "make_bank_file", batch)
    maker = MAKERS[FileFormat(file_format)]
    batch = lock(batch)
    if batch.rail != RailName.BANK_FILE:
        raise Refused(_("This batch does not go by a bank file."))
    if batch.released_at is None:
        raise Refused(_("This batch was not released yet: there is no file to give to the bank."))
    if batch.attempts.filter(state="prepared").exists():
        raise Refused(_("The payments are being handed over just now. Try again in a minute."))
    attempts = list(_attempts(batch))
    content = maker.write(batch, _orders(attempts))
    sha256 = hashlib.sha256(content).hexdigest()
    _remember(batch, file_format, content, sha256, attempts, by=by)
    return MadeFile(f"{batch.reference}{maker.suffix}", maker.content_type, content, sha256)


def _attempts(batch: PayoutBatch):
    """The payments that were handed over; one that was withdrawn before that is not among them."""
    return (
        PaymentAttempt.objects.filter(batch=batch, called_at__isnull=False)
        .select_related(
            "batch",
            "payout__payee__organisation",
            "payout__milestone__award__application__round__program__fund",
        )
        .order_by("pk")
    )


def _orders(attempts: Sequence[PaymentAttempt]) -> list[Order]:
    orders = []
    for attempt in attempts:
        try:
            orders.append(order_of(attempt))
        except (CannotOpen, ValueError):
            raise Refused(
                _("The account of %(payout)s cannot be read: no file is made.")
                % {"payout": attempt.payout.reference}
            ) from None
    return orders


def _remember(
    batch: PayoutBatch,
    file_format: str,
    content: bytes,
    sha256: str,
    attempts: Sequence[PaymentAttempt],
    *,
    by,
) -> None:
    earlier = BatchFile.objects.filter(batch=batch, format=file_format).first()
    if earlier and earlier.sha256 != sha256:
        raise Refused(
            _(
                "The file would not be the one that was made first: a payee of the batch or the"
                " fund's own account changed since. It is not given out again."
            )
        )
    if not earlier and any(attempt.state not in LIVE for attempt in attempts):
        raise Refused(
            _("The bank has answered about this batch already: no further file of it is made.")
        )
    if not earlier:
        BatchFile.objects.create(batch=batch, format=file_format, sha256=sha256, size=len(content))
    data = {"format": file_format, "sha256": sha256, "size": len(content)}
    record(batch, "take_file" if earlier else "file", by=by, data=data)
