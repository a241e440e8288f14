"""Filling in, checking and submitting an application."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from grants.accounts.services import add_member
from grants.applications.models import Application, Submission
from grants.programs.models import Round
from grants.programs.services import open_round
from tests import cast
from tests.forms import question, store
from tests.forms import section as section_of

pytestmark = pytest.mark.django_db

FIRST = {
    "q-team": "Two people.",
    "q-team_size": "2",
    "q-category": "tools",
    "q-ready": "no",
    "q-launch_on": "2027-03-01",
}
DECLARED = {"declares": "on"}
SECOND = {"q-site": "", "q-own_funds": "", "q-plan": "Notes."}


def section(application, position: int) -> str:
    return reverse("application-section", args=[application.reference, position])


def project(application) -> str:
    return reverse("application-project", args=[application.reference])


def check(application) -> str:
    return reverse("application-check", args=[application.reference])


@pytest.fixture
def draft(client):
    application = cast.draft("applicant")
    client.force_login(cast.person("applicant"))
    return application


def close(application) -> str:
    """Closes the round by the clock; returns the sentence that says so."""
    now = timezone.now()
    Round.objects.filter(pk=application.round_id).update(closes_at=now)
    return f"This round closed at {timezone.localtime(now).strftime('%Y-%m-%d %H:%M')}."


def test_whole_form_page_by_page_to_the_receipt(client, draft):
    pages = [
        client.post(project(draft), {"title": "Notes", "requested_amount": "200,000"}),
        client.post(section(draft, 1), FIRST),
        client.post(section(draft, 2), SECOND | {"q-proposal": cast.pdf("计划书.pdf")}),
        client.post(check(draft), DECLARED),
    ]

    receipt = reverse("application-receipt", args=[draft.reference])
    assert [page.url for page in pages] == [
        section(draft, 1),
        section(draft, 2),
        check(draft),
        receipt,
    ]
    draft.refresh_from_db()
    assert (draft.state, draft.title, str(draft.requested_amount)) == (
        "submitted",
        "Notes",
        "200000.00",
    )


def test_wrong_answers_are_kept_as_typed_and_said_beside_their_fields(client, draft):
    wrong = FIRST | {"q-team_size": "many", "q-team": "x" * 201}

    response = client.post(section(draft, 1), wrong)

    form = response.context["form"]
    assert form.errors == {
        "team": ["This is 201 characters long; 200 are allowed."],
        "team_size": ["Enter a number, such as 12000 or 12,000.50."],
    }
    assert form["team_size"].value() == "many"
    draft.refresh_from_db()
    assert draft.answers["team_size"] == "many"
    assert draft.answers["category"] == "tools"


def test_amount_above_the_limit_is_said_and_not_kept(client, draft):
    response = client.post(project(draft), {"title": "Notes", "requested_amount": "500001"})

    assert response.context["form"].errors == {
        "requested_amount": ["Ask for an amount between ¥1,000.00 and ¥500,000.00."]
    }
    assert response.context["form"]["requested_amount"].value() == "500001"
    draft.refresh_from_db()
    assert (draft.title, draft.requested_amount) == ("Notes", None)


def test_empty_page_can_be_left_for_later(client, draft):
    response = client.post(section(draft, 1), {"q-team": ""})

    assert response.url == section(draft, 2)


def test_null_character_is_refused_and_nothing_saved(client, draft):
    response = client.post(section(draft, 1), FIRST | {"q-team": "a\x00b"})

    assert list(response.context["form"].errors) == ["team"]
    draft.refresh_from_db()
    assert draft.answers == {}


def test_saving_after_the_close_says_so_and_keeps_what_was_typed(client, draft):
    sentence = close(draft)

    response = client.post(section(draft, 1), FIRST)

    assert response.context["form"].non_field_errors() == [sentence]
    assert response.context["form"]["team"].value() == "Two people."
    draft.refresh_from_db()
    assert draft.answers == {}


def test_section_after_the_close_leads_back_to_the_application(client, draft):
    close(draft)

    response = client.get(section(draft, 1))

    assert response.url == reverse("application-detail", args=[draft.reference])


def test_section_that_the_form_does_not_have_is_not_found(client, draft):
    assert client.get(section(draft, 9)).status_code == 404


def test_section_of_others_is_not_found(client, draft):
    cast.individual("stranger")
    client.force_login(cast.person("stranger"))

    assert client.post(section(draft, 1), FIRST).status_code == 404
    draft.refresh_from_db()
    assert draft.answers == {}


def test_section_as_a_viewer_is_forbidden(client, draft):
    viewer = cast.person("viewer")
    add_member(draft.organisation, by=cast.person("applicant"), email=viewer.email, role="viewer")
    client.force_login(viewer)

    assert client.post(section(draft, 1), FIRST).status_code == 403
    draft.refresh_from_db()
    assert draft.answers == {}


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (
            SimpleUploadedFile("page.html", b"<script>alert(1)</script>"),
            "“page.html”: This kind of file is not taken."
            " Use CSV, DOCX, JPEG, JPG, PDF, PNG, PPTX, TXT, XLSX.",
        ),
        (
            SimpleUploadedFile("proposal.pdf", b"<html></html>"),
            "“proposal.pdf”: This file is not what its name says (.pdf)."
            " Save it again in that format.",
        ),
        (SimpleUploadedFile("empty.pdf", b""), "“empty.pdf”: This file is empty."),
    ],
)
def test_file_that_is_not_taken_is_said_beside_its_field(client, draft, upload, sentence):
    upload.seek(0)

    response = client.post(section(draft, 2), SECOND | {"q-proposal": upload})

    assert response.context["form"].errors == {"proposal": [sentence]}
    draft.refresh_from_db()
    assert (draft.answers["plan"], draft.documents.count()) == ("Notes.", 0)


def test_file_that_is_too_big_is_said_beside_its_field(client, draft, settings):
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    big = cast.pdf(more=b"0" * 1024 * 1024)

    response = client.post(section(draft, 2), SECOND | {"q-proposal": big})

    assert response.context["form"].errors == {
        "proposal": ["“proposal.pdf”: This file is larger than 1 MB."]
    }
    assert draft.documents.count() == 0


def test_removing_a_file_keeps_what_was_typed(client):
    application = cast.complete_draft("applicant")
    document = application.documents.get()
    client.force_login(cast.person("applicant"))

    response = client.post(
        section(application, 2), SECOND | {"q-plan": "Better.", "remove": str(document.pk)}
    )

    assert response.url == section(application, 2)
    document.refresh_from_db()
    application.refresh_from_db()
    assert (document.removed_at is None, application.answers["plan"]) == (False, "Better.")


def test_check_lists_what_is_missing_in_the_order_of_the_form(client, draft):
    missing = client.get(check(draft)).context["missing"]

    assert [row["url"] for row in missing] == [
        project(draft) + "#id_title",
        project(draft) + "#id_requested_amount",
        *(section(draft, 1) + f"#id_{key}" for key in FIRST),
        section(draft, 2) + "#id_q-plan",
        section(draft, 2) + "#id_q-proposal",
    ]


def test_submitting_what_is_not_complete_is_refused(client, draft):
    response = client.post(check(draft))

    assert len(response.context["missing"]) == 9
    draft.refresh_from_db()
    assert (draft.state, Submission.objects.count()) == ("draft", 0)


def test_submitting_twice_makes_one_submission(client):
    application = cast.complete_draft("applicant")
    client.force_login(cast.person("applicant"))

    answers = [client.post(check(application), DECLARED) for _press in (1, 2)]

    receipt = reverse("application-receipt", args=[application.reference])
    assert [response.url for response in answers] == [receipt, receipt]
    assert Submission.objects.count() == 1


def test_submitting_after_the_close_is_refused(client):
    application = cast.complete_draft("applicant")
    sentence = close(application)
    client.force_login(cast.person("applicant"))

    response = client.post(check(application), DECLARED, follow=True)

    assert [str(message) for message in response.context["messages"]] == [sentence]
    application.refresh_from_db()
    assert (application.state, Submission.objects.count()) == ("draft", 0)


def test_submitting_by_a_stranger_is_not_found(client):
    application = cast.complete_draft("applicant")
    cast.individual("stranger")
    client.force_login(cast.person("stranger"))

    assert client.post(check(application)).status_code == 404
    assert Submission.objects.count() == 0


def test_changed_submission_asks_to_be_sent_again(client):
    application = cast.submitted("applicant")
    client.force_login(cast.person("applicant"))
    client.post(section(application, 1), FIRST | {"q-team": "Three people."})

    detail = client.get(reverse("application-detail", args=[application.reference]))
    client.post(check(application), DECLARED)

    assert detail.context["next_step"].url == check(application)
    assert [row.number for row in application.submissions.order_by("number")] == [1, 2]


def test_section_and_check_cost_a_constant_number_of_queries(client, django_assert_num_queries):
    application = cast.complete_draft("applicant")
    client.force_login(cast.person("applicant"))

    with django_assert_num_queries(11):
        client.get(section(application, 2))
    with django_assert_num_queries(14):
        client.get(check(application))


@pytest.mark.parametrize("key", ["summary", "is_right", "errors", "questions", "non_field_errors"])
def test_question_may_have_the_name_of_a_part_of_the_page(client, key):
    round = cast.draft_round()
    store(round.form, section_of(1, question(key)))
    open_round(round, by=cast.person("officer"))
    application = cast.draft("applicant", round=round)
    client.force_login(cast.person("applicant"))
    url = section(application, 3)
    shown = client.get(url)
    saved = client.post(url, {f"q-{key}": "Answer"})

    assert (shown.status_code, saved.status_code) == (200, 302)
    assert Application.objects.get().answers[key] == "Answer"
