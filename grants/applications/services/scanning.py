"""Files go through the virus scanner before anybody opens them: claim, ask, book the answer."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications import clamd
from grants.applications.lifecycle import DocumentState
from grants.applications.models import Document
from grants.core.errors import Refused
from grants.events.services import advance

AT_ONCE = 20
LEASE = timedelta(minutes=10)
LONGEST_PAUSE_S = 600

logger = logging.getLogger(__name__)


def scan_waiting() -> int:
    """Has up to `AT_ONCE` files looked at; returns how many got an answer.

    A scanner that does not answer is asked again, ever more seldom; its files stay in quarantine.
    """
    answered = 0
    for _turn in range(AT_ONCE if settings.CLAMAV_URL else 0):
        document = _claim()
        if document is None:
            break
        try:
            with document.file.open("rb") as content:
                verdict = clamd.scan(settings.CLAMAV_URL, content.chunks(clamd.PIECE))
        except FileNotFoundError:
            verdict = clamd.Verdict(error="The file is not in the storage.")
        except clamd.Silent as silence:
            _wait(document, silence)
            break
        _book(document, verdict)
        answered += 1
    return answered


def refuse_infected(upload: File) -> None:
    """Has a small file looked at while the person waits. Without a scanner it is taken as it is.

    Raises `Refused` for a file that is not clean, and where the scanner does not answer.
    """
    if not settings.CLAMAV_URL:
        return
    upload.seek(0)
    try:
        verdict = clamd.scan(settings.CLAMAV_URL, upload.chunks(clamd.PIECE))
    except clamd.Silent as silence:
        logger.warning("the virus scanner does not answer: %s", silence)
        verdict = clamd.Verdict(error=str(silence))
    upload.seek(0)
    if verdict.found:
        raise Refused(_("The virus scanner refused this file. Add a clean one."), field="file")
    if verdict.error:
        raise Refused(
            _("The file cannot be looked at by the virus scanner now. Try again in a few minutes."),
            field="file",
        )


@transaction.atomic
def _claim() -> Document | None:
    """The next file to be looked at, nobody else's for the length of a lease."""
    now = timezone.now()
    document = (
        Document.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("application")
        .filter(Q(scan_at=None) | Q(scan_at__lte=now), state=DocumentState.SCANNING)
        .order_by("at")
        .first()
    )
    if document is not None:
        Document.objects.filter(pk=document.pk).update(scan_at=now + LEASE)
    return document


def _wait(document: Document, silence: clamd.Silent) -> None:
    pause = min(2 ** min(document.scan_tries, 12) * 5, LONGEST_PAUSE_S)
    Document.objects.filter(pk=document.pk).update(
        scan_at=timezone.now() + timedelta(seconds=pause), scan_tries=F("scan_tries") + 1
    )
    logger.warning("the virus scanner does not answer, again in %s s: %s", pause, silence)


@transaction.atomic
def _book(document: Document, verdict: clamd.Verdict) -> None:
    """Writes down what was said; one that was answered meanwhile by another worker stays so."""
    rows = Document.objects.select_for_update(no_key=True)
    if rows.get(pk=document.pk).state != DocumentState.SCANNING:
        return
    if verdict.found:
        advance(document, "quarantine", by=None, data={"found": verdict.found})
    elif verdict.error:
        advance(document, "give_up_scan", by=None, data={"error": verdict.error})
    else:
        advance(document, "clear", by=None)
