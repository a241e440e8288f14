"""An upload is what it says, by its content; nothing of its name reaches the disk."""

import hashlib
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from grants.applications.files import examine
from grants.applications.models import Document
from grants.applications.services.documents import add_document, remove_document
from grants.core.errors import Refused
from tests import cast

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 17 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20 + b"\xff\xd9"


def office(part: str, *, types: bool = True) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        if types:
            archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{part}/document.xml", "<x/>")
    return memory.getvalue()


RIGHT = [
    ("a.pdf", PDF, "application/pdf"),
    ("计划书.PDF", PDF, "application/pdf"),
    ("a.png", PNG, "image/png"),
    ("a.jpg", JPG, "image/jpeg"),
    ("a.jpeg", JPG, "image/jpeg"),
    (
        "a.docx",
        office("word"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("a.xlsx", office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.txt", "星火".encode(), "text/plain"),
    ("a.csv", "星火,1".encode("gb18030"), "text/csv"),
    ("long.txt", "星".encode() * 5000, "text/plain"),
]
WRONG = [
    ("empty.pdf", b""),
    ("a.exe", b"MZ" + b"\x00" * 60),
    ("a.svg", b"<svg/>"),
    ("a.html", b"<html/>"),
    ("pdf", PDF),
    (".pdf", PDF),
    ("", PDF),
    ("a.pdf", PNG),
    ("a.pdf", b"<html><script>alert(1)</script></html>"),
    ("a.pdf", office("word")),
    ("a.png", PDF),
    ("a.jpg", PNG),
    ("a.docx", b"PK\x03\x04 no zip"),
    ("a.docx", PDF),
    ("a.docx", office("xl")),
    ("a.docx", office("word", types=False)),
    ("a.xlsx", office("word")),
    ("a.txt", PNG),
    ("a.csv", b"a\x00b"),
]


@pytest.mark.parametrize(("name", "content", "kind"), RIGHT)
def test_file_that_is_what_it_says_is_taken(name, content, kind):
    examined = examine(SimpleUploadedFile(name, content, "text/html"))

    assert (examined.name, examined.content_type, examined.size) == (name, kind, len(content))
    assert examined.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("name", "content"), WRONG)
def test_file_that_is_not_what_it_says_is_refused(name, content):
    upload = SimpleUploadedFile("x", content)
    upload._name = name

    with pytest.raises(Refused) as refused:
        examine(upload)

    assert list(refused.value.problems) == ["file"]


def test_file_of_the_largest_size_is_taken_and_one_byte_more_is_not(settings):
    settings.DOCUMENT_MAX_BYTES = len(PDF)

    assert examine(SimpleUploadedFile("a.pdf", PDF)).size == len(PDF)
    with pytest.raises(Refused):
        examine(SimpleUploadedFile("a.pdf", PDF + b"\n"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\li\\plan.pdf", "plan.pdf"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\nb.pdf", "ab.pdf"),
        ("星" * 300 + ".pdf", "星" * 146 + ".pdf"),
    ],
)
def test_file_name_keeps_nothing_of_a_path(typed, kept):
    upload = SimpleUploadedFile("x", PDF)
    upload._name = typed

    assert examine(upload).name == kept


@pytest.mark.django_db
def test_document_lies_under_its_id_and_never_under_its_name(settings):
    application = cast.draft()
    upload = cast.pdf("x.pdf")
    upload._name = "../../../plan.pdf"

    document = add_document(application, upload, by=cast.person(), question_key="proposal")

    assert document.name == "plan.pdf"
    assert re.fullmatch(rf"documents/../{document.id.hex}", document.file.name)
    assert document.file.path.startswith(str(settings.MEDIA_ROOT))
    assert hashlib.sha256(document.file.read()).hexdigest() == document.sha256


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["team", "nothing", ""])
def test_document_for_what_asks_for_no_file_is_refused(key):
    application = cast.draft()

    with pytest.raises(Refused):
        add_document(application, cast.pdf(), by=cast.person(), question_key=key)

    assert Document.objects.count() == 0


@pytest.mark.django_db
def test_document_taken_off_a_draft_stays_in_what_was_submitted():
    application = cast.submitted()
    document = application.documents.get()

    remove_document(document, by=cast.person())
    remove_document(document, by=cast.person())

    assert application.documents.filter(removed_at=None).count() == 0
    assert application.latest.content["files"] == [
        {"question": "proposal", "name": "proposal.pdf", "sha256": document.sha256}
    ]


@pytest.mark.django_db
def test_question_takes_ten_files_and_says_so():
    application, by = cast.draft(), cast.person()
    for number in range(10):
        add_document(application, cast.pdf(f"{number}.pdf"), by=by, question_key="proposal")

    with translation.override("en"), pytest.raises(Refused) as refused:
        add_document(application, cast.pdf("more.pdf"), by=by, question_key="proposal")

    assert refused.value.problems == {
        "file": "At most 10 files are taken here. Put several into one, or remove one first."
    }
    assert application.documents.count() == 10


@pytest.mark.django_db
def test_removed_file_makes_room_for_another():
    application, by = cast.draft(), cast.person()
    for number in range(10):
        add_document(application, cast.pdf(f"{number}.pdf"), by=by, question_key="proposal")
    remove_document(application.documents.first(), by=by)

    add_document(application, cast.pdf("more.pdf"), by=by, question_key="proposal")

    assert application.documents.filter(removed_at=None).count() == 10
