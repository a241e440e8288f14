"""What tells who applies, and where a text has it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from grants.accounts.models import Organisation
from grants.conflicts.detection import public_domains

MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'，。；）)]{3,300}", re.IGNORECASE)
# What companies are, and not who: without it their short name is left.
FORM = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|工作室|公司|集团|"
    r"[\s,.]+(co|ltd|inc|llc|limited|corp|corporation|company|gmbh)\b\.?)+$"
)
TRADE = re.compile(r"(网络|信息|软件|科技|技术|电子|数码|互动|文化|传媒)+$")
PLACE = re.compile(r"^(.{2,3}?(省|市)|北京|上海|天津|重庆|深圳|广州|杭州|南京|成都|武汉|苏州)+")
SHORTEST = 2
MOST = 200


@dataclass(frozen=True)
class Mark:
    """`kind` is name, code, member, mail or domain; `text` as `plain` makes it."""

    kind: str
    text: str


def plain(text: str) -> str:
    """One form of what looks alike: full-width signs and capitals are folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def short_name(name: str) -> str:
    """杭州某某网络科技有限公司 → 某某; empty where nothing of two signs is left."""
    text = PLACE.sub("", TRADE.sub("", FORM.sub("", plain(name).strip())))
    return text.strip() if len(text.strip()) >= SHORTEST else ""


def marks_of(organisation: Organisation) -> list[Mark]:
    """Two queries: the organisation is given, its members are read."""
    marks = [
        Mark("name", plain(organisation.name)),
        Mark("name", short_name(organisation.name)),
        Mark("code", plain(organisation.credit_code)),
        Mark("member", plain(organisation.legal_representative)),
    ]
    for member in organisation.memberships.select_related("user").order_by("pk"):
        marks.append(Mark("member", plain(member.user.name)))
        domain = member.user.email.lower().partition("@")[2]
        if domain not in public_domains():
            marks.append(Mark("domain", domain))
    host = plain(organisation.website).partition("://")[2].partition("/")[0]
    marks.append(Mark("domain", host.removeprefix("www.")))
    found = dict.fromkeys(mark for mark in marks if len(mark.text) >= SHORTEST)
    return list(found)


def told(text: str, marks: Iterable[Mark]) -> list[tuple[str, str]]:
    """(kind, words) of what the text has: the marks, and any address or link; each once."""
    words = plain(text)
    found = [(mark.kind, mark.text) for mark in marks if _has(words, mark.text)]
    found += [("mail", address) for address in MAIL.findall(words)]
    found += [("link", link) for link in LINK.findall(words)]
    return list(dict.fromkeys(found))[:MOST]


def _has(words: str, mark: str) -> bool:
    """A word in Latin letters stands alone; Chinese has no spaces to look for."""
    if not mark.isascii():
        return mark in words
    return re.search(rf"(?<![a-z0-9]){re.escape(mark)}(?![a-z0-9])", words) is not None
