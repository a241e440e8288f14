"""What a file is, by its content and not by its name."""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _

from grants.applications.archives import is_harmless_zip
from grants.core.errors import Refused
from grants.programs.models import Question

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": OFFICE + "wordprocessingml.document",
    ".xlsx": OFFICE + "spreadsheetml.sheet",
    ".pptx": OFFICE + "presentationml.presentation",
    ".txt": "text/plain",
    ".csv": "text/csv",
}
OFFICE_PARTS = {".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/"}
MIB = 1024 * 1024
USUAL_MEGABYTES = 20
SNIFF_BYTES = 8192
MOST_FILES = 10


@dataclass(frozen=True)
class Examined:
    name: str
    content_type: str
    size: int
    sha256: str


def refuse_too_many(count: int) -> None:
    """Raises `Refused` where `count` files would stand under one question or report."""
    if count > MOST_FILES:
        raise Refused(
            _("At most %(limit)s files are taken here. Put several into one, or remove one first.")
            % {"limit": MOST_FILES},
            field="file",
        )


def suffixes_for(question: Question | None) -> list[str]:
    """The endings that the question takes, as `.pdf`; without a question all that are known."""
    wanted = {f".{kind.lower().lstrip('.')}" for kind in (question.file_kinds if question else [])}
    return [suffix for suffix in TYPES if suffix in wanted] or list(TYPES)


def most_bytes_for(question: Question | None) -> int:
    megabytes = (question.file_megabytes if question else None) or USUAL_MEGABYTES
    return min(megabytes * MIB, settings.DOCUMENT_MAX_BYTES)


def clean_name(typed: str) -> str:
    """The name of a file without its folders and without what nobody sees."""
    name = "".join(filter(str.isprintable, typed)).replace("\\", "/")
    return PurePath(name).name.strip()[-150:]


def refuse_unless_taken(name: str, size: int, question: Question | None = None) -> None:
    """Raises `Refused` for an empty or too big file, and for a kind that is not taken here."""
    if not size:
        raise Refused(_("This file is empty."), field="file")
    most = most_bytes_for(question)
    if size > most:
        limit = most // MIB
        raise Refused(_("This file is larger than %(limit)s MB.") % {"limit": limit}, field="file")
    taken = suffixes_for(question)
    if PurePath(name).suffix.lower() not in taken:
        kinds = ", ".join(sorted(suffix[1:].upper() for suffix in taken))
        raise Refused(
            _("This kind of file is not taken. Use %(kinds)s.") % {"kinds": kinds}, field="file"
        )


def examine(upload: File, question: Question | None = None) -> Examined:
    """Checks size, kind and content of an upload and hashes it.

    Raises `Refused` for an empty or too big file, a kind that is not taken, and a file that is not
    what its name says.
    """
    name = clean_name(str(upload.name or ""))
    suffix = PurePath(name).suffix.lower()
    refuse_unless_taken(name, upload.size, question)
    if not _is_what_it_says(upload, suffix):
        raise Refused(
            _("This file is not what its name says (%(suffix)s). Save it again in that format.")
            % {"suffix": suffix},
            field="file",
        )
    sha256 = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        sha256.update(chunk)
    upload.seek(0)
    return Examined(name, TYPES[suffix], upload.size, sha256.hexdigest())


def _is_what_it_says(upload: File, suffix: str) -> bool:
    upload.seek(0)
    head = upload.read(SNIFF_BYTES)
    if suffix in OFFICE_PARTS:
        return _is_office(upload, OFFICE_PARTS[suffix])
    if TYPES[suffix].startswith("text/"):
        return _is_text(head)
    try:
        guesses = puremagic.magic_string(head)
    except puremagic.PureError:
        return False
    return any(guess.mime_type == TYPES[suffix] for guess in guesses)


def _is_office(upload: File, part: str) -> bool:
    if not is_harmless_zip(upload):
        return False
    upload.seek(0)
    with zipfile.ZipFile(upload) as archive:
        names = archive.namelist()
    return "[Content_Types].xml" in names and any(name.startswith(part) for name in names)


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
