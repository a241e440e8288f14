"""From sealed events to mails: one row for each, sent at least once and not twice in practice."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from grants.accounts.models import User
from grants.applications.models import Application, is_kept_from
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.models import Event, EventSeal, Reader
from grants.events.services import lock, record
from grants.messages.quoted import MARK
from grants.notifications.lifecycle import NotificationState
from grants.notifications.models import Channel, Notification
from grants.notifications.recipients import Addressee, thing_of
from grants.notifications.routing import ROUTES, Route

READER = "notifications"
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
TRIES = 40


@transaction.atomic
def fan_out(limit: int = 500) -> int:
    """Writes the notifications of newly sealed events; returns how many events were read."""
    Reader.objects.get_or_create(name=READER)
    reader = Reader.objects.select_for_update(skip_locked=True).filter(name=READER).first()
    if reader is None:
        return 0
    seals = list(
        EventSeal.objects.filter(sequence__gt=reader.sequence)
        .select_related("event__actor")
        .order_by("sequence")[:limit]
    )
    rows = [row for seal in seals for row in _rows(seal.event)]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if seals:
        reader.sequence = seals[-1].sequence
        reader.save(update_fields=["sequence"])
    return len(seals)


def _rows(event: Event) -> list[Notification]:
    routes = ROUTES.get(event.kind, [])
    thing = thing_of(event) if routes else None
    if thing is None:
        return []
    return [
        _written(event, thing, route, person)
        for route in routes
        for person in route.recipients(thing)
    ]


def _written(event: Event, thing, route: Route, person: User | Addressee) -> Notification:
    language = person.language or settings.LANGUAGE_CODE
    reply_to = route.reply_to(thing, person) if route.reply_to else ""
    with translation.override(language):
        subject, text, html = _texts(event, thing, route, person, reply_to)
    return Notification(
        event=event,
        person=person if isinstance(person, User) else None,
        channel=Channel.EMAIL,
        kind=event.kind,
        address=person.email,
        language=language,
        reply_to=reply_to,
        subject=subject[:200],
        text=text,
        html=html,
        is_secret=route.is_secret,
    )


def _texts(event: Event, thing, route: Route, person, reply_to: str) -> tuple[str, str, str]:
    """Subject, text and HTML, in the language that is active."""
    words = {
        "reference": event.reference,
        "case": event.case,
        "organisation": str(getattr(thing, "organisation", "")),
        "token": getattr(thing, "token", ""),
    }
    more = route.more(event, thing) if route.more else {}
    told = {"event": event, "thing": thing, "person": person, **more}
    context = {
        "subject": str(route.subject).format(**words),
        "name": person.get_short_name(),
        "body": render_to_string(f"emails/{route.template}.txt", told).strip(),
        "link": settings.SITE_URL + route.path.format(**words),
        "portal": settings.PORTAL_NAME,
        "mark": MARK if reply_to else "",
    }
    return (
        " ".join(context["subject"].split()),
        render_to_string("emails/mail.txt", context),
        render_to_string("emails/mail.html", context),
    )


def queue_mail(*, address: str, kind: str, subject: str, text: str, language: str) -> Notification:
    """Queues a mail of the account itself (confirmation, password); its text is a secret."""
    return Notification.objects.create(
        channel=Channel.EMAIL,
        kind=kind,
        address=address,
        language=language,
        subject=subject,
        text=text,
        is_secret=True,
    )


@transaction.atomic
def _claim(limit: int) -> list[Notification]:
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = list(
        Notification.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(free, state="waiting", next_try_at__lte=now)
        .order_by("next_try_at", "id")[:limit]
    )
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(lease_until=now + LEASE)
    for row in rows:
        row.lease_until = now + LEASE
    return rows


def _is_still_ours(row: Notification) -> bool:
    """Renews the lease of one mail; False where it ran out meanwhile and another took it."""
    ours = Notification.objects.filter(pk=row.pk, state="waiting", lease_until=row.lease_until)
    return bool(ours.update(lease_until=timezone.now() + LEASE))


def _is_withheld(row: Notification) -> bool:
    """Gives up a mail to the desk whose reader was barred from the case after it was written."""
    person, case = row.person, row.event and row.event.case
    if person is None or not case or not person.roles:
        return False
    application = Application.objects.filter(reference=case).select_related("organisation").first()
    if application is None or application.organisation.role_of(person):
        return False
    if not is_kept_from(person, application):
        return False
    changes = {"state": "dead", "lease_until": None, "error": "conflict of interest"}
    Notification.objects.filter(pk=row.pk).update(**changes)
    return True


def send_waiting(limit: int = 50) -> int:
    """Sends what waits; returns how many went out.

    A mail that cannot be sent waits longer each time and is given up after `TRIES` tries.
    """
    rows = _claim(limit)
    if not rows:
        return 0
    sent, mailer = 0, get_connection()
    for row in rows:
        if not _is_still_ours(row) or _is_withheld(row):
            continue
        try:
            _message(row, mailer).send()
        except Exception as error:
            _put_off(row, error)
        else:
            _book_sent(row)
            sent += 1
    mailer.close()
    return sent


def _message(row: Notification, mailer) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=row.subject, body=row.text, to=[row.address], connection=mailer
    )
    if row.html:
        message.attach_alternative(row.html, "text/html")
    if row.reply_to:
        message.reply_to = [row.reply_to]
    # Machines that answer mails (RFC 3834) leave those alone.
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.extra_headers["Message-ID"] = f"<notification-{row.pk}@{_domain()}>"
    return message


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"


def _book_sent(row: Notification) -> None:
    changes = {"state": "sent", "sent_at": timezone.now(), "lease_until": None, "error": ""}
    if row.is_secret and not settings.DEBUG:
        changes |= {"text": "", "html": ""}
    Notification.objects.filter(pk=row.pk).update(**changes)


def _put_off(row: Notification, error: Exception) -> None:
    tries = row.tries + 1
    pause = min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
    Notification.objects.filter(pk=row.pk).update(
        state="waiting" if tries < TRIES else "dead",
        tries=tries,
        next_try_at=timezone.now() + pause,
        lease_until=None,
        error=f"{type(error).__name__}: {error}"[:500],
    )


def waiting_count() -> int:
    return Notification.objects.filter(state="waiting").count()


@transaction.atomic
def retry(row: Notification, *, by) -> None:
    """Lets a mail that was given up wait again, with all its tries before it."""
    require(by, "retry_mails", row)
    if lock(row).state != NotificationState.DEAD:
        raise Refused(_("Only a mail that was given up can be tried again."))
    Notification.objects.filter(pk=row.pk).update(
        state=NotificationState.WAITING, tries=0, next_try_at=timezone.now()
    )
    record(row, "retry", by=by, data={"address": row.address})
