"""Files as they leave the portal: in part, to look at, in an archive, never from quarantine."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from grants.accounts.services import add_member
from grants.applications.models import Submission
from grants.applications.services.documents import add_document
from grants.applications.services.submitting import content_of
from grants.events.services import advance
from tests import cast
from tests.applications.test_files import JPG, PNG

pytestmark = pytest.mark.django_db
PDF = cast.pdf().read()


@pytest.fixture
def document(client):
    client.force_login(cast.person("applicant"))
    return cast.complete_draft("applicant").documents.get()


def download(document) -> str:
    return reverse("document-download", args=[document.pk])


def view(document) -> str:
    return reverse("document-view", args=[document.pk])


def archive_url(application) -> str:
    return reverse("application-archive", args=[application.reference])


def body(response) -> bytes:
    return b"".join(response.streaming_content)


SIZE = len(PDF)


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-3", 206, 0, 4),
        ("bytes=4-", 206, 4, SIZE),
        ("bytes=-5", 206, SIZE - 5, SIZE),
        ("bytes=0-999999", 206, 0, SIZE),
        ("bytes=-999999", 206, 0, SIZE),
        (f"bytes={SIZE - 1}-", 206, SIZE - 1, SIZE),
        ("bytes=0-1,3-4", 200, 0, SIZE),
        ("bytes=5-2", 200, 0, SIZE),
        ("bytes=-", 200, 0, SIZE),
        ("lines=0-3", 200, 0, SIZE),
        ("bytes=a-b", 200, 0, SIZE),
        ("bytes=-1-3", 200, 0, SIZE),
    ],
)
def test_range_of_a_file(client, document, asked, status, start, stop):
    response = client.get(download(document), headers={"Range": asked})

    assert (response.status_code, body(response)) == (status, PDF[start:stop])
    assert response["Content-Length"] == str(stop - start)
    expected = f"bytes {start}-{stop - 1}/{SIZE}" if status == 206 else None
    assert response.headers.get("Content-Range") == expected


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=999999-", "bytes=-0"])
def test_range_behind_the_end_is_416(client, document, asked):
    response = client.get(download(document), headers={"Range": asked})

    assert (response.status_code, body(response)) == (416, b"")
    assert response["Content-Range"] == f"bytes */{SIZE}"


def test_range_of_another_file_gives_the_whole_one(client, document):
    same = {"Range": "bytes=0-3", "If-Range": f'"{document.sha256}"'}
    other = {"Range": "bytes=0-3", "If-Range": '"other"'}

    statuses = [client.get(download(document), headers=each).status_code for each in (same, other)]

    assert statuses == [206, 200]


def test_pdf_is_looked_at_without_rights(client, document):
    response = client.get(view(document))

    assert body(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="proposal.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(("name", "content"), [("a.png", PNG), ("a.jpg", JPG)])
def test_picture_is_looked_at_in_a_sandbox(client, document, name, content):
    upload = SimpleUploadedFile(name, content)
    picture = add_document(
        document.application, upload, by=cast.person("applicant"), question_key="proposal"
    )

    response = client.get(view(picture))

    assert body(response) == content
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; sandbox; frame-ancestors 'none'"
    )


def test_text_is_never_shown_in_the_browser(client, document):
    upload = SimpleUploadedFile("page.txt", b"<script>alert(1)</script>")
    text = add_document(
        document.application, upload, by=cast.person("applicant"), question_key="proposal"
    )

    assert client.get(view(text)).status_code == 404
    response = client.get(download(text))
    assert response["Content-Disposition"] == 'attachment; filename="page.txt"'
    assert "sandbox" in response["Content-Security-Policy"]


def test_looking_is_for_those_who_may_read(client):
    document = cast.in_review("applicant").documents.get()
    cast.assigned(document.application)
    seen = {}
    for handle in ("applicant", "stranger", "reviewer", "reviewer2", "officer", "superuser"):
        client.force_login(cast.person(handle))
        seen[handle] = client.get(view(document)).status_code

    assert seen == {
        "applicant": 200,
        "stranger": 404,
        "reviewer": 200,
        "reviewer2": 404,
        "officer": 200,
        "superuser": 404,
    }


VERBS = {"scanning": None, "infected": "quarantine", "failed": "give_up_scan"}


def held(settings, state: str):
    """A submitted application whose only file is in that state of its quarantine."""
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    document = cast.complete_draft("applicant").documents.get()
    if verb := VERBS[state]:
        advance(document, verb, by=None)
    application = document.application
    advance(application, "submit", by=None, submitted_at=timezone.now())
    Submission.objects.create(
        application=application,
        number=1,
        content=content_of(application),
        sha256="0" * 64,
        submitted_by=cast.person("applicant"),
    )
    return document


@pytest.mark.parametrize("state", ["scanning", "infected", "failed"])
def test_nobody_opens_a_file_in_quarantine(client, settings, state):
    document = held(settings, state)
    cast.assigned(cast.screened(document.application))
    statuses = set()
    for handle in ("applicant", "reviewer", "officer"):
        client.force_login(cast.person(handle))
        for url in (download(document), view(document)):
            answer = client.get(url)
            statuses.add((answer.status_code, document.name in answer.content.decode()))

    assert statuses == {(409, True)}


def entries(response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body(response))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_archive_holds_answers_receipt_and_files(client):
    application = cast.submitted("applicant")
    client.force_login(cast.person("officer"))

    response = client.get(archive_url(application))

    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == (
        f'attachment; filename="{application.reference}.zip"'
    )
    found = entries(response)
    assert list(found) == [
        "answers.pdf",
        "receipt.pdf",
        "submission.json",
        "files/proposal/01-proposal.pdf",
    ]
    assert hashlib.sha256(found["submission.json"]).hexdigest() == application.latest.sha256
    assert json.loads(found["submission.json"])["title"] == "App of applicant"
    assert found["files/proposal/01-proposal.pdf"] == PDF
    assert found["answers.pdf"].startswith(b"%PDF-")


def test_archive_of_a_draft_is_for_its_members(client):
    application = cast.complete_draft("applicant")
    viewer = cast.person("viewer")
    add_member(
        application.organisation, by=cast.person("applicant"), email=viewer.email, role="viewer"
    )
    statuses = {}
    for handle in ("applicant", "viewer", "stranger", "officer", "reviewer", "superuser"):
        client.force_login(cast.person(handle))
        statuses[handle] = client.get(archive_url(application)).status_code

    assert statuses == {
        "applicant": 200,
        "viewer": 200,
        "stranger": 404,
        "officer": 404,
        "reviewer": 404,
        "superuser": 404,
    }
    client.force_login(viewer)
    found = entries(client.get(archive_url(application)))
    assert list(found) == ["answers.pdf", "files/proposal/01-proposal.pdf"]


def test_archive_of_a_blind_round_tells_a_reviewer_no_name(client):
    application = cast.in_review(round=cast.open_round(is_blind=True))
    cast.assigned(application)
    client.force_login(cast.person("reviewer"))

    response = client.get(archive_url(application))

    code = application.documents.get().pk.hex[:8]
    found = entries(response)
    assert list(found) == ["answers.pdf", f"files/proposal/01-{code}.pdf"]


def test_archive_leaves_out_what_is_in_quarantine_and_says_so(client, settings):
    application = held(settings, "infected").application
    client.force_login(cast.person("officer"))

    found = entries(client.get(archive_url(application)))

    assert "LEFT-OUT.txt" in found
    assert [name for name in found if name.startswith("files/")] == []


def test_archive_without_signing_in_leads_to_the_sign_in(client):
    assert client.get(archive_url(cast.submitted("applicant"))).status_code == 302
