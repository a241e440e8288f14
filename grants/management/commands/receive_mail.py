"""Takes one mail from standard input, as a mail server's pipe hands it over."""

import logging
import sys

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from grants.messages.mail import MOST_BYTES
from grants.messages.services.receiving import NotTaken, receive

logger = logging.getLogger(__name__)
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail


class Command(BaseCommand):
    help = (
        "Takes one mail (MIME) from standard input and adds it to its case. What is not taken is"
        " logged and dropped with exit 0, so that no mail server answers it; exit 75 asks the mail"
        " server to try again, because the database did not answer."
    )

    def handle(self, **options):
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            message = receive(raw)
        except NotTaken as why:
            logger.warning("a mail was dropped: %s %s", why.code, why)
        except DatabaseError:
            logger.exception("a mail has to wait")
            raise SystemExit(TRY_AGAIN) from None
        else:
            logger.info("a mail became message %s", message.pk)
