"""What a person wrote anew in a mail, without the mail that is quoted below it."""

import re

import quotequail

MARK = "─── 请在此线上方回复 · Please reply above this line ───"
_MARK = re.compile(r"请在此线上方回复|Please reply above this line")
# How mail programs in Chinese begin what they quote: Outlook, Foxmail, QQ, NetEase, Apple, Gmail.
_RULE = re.compile(r"[-_—=\s]{2,}(原始邮件|原始郵件|回复的原邮件|原邮件|转发的邮件)[-_—=\s]{2,}")
_WROTE = ("写道：", "写道:", "寫道：", "寫道:", "写到：", "wrote:")
_OPENS = re.compile(r"(On|在|于|於)\s.*\d")
_FROM = re.compile(r"(发件人|寄件者|寄件人)\s*[：:]")
_HEADER = re.compile(r"(发送时间|时间|日期|寄件日期|收件人|收件者|抄送|主题|主旨)\s*[：:]")
LONGEST_LINE = 500


def own_words(text: str) -> str:
    """The new text; where somebody answered below the quote, all lines that are not quoted."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    above = "\n".join(lines[: _end(lines)]).strip()
    above = _unquoted(_without_western_quote(above))
    is_below = not above and any(line.startswith(">") for line in lines)
    return _unquoted(text) if is_below else above


def _end(lines: list[str]) -> int:
    """The number of the line with which the quoted mail begins."""
    bare = [line.lstrip("> \t")[:LONGEST_LINE] for line in lines]
    for number, line in enumerate(bare):
        if line.endswith(_WROTE) and (begins := _header_above(bare, number)) is not None:
            return begins
        if _MARK.search(line) or _RULE.fullmatch(line) or _is_header(bare, number):
            return number
    return len(lines)


def _header_above(lines: list[str], number: int) -> int | None:
    """Where “On … <address> wrote:” begins: mail programs break it over two lines."""
    before = lines[number - 1] if number else ""
    if _OPENS.match(before) and "@" in before + lines[number]:
        return number - 1
    return number if "@" in lines[number] else None


def _is_header(lines: list[str], number: int) -> bool:
    following = lines[number + 1 : number + 4]
    return bool(_FROM.match(lines[number])) and any(map(_HEADER.match, following))


def _without_western_quote(text: str) -> str:
    """Cuts only where an address or a quoted line follows: “On Monday we wrote:” stays."""
    found = quotequail.unwrap(text)
    above = found.get("text_top", "") if found else text
    below = text[len(above) :]
    return above if "@" in below or "\n>" in below else text


def _unquoted(text: str) -> str:
    """The lines that are not quoted, but for headers and our own mark."""
    kept = [
        line
        for line in text.replace("\r\n", "\n").split("\n")
        if not line.lstrip().startswith(">") and not _MARK.search(line)
    ]
    return "\n".join(kept).strip()
