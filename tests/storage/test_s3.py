"""The whole way of a file with a bucket instead of a folder."""

import io
import subprocess
import sys
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from fundportal import storage
from grants.applications.models import Document
from grants.applications.services.uploads import append_part, begin_upload, finish_upload
from tests import cast
from tests.environment import ROOT
from tests.setup.portal import environment
from tests.storage.bucket import bucket

pytestmark = pytest.mark.django_db
PDF = cast.pdf().read()


@pytest.fixture
def s3(settings, monkeypatch):
    with bucket() as (url, running):
        for name, value in {
            "S3_BUCKET": "papers",
            "S3_ENDPOINT_URL": url,
            "S3_REGION": "cn-test",
            "S3_ACCESS_KEY": "key",
            "S3_SECRET_KEY": "secret",
            "S3_ADDRESSING": "path",
        }.items():
            monkeypatch.setenv(name, value)
        settings.STORAGES = storage.storages(debug=True)
        yield running


def test_document_is_stored_in_the_bucket_and_read_through_the_portal(s3, client):
    document = cast.complete_draft("applicant").documents.get()
    client.force_login(cast.person("applicant"))
    address = reverse("document-download", args=[document.pk])

    whole = client.get(address)
    part = client.get(address, headers={"Range": "bytes=0-3"})

    assert list(s3.objects) == [f"/papers/documents/{document.pk.hex[:2]}/{document.pk.hex}"]
    assert list(s3.objects.values()) == [PDF]
    assert b"".join(whole.streaming_content) == PDF
    assert (part.status_code, b"".join(part.streaming_content)) == (206, PDF[:4])
    assert set(s3.signed) == {True}


def test_refused_document_leaves_nothing_in_the_bucket(s3):
    application = cast.complete_draft()
    for number in range(9):
        cast.documents.add_document(
            application, cast.pdf(f"{number}.pdf"), by=cast.person(), question_key="proposal"
        )
    with pytest.raises(cast.documents.Refused):
        cast.documents.add_document(
            application, cast.pdf(), by=cast.person(), question_key="proposal"
        )

    assert len(s3.objects) == Document.objects.count() == 10


def test_pieces_go_through_the_bucket_and_leave_one_object(s3):
    draft, by = cast.draft(), cast.person()
    upload = begin_upload(draft, by=by, question_key="proposal", name="a.pdf", size=len(PDF))
    for start in range(0, len(PDF), 20):
        piece = io.BytesIO(PDF[start : start + 20])
        upload = append_part(upload, piece, by=by, offset=start)
    assert len(s3.objects) == len(upload.parts) > 1

    document = finish_upload(upload, by=by)

    assert list(s3.objects.values()) == [PDF]
    assert document.file.read() == PDF


def test_archive_is_packed_from_the_bucket(s3, client):
    application = cast.submitted("applicant")
    client.force_login(cast.person("officer"))

    response = client.get(reverse("application-archive", args=[application.reference]))

    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.read("files/proposal/01-proposal.pdf") == PDF


def test_lost_object_is_not_found(s3, client):
    document = cast.complete_draft("applicant").documents.get()
    client.force_login(cast.person("applicant"))
    s3.objects.clear()

    response = client.get(reverse("document-download", args=[document.pk]))

    assert (response.status_code, default_storage.exists(document.file.name)) == (404, False)


def test_way_of_addressing_that_does_not_exist_is_told(tmp_path):
    ran = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment(tmp_path, S3_BUCKET="papers", S3_ADDRESSING="nope"),
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 1
    assert ran.stderr.strip() == "S3_ADDRESSING must be one of auto, virtual, path."
