"""Writing to each other about an application."""

import hashlib
import unicodedata
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.core.errors import Refused
from grants.core.policy import require
from grants.core.texts import is_blank
from grants.events.services import advance, lock
from grants.messages.models import Conversation, Message, Via
from grants.messages.policies import answers_applicant, writes_for_applicant

LONGEST = 5000
SAME_PRESS = timedelta(minutes=1)


def clean_text(text: str) -> str:
    """The text without characters that nobody sees, its line ends as \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = (
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return "".join(shown).strip()


def write_message(application: Application, *, by, text: str) -> Message:
    """Writes for the applicant or, by an officer, for the fund; the others are told by mail.

    A second press of the same button finds the first message. Raises `Refused` for an empty and for
    too long a text.
    """
    text = clean_text(text)
    if is_blank(text):
        raise Refused(_("Write something first."), field="text")
    if len(text) > LONGEST:
        raise Refused(
            _("At most %(limit)s characters are taken. Yours has %(length)s.")
            % {"limit": LONGEST, "length": len(text)},
            field="text",
        )
    return append(application, by=by, text=text)


@transaction.atomic
def append(application: Application, *, by, text: str, **mail) -> Message:
    """Adds a text to the conversation, and begins it with the first. `mail`: columns of a mail.

    What was written a moment ago in the same words, or came by the same mail, is found again.
    """
    is_from_fund = not writes_for_applicant(by, application)
    if is_from_fund and not answers_applicant(by, application):
        raise PermissionDenied
    lock(application)
    conversation = Conversation.objects.filter(application=application).first()
    if is_from_fund and conversation is None and application.submitted_at is None:
        raise PermissionDenied
    if conversation is None:
        conversation = Conversation.objects.create(application=application)
    conversation.application = application
    found = _same(conversation, by, text, mail.get("mail_key", ""))
    if found:
        return found
    message = Message.objects.create(
        conversation=conversation,
        author=by,
        is_from_fund=is_from_fund,
        text=text,
        **mail,
    )
    data = {"message": message.pk, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    verb = "answer" if is_from_fund else "ask"
    advance(conversation, verb, by=by, data=data, last_at=message.at)
    return message


def _same(conversation: Conversation, by, text: str, mail_key: str) -> Message | None:
    if mail_key:
        return conversation.messages.filter(mail_key=mail_key).first()
    since = timezone.now() - SAME_PRESS
    return conversation.messages.filter(author=by, via=Via.PAGE, text=text, at__gt=since).first()


@transaction.atomic
def settle(conversation: Conversation, *, by) -> None:
    """Says that what the applicant wrote last needs no answer."""
    require(by, "answer_applicant", conversation.application)
    advance(conversation, "settle", by=by)
