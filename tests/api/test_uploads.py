"""Files by the API: in pieces as tus clients send them, in part, and out of quarantine only."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from grants.applications.models import Document, Submission, Upload
from grants.applications.services.scanning import scan_waiting
from tests import cast
from tests.api.calls import ROOT, Caller, check_answer, problem
from tests.applications.clamd import EICAR, daemon

pytestmark = pytest.mark.django_db
PDF = cast.pdf(more=b"x" * 500).read()
PIECE = "application/offset+octet-stream"


@pytest.fixture
def draft():
    return cast.draft()


def begin(caller: Caller, draft, **more):
    body = {
        "application": draft.reference,
        "question": "proposal",
        "name": "计划.pdf",
        "size": len(PDF),
    }
    return caller.post("uploads/", body | more)


def send(caller: Caller, upload, content: bytes, offset: int | str | None):
    headers = {} if offset is None else {"Upload-Offset": str(offset)}
    address = f"uploads/{upload}/"
    response = caller.client.patch(ROOT + address, content, content_type=PIECE, headers=headers)
    check_answer("patch", ROOT + address, response)
    return response


def test_file_goes_in_pieces_and_becomes_a_document(draft):
    caller = Caller("applicant")
    begun = begin(caller, draft)
    upload = begun.json()["id"]
    assert (begun.status_code, begun["Location"]) == (201, f"{ROOT}uploads/{upload}/")
    assert (begun["Upload-Offset"], begun.json()["offset"]) == ("0", 0)

    first = send(caller, upload, PDF[:200], 0)
    head = caller.client.head(f"{ROOT}uploads/{upload}/")
    last = send(caller, upload, PDF[200:], 200)

    assert (first.status_code, first["Upload-Offset"]) == (204, "200")
    assert (head.status_code, head["Upload-Offset"], head["Upload-Length"]) == (
        200,
        "200",
        str(len(PDF)),
    )
    document = Document.objects.get()
    assert (last.status_code, last["Upload-Document"]) == (204, str(document.pk))
    assert document.file.read() == PDF
    assert problem(caller.get(f"uploads/{upload}/")) == (404, "not-found", [])


def test_upload_begun_twice_is_one(draft):
    caller = Caller("applicant")
    first = begin(caller, draft).json()["id"]
    send(caller, first, PDF[:7], 0)

    again = begin(caller, draft)

    assert (again.json()["id"], again["Upload-Offset"]) == (first, "7")
    listed = caller.get("uploads/").json()["results"]
    assert [(row["id"], row["offset"]) for row in listed] == [(first, 7)]


def test_piece_at_another_byte_is_409_and_says_where(draft):
    caller = Caller("applicant")
    upload = begin(caller, draft).json()["id"]
    send(caller, upload, PDF[:7], 0)

    response = send(caller, upload, PDF, 0)

    assert problem(response) == (409, "refused", [])
    assert response["Upload-Offset"] == "7"


@pytest.mark.parametrize("offset", [None, "", "-1", "x", "1.5", "9" * 30, "٣"])
def test_piece_without_a_right_offset_is_400(draft, offset):
    caller = Caller("applicant")
    upload = begin(caller, draft).json()["id"]
    if offset == "٣":
        offset = "%D9%A3"

    response = send(caller, upload, PDF, offset)

    assert problem(response) == (400, "invalid", [("Upload-Offset", "invalid")])
    assert Upload.objects.get().offset == 0


def test_piece_of_another_content_type_is_415(draft):
    caller = Caller("applicant")
    address = f"{ROOT}uploads/{begin(caller, draft).json()['id']}/"

    response = caller.client.patch(address, {"a": 1}, headers={"Upload-Offset": "0"})

    assert problem(response) == (415, "unsupported-media-type", [])


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"size": 0}, 409),
        ({"size": -1}, 400),
        ({"size": 2**60}, 400),
        ({"name": "a.exe"}, 409),
        ({"name": ""}, 400),
        ({"question": "team"}, 409),
        ({"application": "APP-2026-999999"}, 400),
        ({"more": 1}, 400),
    ],
)
def test_upload_that_could_be_no_document_is_not_begun(draft, more, status):
    assert begin(Caller("applicant"), draft, **more).status_code == status
    assert Upload.objects.count() == 0


def test_wrong_content_is_refused_at_the_end(draft):
    caller, content = Caller("applicant"), b"<html></html>"
    upload = begin(caller, draft, size=len(content)).json()["id"]

    response = send(caller, upload, content, 0)

    assert problem(response) == (409, "refused", [("file", "refused")])
    assert (Upload.objects.count(), Document.objects.count()) == (0, 0)


def test_upload_is_nobody_elses(draft):
    upload = begin(Caller("applicant"), draft).json()["id"]
    found = {}
    for handle in ("stranger", "officer", "superuser", "reviewer"):
        other = Caller(handle)
        found[handle] = [
            other.get(f"uploads/{upload}/").status_code,
            send(other, upload, PDF, 0).status_code,
            other.client.delete(f"{ROOT}uploads/{upload}/").status_code,
            len(other.get("uploads/").json()["results"]),
            begin(other, draft).status_code,
        ]

    assert found == {key: [404, 404, 404, 0, 400] for key in found}
    assert Upload.objects.get().offset == 0


def test_upload_by_who_may_only_see_is_403(draft):
    cast.submitted("other")
    application = cast.Application.objects.get(organisation=cast.individual("other"))

    assert begin(Caller("officer"), application).status_code == 403


def test_stopped_upload_is_gone(draft):
    caller = Caller("applicant")
    upload = begin(caller, draft).json()["id"]

    response = caller.client.delete(f"{ROOT}uploads/{upload}/")

    check_answer("delete", f"{ROOT}uploads/{upload}/", response)
    assert (response.status_code, Upload.objects.count()) == (204, 0)


def test_file_is_read_in_part(draft):
    caller = Caller("applicant")
    document = cast.complete_draft().documents.get()
    address = f"applications/{draft.reference}/documents/{document.pk}/file/"
    found = []
    for asked in ("bytes=0-3", "bytes=999999-"):
        response = caller.client.get(ROOT + address, headers={"Range": asked})
        check_answer("get", ROOT + address, response)
        found.append((response.status_code, response["Content-Range"]))

    assert found == [
        (206, f"bytes 0-3/{document.size}"),
        (416, f"bytes */{document.size}"),
    ]


def test_scanned_file_is_202_then_409_then_sent(settings):
    application, caller = cast.complete_draft(), Caller("applicant")
    address = f"applications/{application.reference}/"
    with daemon() as (url, _running):
        settings.CLAMAV_URL = url
        upload = SimpleUploadedFile("more.pdf", PDF)
        body = {"question": "proposal", "file": upload}
        added = caller.post(f"{address}documents/", body, format="multipart")
        file = f"{address}documents/{added.json()['id']}/file/"

        early = caller.post(f"{address}submit/")
        quarantined = caller.get(file)
        scan_waiting()
        sent = caller.post(f"{address}submit/", {"declares": True})

    assert (added.status_code, added.json()["state"]) == (202, "scanning")
    assert problem(early) == (409, "refused", [("proposal", "refused")])
    assert problem(quarantined) == (409, "refused", [])
    assert (sent.status_code, caller.get(file).status_code) == (200, 200)


def test_virus_stands_in_the_way_of_submitting(settings):
    application, caller = cast.complete_draft(), Caller("applicant")
    with daemon() as (url, _running):
        settings.CLAMAV_URL = url
        body = {"question": "proposal", "file": cast.pdf("worm.pdf", EICAR)}
        caller.post(f"applications/{application.reference}/documents/", body, format="multipart")
        scan_waiting()

    assert caller.post(f"applications/{application.reference}/submit/").status_code == 409
    assert Submission.objects.count() == 0


def test_submitting_without_the_declaration_is_refused():
    application, caller = cast.complete_draft(), Caller("applicant")

    response = caller.post(f"applications/{application.reference}/submit/", {"declares": False})

    assert problem(response) == (409, "refused", [("declares", "refused")])


def test_signature_is_asked_for_and_the_rest_is_409():
    application = cast.complete_draft(round=cast.open_round(needs_sign_off=True))
    caller, address = Caller("applicant"), f"applications/{application.reference}/"

    early = caller.post(f"{address}submit/")
    asked = caller.post(f"{address}ask-signature/")

    assert (early.status_code, asked.status_code) == (409, 200)
    assert application.sign_offs.get().state == "asked"
    assert caller.get(f"rounds/{application.round.slug}/").json()["needs_sign_off"] is True
