"""Mails as mail programs write them."""

from email.message import EmailMessage

from grants.messages.addresses import reply_address
from grants.messages.models import Conversation


def mail(to: str, sender: str, text: str = "好的，谢谢。", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Li Na <{sender}>"
    message["To"] = f"AMOS <{to}>"
    message["Subject"] = "Re: 一封信"
    message["Message-ID"] = headers.pop("message_id", "<1@mail.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def answer(conversation: Conversation, person, text: str = "好的，谢谢。", **headers) -> bytes:
    """An answer of this person to a mail of the conversation."""
    return bytes(mail(reply_address(conversation.pk, person.pk), person.email, text, **headers))
