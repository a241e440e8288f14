"""Receipts, all submissions, the page that verifies a receipt, and the empty form on paper."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from grants.applications.services.drafts import save_answers
from grants.applications.services.submitting import submit
from grants.programs.models import Question, QuestionKind, Section
from grants.programs.services import open_round
from grants.reports.papers.application import receipt_pdf
from tests import cast

pytestmark = pytest.mark.django_db


def url(name: str, application, *more) -> str:
    return reverse(name, args=[application.reference, *more])


@pytest.fixture
def twice():
    """Submitted, corrected and submitted again."""
    application = cast.submitted()
    save_answers(application, by=cast.person(), answers={"team": "三个人"}, title="Other")
    submit(application, by=cast.person())
    return application


def test_every_submission_is_kept_with_what_it_changed(client, twice):
    client.force_login(cast.person())

    page = client.get(url("submission-list", twice))

    rows = [(row["submission"].number, row["changes"]) for row in page.context["rows"]]
    changes = [(change.label, change.before, change.after) for change in rows[0][1]]
    assert [number for number, _changes in rows] == [2, 1]
    assert changes == [
        ("Title of the project", "App of applicant", "Other"),
        ("Question team", cast.ANSWERS["team"], "三个人"),
    ]
    first = client.get(url("submission-receipt", twice, 1))
    assert first.context["submission"].content["title"] == "App of applicant"
    assert client.get(url("submission-receipt", twice, 3)).status_code == 404


@pytest.mark.parametrize(
    ("handle", "status"),
    [("applicant", 200), ("officer", 200), ("stranger", 404), ("reviewer", 404)],
)
def test_receipts_are_for_those_who_see_the_application(client, twice, handle, status):
    client.force_login(cast.person(handle))

    statuses = {
        client.get(address).status_code
        for address in (
            url("application-receipt", twice),
            url("submission-list", twice),
            url("receipt-pdf", twice, 1),
        )
    }

    assert statuses == {status}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_receipt_has_the_same_bytes_each_time_and_its_fonts_inside(client, twice, language):
    client.force_login(cast.person())
    address = f"{url('receipt-pdf', twice, 2)}?language={language}"

    first, second = (client.get(address) for _time in range(2))

    assert first["Content-Type"] == "application/pdf"
    assert first.content == second.content
    assert first.content.startswith(b"%PDF-1.")
    assert b"NotoSansSC" in first.content
    assert b"NotoSerifSC" in first.content
    with translation.override(language):
        assert receipt_pdf(twice.latest) == first.content


def test_receipts_of_two_submissions_differ(client, twice):
    one, two = (receipt_pdf(each) for each in twice.submissions.order_by("number"))

    assert one != two


def verify(client, reference: str, sha256: str):
    return client.get(reverse("verify"), {"reference": reference, "sha256": sha256})


def test_receipt_is_verified_by_anybody_and_tells_nothing_else(client, twice):
    submission = twice.submissions.get(number=1)

    page = verify(client, f" {twice.reference.lower()} ", submission.sha256.upper())

    words = re.sub(r"\s+", " ", page.content.decode())
    assert page.context["found"] == submission
    assert "此回执真实有效" in words
    for secret in (twice.title, "App of applicant", twice.organisation.name, "200,000"):
        assert secret not in words


@pytest.mark.parametrize(
    ("reference", "sha256"),
    [("APP-2026-999999", None), (None, "0" * 64), (None, ""), ("\x00", None), (None, "x" * 90)],
)
def test_receipt_that_is_not_ours_is_not_verified(client, twice, reference, sha256):
    page = verify(
        client,
        twice.reference if reference is None else reference,
        twice.latest.sha256 if sha256 is None else sha256,
    )

    assert page.status_code == 200
    assert page.context.get("found") is None


def test_draft_that_was_never_sent_cannot_be_verified(client):
    application = cast.complete_draft()

    assert verify(client, application.reference, "0" * 64).context["found"] is None


def test_verifying_too_often_is_stopped(client, twice):
    statuses = [verify(client, twice.reference, "0" * 64).status_code for _time in range(22)]

    assert statuses == [200] * 20 + [429] * 2
    assert client.get(reverse("verify")).status_code == 200


def round_of_every_kind():
    round = cast.draft_round("every", declaration_en="Yes.", declaration_zh="是。")
    section = Section.objects.create(
        form=round.form,
        title_zh="全部",
        title_en="All",
        position=3,
        help_en="Help.",
        help_zh="说明。",
    )
    columns = [{"key": "who", "kind": "short_text", "label_zh": "姓名", "label_en": "Name"}]
    options = [{"value": "a", "zh": "甲", "en": "First"}]
    for position, kind in enumerate(QuestionKind.values, start=1):
        Question.objects.create(
            section=section,
            key=f"k-{kind}",
            kind=kind,
            label_zh=f"题 {kind}",
            label_en=f"Question {kind}",
            options=options,
            columns=columns if kind == "group" else [],
            is_required=position % 2 == 0,
            show_when={"all": [{"question": "team", "is": "answered"}]},
            position=position,
        )
    return open_round(round, by=cast.person("officer"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_empty_form_is_for_anybody_with_every_kind_of_question(client, language):
    round = round_of_every_kind()

    answers = [
        client.get(reverse("round-form-pdf", args=[round.slug]), {"language": language})
        for _time in range(2)
    ]

    assert answers[0].content == answers[1].content
    assert answers[0].content.startswith(b"%PDF-1.")
    assert answers[0]["Content-Disposition"] == f'attachment; filename="every-{language}.pdf"'


def test_form_of_a_round_that_is_not_public_is_for_officers(client):
    round = cast.draft_round("secret")
    address = reverse("round-form-pdf", args=[round.slug])

    anonymous = client.get(address).status_code
    client.force_login(cast.person("officer"))

    assert (anonymous, client.get(address).status_code) == (404, 200)
