"""The words of a file, and what it says of its author beside them. Nothing of it is run.

Each reader takes an open binary file and gives (text, metadata); it raises where it cannot read.
"""

import zipfile
from collections.abc import Callable
from typing import IO

from lxml import etree
from PIL import ExifTags, Image
from pypdf import PdfReader

MOST_PAGES = 300
MOST_LETTERS = 2_000_000
MOST_UNPACKED = 100 * 1024 * 1024
PARTS = ("word/", "xl/sharedStrings", "xl/worksheets/", "ppt/slides/", "ppt/notesSlides/")
ABOUT = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")


class Unreadable(Exception):
    """Locked, broken or larger than one reads."""


def _pdf(file: IO[bytes]) -> tuple[str, str]:
    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("locked")
    if len(reader.pages) > MOST_PAGES:
        raise Unreadable("long")
    text, length = [], 0
    for page in reader.pages:
        text.append(page.extract_text())
        length += len(text[-1])
        if length > MOST_LETTERS:
            raise Unreadable("long")
    about = [str(value) for value in (reader.metadata or {}).values()]
    return "\n".join(text), "\n".join(about)


def _office(file: IO[bytes]) -> tuple[str, str]:
    """DOCX, XLSX and PPTX: the text of their XML parts, paragraph by paragraph."""
    with zipfile.ZipFile(file) as parts:
        if sum(entry.file_size for entry in parts.infolist()) > MOST_UNPACKED:
            raise Unreadable("large")
        names = [name for name in parts.namelist() if name.endswith(".xml")]
        text = [_of_xml(parts.read(name)) for name in names if name.startswith(PARTS)]
        about = [_of_xml(parts.read(name)) for name in names if name in ABOUT]
    return "\n".join(text), "\n".join(about)


def _of_xml(content: bytes) -> str:
    """Runs of one paragraph belong together; a word may be cut into several."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    nodes = root.iter(etree.Element)
    paragraphs = [node for node in nodes if etree.QName(node).localname in ("p", "si")]
    return "\n".join("".join(node.itertext()) for node in paragraphs or root)


def _image(file: IO[bytes]) -> tuple[str, str]:
    """No text is read out of a picture; what its camera or program wrote is."""
    with Image.open(file) as image:
        told = {**{str(k): v for k, v in image.info.items() if isinstance(v, str)}}
        for tag, value in image.getexif().items():
            told[ExifTags.TAGS.get(tag, str(tag))] = value
    return "", "\n".join(f"{name}: {_plain(value)}" for name, value in told.items())


def _plain(value) -> str:
    if not isinstance(value, bytes):
        return str(value)
    # Windows writes its own tags in UTF-16.
    return value.decode("utf-16-le" if value[1:2] == b"\0" else "utf-8", errors="replace")


def _plain_text(file: IO[bytes]) -> tuple[str, str]:
    content = file.read(MOST_UNPACKED)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), ""
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), ""


READERS: dict[str, Callable[[IO[bytes]], tuple[str, str]]] = {
    ".pdf": _pdf,
    ".docx": _office,
    ".xlsx": _office,
    ".pptx": _office,
    ".png": _image,
    ".jpg": _image,
    ".jpeg": _image,
    ".txt": _plain_text,
    ".csv": _plain_text,
}


def extracted(file: IO[bytes], suffix: str) -> tuple[str, str]:
    """(text, metadata). Raises `Unreadable` for whatever a hostile file does to its reader."""
    reader = READERS.get(suffix.lower())
    if reader is None:
        raise Unreadable("kind")
    try:
        return reader(file)
    except Unreadable:
        raise
    except Exception as error:  # the readers raise whatever they like over a broken file
        raise Unreadable(type(error).__name__) from error
