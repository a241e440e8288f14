"""The clock and the muscle: each task wakes a service; the rows say what there is to do."""

from celery import shared_task

from grants.accounts.services import forget_idempotent_calls
from grants.applications.services.scanning import scan_waiting
from grants.applications.services.uploads import tidy_uploads
from grants.conflicts.services import blinding
from grants.conflicts.services import finding as conflicts
from grants.events.days import seal_day
from grants.events.seals import seal_pending
from grants.notifications import services as notifications
from grants.payouts.services import books, matching, returns, sending
from grants.programs.services import run_calendar
from grants.reviews.services import calibrating
from grants.screening.services import running as screening


@shared_task
def tell() -> int:
    """Seals what happened, finds who must not hear of it, writes the mails and sends them."""
    while seal_pending():
        continue
    while conflicts.follow():
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
def calibrate() -> int:
    """Calibrates the rounds for which that was asked."""
    return calibrating.work()


@shared_task
def calibrate_again() -> int:
    """Asks for it where reviews have changed since the last time."""
    return calibrating.ask_again()


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


@shared_task
def find_conflicts() -> int:
    """Asks the data again who has to do with whom; returns how many conflicts are new."""
    return conflicts.look_everywhere()


@shared_task
def check_blind() -> int:
    """Looks through submissions of blind rounds for what tells who applies."""
    return blinding.check_waiting()
