"""A conversation as one of its readers sees it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.messages.models import Conversation, Message

SHOWN = 200


@dataclass(frozen=True)
class Said:
    """`is_ours` where it was written for the reader's own side."""

    author: str
    is_ours: bool
    text: str
    at: datetime
    is_by_mail: bool
    attachments: tuple[str, ...]


def conversation_of(application: Application, user) -> Conversation | None:
    """None where nobody wrote yet, and where the person may not see it."""
    return Conversation.objects.visible_to(user).filter(application=application).first()


def said_in(conversation: Conversation | None, *, for_fund: bool) -> list[Said]:
    """The newest messages, oldest first; applicants read “The fund” for its people. One query."""
    if conversation is None:
        return []
    rows = Message.objects.filter(conversation=conversation).select_related("author")
    return [_said(row, for_fund) for row in rows.order_by("-pk")[:SHOWN]][::-1]


def _said(row: Message, for_fund: bool) -> Said:
    return Said(
        author=_("The fund") if row.is_from_fund and not for_fund else str(row.author),
        is_ours=row.is_from_fund == for_fund,
        text=row.text,
        at=row.at,
        is_by_mail=row.via == "mail",
        attachments=tuple(row.attachments),
    )
