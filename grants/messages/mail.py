"""Reading a mail (RFC 5322, MIME): who sent it, to which address, and what it says."""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses

from lxml import html

MOST_BYTES = 10 * 1024 * 1024
LONGEST_TEXT = 100_000
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"}
DROPPED = "//script|//style|//head|//blockquote|//*[contains(@class, 'gmail_quote')]"
AUTOMATIC = ("bulk", "junk", "list", "auto_reply")
ROBOTS = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@")


class NotReadable(Exception):
    """It is no mail that says something."""


@dataclass(frozen=True)
class Incoming:
    """`text` still holds what is quoted; `attachments` are the names of files, never their bytes.

    `key` is the same whenever the same mail comes again.
    """

    sender: str
    recipients: tuple[str, ...]
    text: str
    attachments: tuple[str, ...]
    key: str
    is_automatic: bool


def read_mail(raw: bytes) -> Incoming:
    """Raises `NotReadable` for what has no single sender."""
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        senders = _addresses(mail, "from")
        recipients = _addresses(
            mail, "to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"
        )
        if len(senders) != 1:
            raise NotReadable("it does not name one sender")
        return Incoming(
            sender=senders[0],
            recipients=tuple(dict.fromkeys(recipients)),
            text=_text(mail),
            attachments=tuple(_attachments(mail)),
            key=_key(mail, raw),
            is_automatic=_is_automatic(mail, senders[0]),
        )
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError) as error:
        # The parser of the standard library raises these for what is no mail at all.
        raise NotReadable(f"{type(error).__name__}: {error}"[:200]) from None


def _key(mail: EmailMessage, raw: bytes) -> str:
    named = str(mail.get("message-id") or "").strip()
    return hashlib.sha256(named.encode(errors="replace") or raw).hexdigest()


def _addresses(mail: EmailMessage, *names: str) -> list[str]:
    values = [str(value) for name in names for value in mail.get_all(name, [])]
    return [address.lower() for _name, address in getaddresses(values) if "@" in address]


def _is_automatic(mail: EmailMessage, sender: str) -> bool:
    """Answers of machines (RFC 3834), mailing lists and reports of delivery."""
    submitted = str(mail.get("auto-submitted", "no")).partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or str(mail.get("precedence", "")).strip().lower() in AUTOMATIC
        or any(name in mail for name in ("x-autoreply", "x-autorespond", "list-id"))
        or str(mail.get("return-path", "")).strip() == "<>"
        or mail.get_content_type() == "multipart/report"
        or sender.startswith(ROBOTS)
    )


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = _decoded(body)
    if body.get_content_subtype() == "html":
        text = _from_html(text)
    return text[:LONGEST_TEXT]


def _decoded(part: MIMEPart) -> str:
    """The text of a part; of a charset that nobody knows, as Chinese programs most often mean."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    named = part.get_content_charset("utf-8")
    # GB 2312 is announced and its superset GB 18030 is sent.
    charset = "gb18030" if named in ("gb2312", "gbk", "gb_2312-80") else named
    for name in (charset, "utf-8", "gb18030"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", errors="replace")


def _from_html(source: str) -> str:
    try:
        page = html.fromstring(
            source.replace("\x00", "")[: 4 * LONGEST_TEXT].encode(),
            parser=html.HTMLParser(encoding="utf-8"),
        )
    except (ValueError, html.etree.ParserError):
        return ""
    for element in page.xpath(DROPPED):
        if element.getparent() is not None:
            element.drop_tree()
    for element in page.iter():
        if isinstance(element.tag, str) and element.tag in BLOCKS:
            element.tail = "\n" + (element.tail or "")
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in page.text_content().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _attachments(mail: EmailMessage) -> list[str]:
    names = [str(part.get_filename() or "") for part in mail.walk() if part.get_filename()]
    return ["".join(filter(str.isprintable, name))[:150] for name in names[:20]]
