"""Files that want to be something else, larger than they look, or somewhere else."""

import io
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from grants.applications import archives
from grants.applications.archives import is_harmless_zip
from grants.applications.files import clean_name, examine
from grants.core.errors import Refused
from grants.programs.models import Question
from tests.applications.test_files import JPG, PDF, PNG, office

MIB = 1024 * 1024


def refused(name: str, content: bytes, question: Question | None = None) -> str:
    upload = SimpleUploadedFile("x", content)
    upload._name = name
    with translation.override("en"), pytest.raises(Refused) as error:
        examine(upload, question)
    assert list(error.value.problems) == ["file"]
    return str(error.value)


def bomb(size: int, *, entries: int = 1) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(entries):
            archive.writestr(f"word/{number}.xml", bytes(size))
    return memory.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PAGE = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PAGE),
        ("plan.pdf", b"\n" * 20 + PAGE + PDF),
        ("plan.pdf", SVG),
        ("logo.png", SVG),
        ("logo.png", PAGE),
        ("logo.jpg", b"GIF89a" + JPG),
        ("logo.svg", SVG),
        ("page.html", PAGE),
        ("page.pdf.html", PDF),
        ("run.pdf.exe", b"MZ" + PDF),
        ("plan.docx", bomb(65 * MIB)),
        ("plan.docm", office("word")),
    ],
)
def test_file_that_pretends_is_refused(name, content):
    refused(name, content)


@pytest.mark.parametrize("content", [PDF + office("word"), PDF + PAGE, PDF + SVG])
def test_polyglot_is_what_it_is_served_as(content):
    examined = examine(SimpleUploadedFile("a.pdf", content, "text/html"))

    assert examined.content_type == "application/pdf"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("plan\u200b\u2066.pdf", "plan.pdf"),
        ("..\\..\\..\\plan.pdf", "plan.pdf"),
        ("....//....//plan.pdf", "plan.pdf"),
        ("file:///etc/passwd.pdf", "passwd.pdf"),
        ("pl\x00an.pdf\x00.exe", "plan.pdf.exe"),
        ("\r\nSet-Cookie: a=b.pdf", "Set-Cookie: a=b.pdf"),
        ("   .pdf", ".pdf"),
        ("..", ".."),
        ("/", ""),
    ],
)
def test_name_keeps_nothing_that_misleads(typed, kept):
    assert clean_name(typed) == kept


def test_name_that_is_turned_around_is_judged_by_its_real_end():
    assert "This kind of file is not taken" in refused("invoice\u202efdp.exe", PDF)


def test_bomb_is_refused_without_being_unpacked():
    assert is_harmless_zip(io.BytesIO(bomb(10 * MIB)))
    assert not is_harmless_zip(io.BytesIO(bomb(65 * MIB)))


def test_bomb_of_many_small_files_is_refused(monkeypatch):
    assert is_harmless_zip(io.BytesIO(bomb(1, entries=50)))
    monkeypatch.setattr(archives, "MOST_ENTRIES", 50)

    assert not is_harmless_zip(io.BytesIO(bomb(1, entries=50)))


@pytest.mark.parametrize(
    ("entries", "directory"), [(60_000, 46), (1, 5 * MIB), (0xFFFF, 0xFFFFFFFF)]
)
def test_directory_that_would_fill_the_memory_is_not_read(entries, directory):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, directory, 0, 0)

    assert not is_harmless_zip(io.BytesIO(b"PK\x03\x04" + bytes(100) + end))


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06", b"PK\x05\x06" + bytes(17)])
def test_stump_of_a_zip_is_refused(content):
    assert not is_harmless_zip(io.BytesIO(content))


def test_question_takes_its_own_kinds_and_size():
    question = Question(kind="file", file_kinds=["png", ".JPG"], file_megabytes=1)

    assert examine(SimpleUploadedFile("a.png", PNG), question).content_type == "image/png"
    assert examine(SimpleUploadedFile("a.jpg", JPG), question).content_type == "image/jpeg"
    assert refused("a.pdf", PDF, question) == "This kind of file is not taken. Use JPG, PNG."
    assert refused("a.png", PNG + bytes(MIB), question) == "This file is larger than 1 MB."


def test_question_that_says_nothing_takes_all_kinds_up_to_20_megabytes():
    question = Question(kind="file")

    assert examine(SimpleUploadedFile("a.pdf", PDF), question).size == len(PDF)
    assert refused("a.pdf", PDF + bytes(20 * MIB), question) == "This file is larger than 20 MB."
