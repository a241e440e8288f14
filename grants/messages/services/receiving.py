"""A mail comes in and becomes a message of its case, or is dropped with a reason for the log."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from grants.accounts.models import User
from grants.core.texts import is_blank
from grants.messages.addresses import BadToken, is_reply_address, read_address
from grants.messages.mail import MOST_BYTES, Incoming, NotReadable, read_mail
from grants.messages.models import Conversation, Message, Via
from grants.messages.quoted import own_words
from grants.messages.services.writing import LONGEST, append, clean_text

MOST_IN_AN_HOUR = 20
CUT = "\n[…]"


class NotTaken(Exception):
    """The mail is dropped and nobody is answered. `code` is for the log."""

    def __init__(self, code: str, sentence: str):
        super().__init__(sentence)
        self.code = code


def receive(raw: bytes) -> Message:
    """The message that the mail became; the same mail again finds it. Raises `NotTaken`.

    Dropped are: what is too big, not readable, sent by a machine, to no valid reply address, not
    from the person of that address, from somebody who may no longer write, without own words, and
    more than 20 in an hour of one person in one case, which would be a loop.
    """
    if not settings.REPLY_ADDRESS:
        raise NotTaken("OFF", "REPLY_ADDRESS is not set.")
    if len(raw) > MOST_BYTES:
        raise NotTaken("TOO_BIG", f"It has {len(raw)} bytes.")
    try:
        mail = read_mail(raw)
    except NotReadable as why:
        raise NotTaken("NOT_READABLE", str(why)) from None
    if mail.is_automatic:
        raise NotTaken("AUTOMATIC", "A machine or a mailing list sent it.")
    conversation, person = _of_address(mail)
    if mail.sender != person.email.lower():
        raise NotTaken("OTHER_SENDER", "It is not from the person of its address.")
    text = _text(mail)
    _refuse_loop(conversation, person)
    try:
        return append(
            conversation.application,
            by=person,
            text=text,
            via=Via.MAIL,
            attachments=list(mail.attachments),
            mail_key=mail.key,
        )
    except PermissionDenied:
        raise NotTaken("MAY_NOT", "The person may no longer write there.") from None


def _of_address(mail: Incoming) -> tuple[Conversation, User]:
    """By the first address of ours whose token holds."""
    why = "It names no reply address."
    for address in filter(is_reply_address, mail.recipients):
        try:
            conversation_id, person_id = read_address(address)
        except BadToken as bad:
            why = str(bad)
            continue
        conversation = (
            Conversation.objects.select_related("application__organisation")
            .filter(pk=conversation_id)
            .first()
        )
        person = User.objects.filter(pk=person_id, is_active=True).first()
        if conversation and person:
            return conversation, person
        why = "Its conversation or its person is gone."
    raise NotTaken("BAD_TOKEN", why)


def _text(mail: Incoming) -> str:
    text = clean_text(own_words(mail.text))
    if is_blank(text):
        raise NotTaken("EMPTY", "It says nothing new.")
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _refuse_loop(conversation: Conversation, person: User) -> None:
    since = timezone.now() - timedelta(hours=1)
    recent = conversation.messages.filter(author=person, via=Via.MAIL, at__gt=since)
    if recent.count() >= MOST_IN_AN_HOUR:
        raise NotTaken("LOOP", f"{MOST_IN_AN_HOUR} mails came within an hour.")
