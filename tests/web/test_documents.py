"""Who may read which file, and how it is handed out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grants.accounts.services import add_member
from grants.applications.services import documents
from grants.reviews import services as reviews
from tests import cast

pytestmark = pytest.mark.django_db


def url_of(document) -> str:
    return reverse("document-download", args=[document.pk])


def status_for(client, handle: str, document) -> int:
    client.force_login(cast.person(handle))
    return client.get(url_of(document)).status_code


def test_download_is_an_attachment_with_its_chinese_name(client):
    application = cast.draft("applicant")
    document = documents.add_document(
        application, cast.pdf("计划书.pdf"), by=cast.person("applicant"), question_key="proposal"
    )
    client.force_login(cast.person("applicant"))

    response = client.get(url_of(document))

    assert b"".join(response.streaming_content).startswith(b"%PDF-1.4")
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E8%AE%A1%E5%88%92%E4%B9%A6.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "application/pdf"


def test_text_that_is_a_page_is_still_an_attachment(client):
    application = cast.draft("applicant")
    upload = SimpleUploadedFile("page.txt", b"<script>alert(1)</script>")
    document = documents.add_document(
        application, upload, by=cast.person("applicant"), question_key="proposal"
    )
    client.force_login(cast.person("applicant"))

    response = client.get(url_of(document))

    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == 'attachment; filename="page.txt"'


def test_download_without_signing_in_leads_to_the_sign_in(client):
    document = cast.complete_draft("applicant").documents.get()

    assert client.get(url_of(document)).status_code == 302


def test_draft_file_is_read_by_members_alone(client):
    application = cast.complete_draft("applicant")
    viewer = cast.person("viewer")
    add_member(
        application.organisation, by=cast.person("applicant"), email=viewer.email, role="viewer"
    )
    document = application.documents.get()

    seen = {
        handle: status_for(client, handle, document)
        for handle in ("applicant", "viewer", "stranger", "reviewer", "officer", "superuser")
    }

    assert seen == {
        "applicant": 200,
        "viewer": 200,
        "stranger": 404,
        "reviewer": 404,
        "officer": 404,
        "superuser": 404,
    }


def test_submitted_file_is_read_by_the_desk_and_by_who_is_assigned(client):
    application = cast.in_review("applicant")
    cast.assigned(application, "reviewer")
    document = application.documents.get()

    seen = {
        handle: status_for(client, handle, document)
        for handle in ("officer", "auditor", "reviewer", "reviewer2", "administrator")
    }

    assert seen == {
        "officer": 200,
        "auditor": 200,
        "reviewer": 200,
        "reviewer2": 404,
        "administrator": 404,
    }


def test_file_of_a_blind_round_is_read_under_a_name_that_tells_nothing(client):
    application = cast.in_review(round=cast.open_round(is_blind=True))
    cast.assigned(application)
    document = application.documents.get()

    def name_for(handle: str) -> str:
        client.force_login(cast.person(handle))
        page = client.get(url_of(document))["Content-Disposition"]
        listed = client.get(f"/api/v1/applications/{application.reference}/documents/").json()
        assert listed["results"][0]["name"] in page
        return listed["results"][0]["name"]

    assert name_for("reviewer") == f"{document.pk.hex[:8]}.pdf"
    assert name_for("officer") == name_for("applicant") == "proposal.pdf"


def test_file_is_hidden_from_a_reviewer_who_stepped_back(client):
    application = cast.in_review("applicant")
    assignment = cast.assigned(application, "reviewer")
    reviews.recuse(assignment, by=cast.person("reviewer"), reason="My brother works there.")

    assert status_for(client, "reviewer", application.documents.get()) == 404


def test_evidence_of_a_milestone_is_not_for_reviewers(client):
    milestone = cast.reported("applicant")
    document = milestone.evidence.get().document

    assert status_for(client, "reviewer", document) == 404
    assert status_for(client, "officer", document) == 200


def test_removed_file_is_gone_for_members_but_not_for_the_desk(client):
    application = cast.submitted("applicant")
    document = application.documents.get()
    documents.remove_document(document, by=cast.person("applicant"))

    assert status_for(client, "applicant", document) == 404
    assert status_for(client, "officer", document) == 200


def test_lost_file_is_not_found(client):
    document = cast.complete_draft("applicant").documents.get()
    document.file.storage.delete(document.file.name)

    assert status_for(client, "applicant", document) == 404


def upload(client, application, **more):
    url = reverse("document-upload", args=[application.reference])
    return client.post(url, {"question_key": "proposal", **more})


def test_upload_adds_a_file_to_its_question(client):
    application = cast.draft("applicant")
    client.force_login(cast.person("applicant"))

    response = upload(client, application, file=cast.pdf("计划书.pdf"))

    assert response.url == reverse("application-section", args=[application.reference, 2])
    assert application.documents.get().name == "计划书.pdf"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "Choose a file first."),
        ({"question_key": "team"}, "The form asks for no file here."),
    ],
)
def test_upload_that_is_refused_says_why(client, more, sentence):
    application = cast.draft("applicant")
    client.force_login(cast.person("applicant"))
    files = {"file": cast.pdf()} if more else {}

    response = upload(client, application, **more, **files)

    messages = [str(message) for message in response.wsgi_request._messages]
    assert (messages, application.documents.count()) == ([sentence], 0)


def test_upload_by_others_changes_nothing(client):
    application = cast.submitted("applicant")
    cast.individual("stranger")

    client.force_login(cast.person("stranger"))
    stranger = upload(client, application, file=cast.pdf())
    client.force_login(cast.person("officer"))
    officer = upload(client, application, file=cast.pdf())

    assert (stranger.status_code, officer.status_code) == (404, 403)
    assert application.documents.count() == 1


def test_removal_is_for_those_who_write(client):
    application = cast.submitted("applicant")
    document = application.documents.get()
    url = reverse("document-remove", args=[document.pk])

    client.force_login(cast.person("officer"))
    officer = client.post(url)
    client.force_login(cast.person("stranger"))
    stranger = client.post(url)
    client.force_login(cast.person("applicant"))
    assert client.get(url).status_code == 405
    document.refresh_from_db()
    assert (officer.status_code, stranger.status_code, document.removed_at) == (403, 404, None)

    client.post(url)

    document.refresh_from_db()
    assert document.removed_at is not None


def test_download_costs_five_queries(client, django_assert_num_queries):
    document = cast.complete_draft("applicant").documents.get()
    client.force_login(cast.person("applicant"))

    with django_assert_num_queries(5):
        client.get(url_of(document))
