"""What of a submission tells who applies is found before reviewers read it."""

import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter

from grants.accounts.models import Organisation, OrganisationKind
from grants.accounts.services import create_organisation
from grants.applications.models import BlindCheck
from grants.applications.services import documents, drafts, submitting
from grants.conflicts.blind.extracting import Unreadable, extracted
from grants.conflicts.blind.marks import Mark, short_name, told
from grants.conflicts.services import blinding
from grants.core.errors import Refused
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NAME = "杭州鲸落网络科技有限公司"


def pdf(**about) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({f"/{key}": value for key, value in about.items()})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def docx(text: str, author: str = "") -> bytes:
    file = io.BytesIO()
    half = len(text) // 2
    runs = f"<w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:t>{text[half:]}</w:t></w:r>"
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", f'<w:d xmlns:w="w"><w:p>{runs}</w:p></w:d>')
        parts.writestr("docProps/core.xml", f"<core><creator>{author}</creator></core>")
    return file.getvalue()


def jpeg(artist: str) -> bytes:
    file, image = io.BytesIO(), Image.new("RGB", (4, 4))
    exif = image.getexif()
    exif[315] = artist
    image.save(file, "jpeg", exif=exif)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "suffix", "found"),
    [
        (pdf(Author="Jing Luo"), ".pdf", ("", "Jing Luo")),
        (docx("鲸落的计划", "王五"), ".docx", ("鲸落的计划", "王五")),
        (jpeg("Jing Luo"), ".jpg", ("", "Artist: Jing Luo")),
        ("鲸落".encode("gb18030"), ".txt", ("鲸落", "")),
    ],
)
def test_words_and_hidden_details_of_a_file_are_read(content, suffix, found):
    text, about = extracted(io.BytesIO(content), suffix)
    assert (text.strip(), found[1] in about) == (found[0], True)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"%PDF-1.4 broken", ".pdf"),
        (b"PK\x03\x04nothing", ".docx"),
        (b"\x89PNG\r\n", ".png"),
        (b"x", ".exe"),
        (docx("x").replace(b"word/document.xml", b"word/document.xm\0"), ".docx"),
    ],
)
def test_hostile_file_is_unread_and_nothing_worse(content, suffix):
    try:
        extracted(io.BytesIO(content), suffix)
    except Unreadable:
        return
    assert suffix == ".docx"


def test_entities_of_a_document_are_not_followed():
    file = io.BytesIO()
    bomb = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d><p>&a;</p></d>'
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("word/document.xml", bomb)
    assert "root" not in extracted(file, ".docx")[0]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        (NAME, "鲸落"),
        ("Jing Luo Co., Ltd.", "jing luo"),
        ("上海有限公司", ""),
        ("王五", "王五"),
    ],
)
def test_short_name_is_what_is_left_without_place_and_form(name, short):
    assert short_name(name) == short


def test_latin_marks_stand_alone_and_full_width_signs_are_the_same():
    marks = [Mark("name", "acme")]
    assert told("Ａｃｍｅ makes", marks) == [("name", "acme")]
    assert told("acmeology", marks) == []
    assert told("Write to a@b.cn or www.b.cn/x", marks) == [
        ("mail", "a@b.cn"), ("link", "www.b.cn/x"),
    ]  # fmt: skip


def sent(*, plan="做笔记", name="proposal.docx", content=None):
    owner = cast.person("owner")
    organisation = Organisation.objects.filter(name=NAME).first() or create_organisation(
        by=owner, kind=OrganisationKind.COMPANY, name=NAME, credit_code="91330106673959654P"
    )
    application = drafts.start(cast.open_round(is_blind=True), organisation, by=owner)
    answers = cast.ANSWERS | {"plan": plan, "site": ""}
    drafts.save_answers(
        application, by=owner, title="Notes", requested_amount="200000.00", answers=answers
    )
    file = SimpleUploadedFile(name, content or docx("一个计划"))
    documents.add_document(application, file, by=owner, question_key="proposal")
    submitting.submit(application, by=owner)
    return application


def places() -> list[tuple[str, str, str]]:
    rows = BlindCheck.objects.get().findings
    return [(row["place"], row["kind"], row["what"]) for row in rows]


def test_clean_submission_is_looked_through_once():
    sent()
    assert (blinding.check_waiting(), blinding.check_waiting()) == (1, 0)
    assert (BlindCheck.objects.get().state, places()) == ("clean", [])


def test_everything_that_tells_is_listed_with_its_place():
    sent(plan="鲸落 91330106673959654P", name="鲸落.docx", content=docx("鲸落的计划", "鲸落"))
    blinding.check_waiting()

    assert BlindCheck.objects.get().state == "tells"
    assert places() == [
        ("answer", "name", "鲸落"),
        ("answer", "code", "91330106673959654p"),
        ("file_name", "name", "鲸落"),
        ("text", "name", "鲸落"),
        ("metadata", "name", "鲸落"),
    ]


def test_reviewer_is_asked_only_once_an_officer_let_it_pass():
    application = cast.screened(sent(plan="鲸落"))
    blinding.check_waiting()
    with pytest.raises(Refused, match="tells who applies"):
        cast.assigned(application)

    check = BlindCheck.objects.get()
    with pytest.raises(PermissionDenied):
        blinding.let_pass(check, by=cast.person("auditor"), reason="x")
    with pytest.raises(Refused):
        blinding.let_pass(check, by=cast.person("officer"), reason=" ")
    blinding.let_pass(check, by=cast.person("officer"), reason="It is a whale.")

    assert cast.assigned(application).state == "invited"


def test_round_that_is_not_blind_is_left_alone():
    cast.submitted()
    assert blinding.check_waiting() == 0


def test_officer_reads_on_the_page_what_tells_and_lets_it_pass(client):
    application = sent(plan="鲸落")
    blinding.check_waiting()
    client.force_login(cast.person("officer"))
    page = f"/admin/applications/{application.reference}/"

    rows = client.get(page).context["blind_findings"]
    assert [(row["place"], row["where"], row["what"]) for row in rows] == [
        ("Answer", "Question plan", "鲸落")
    ]
    door = f"/admin/blind-checks/{BlindCheck.objects.get().pk}/let-pass/"
    assert client.post(door, {"reason": ""}).status_code == 200
    client.post(door, {"reason": "A whale."})
    assert client.get(page).context["blind_check"].state == "let_pass"
    client.force_login(cast.person("auditor"))
    assert client.get(door).status_code == 403
