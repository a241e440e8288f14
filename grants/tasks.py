"""The clock and the muscle: each task wakes a service; the rows say what there is to do."""

from celery import shared_task

from grants.accounts.services import forget_idempotent_calls
from grants.applications.services.scanning import scan_waiting
from grants.applications.services.uploads import tidy_uploads
from grants.events.days import seal_day
from grants.events.seals import seal_pending
from grants.notifications import services as notifications
from grants.payouts.services import books, matching, returns, sending
from grants.programs.services import run_calendar
from grants.screening.services import running as screening


@shared_task
def tell() -> int:
    """Seals what happened, writes the notifications of it and sends them."""
    while seal_pending():
        continue
    while notifications.fan_out():
        continue
    return notifications.send_waiting()


@shared_task
def pay() -> int:
    """Sends prepared payouts, looks after lost ones, asks about open ones and reads bank lines."""
    return sending.work() + matching.match_waiting()


@shared_task
def ask_for_returns() -> int:
    """Asks whether the bank sent back what was paid to a card."""
    return returns.ask_paid()


@shared_task
def keep_calendar() -> int:
    """Opens and closes rounds when their time has come."""
    return run_calendar()


@shared_task
def screen() -> int:
    """Asks the rules of rounds that have closed, and goes on with the runs that are open."""
    return screening.work()


@shared_task
def tidy() -> int:
    """Forgets what nobody will go on with: answers of API calls, unfinished uploads."""
    return forget_idempotent_calls() + tidy_uploads()


@shared_task
def scan() -> int:
    """Has waiting files looked at by the virus scanner."""
    return scan_waiting()


@shared_task
def check_books() -> int:
    """Recomputes the books; returns how many differences there are."""
    return len(books.run_books_check().differences)


@shared_task
def publish_seal() -> None:
    """Seals yesterday for the auditors once all of its events are in the chain."""
    seal_day()
