"""The check of the books as something that happened: who asked, and what was found."""

import time

from django.db import transaction

from grants.core.policy import require
from grants.events.services import record
from grants.payouts.checks import check_books
from grants.payouts.models import BooksCheck

KEPT_DIFFERENCES = 1000


def run_books_check(*, by=None) -> BooksCheck:
    """Recomputes everything and keeps the result; differences are told to those who watch.

    `by` is None for the nightly run. The first thousand differences are kept in words.
    """
    require(by, "view_money")
    started = time.monotonic()
    report = check_books()
    took_ms = round(1000 * (time.monotonic() - started))
    with transaction.atomic():
        check = BooksCheck.objects.create(
            by=by,
            differences=report.differences[:KEPT_DIFFERENCES],
            trial_balance=[
                [place, currency, str(balance)] for place, currency, balance in report.trial_balance
            ],
            took_ms=took_ms,
        )
        if report.differences:
            data = {"count": len(report.differences), "first": report.differences[:10]}
            record(check, "fail", by=by, data=data)
    return check
