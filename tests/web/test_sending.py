"""Declaring, having it signed, sending; receipts and the page that verifies them."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from grants.accounts.services import add_member
from grants.applications.models import SignOff, Submission
from grants.applications.services.drafts import save_answers
from grants.applications.services.signing import ask_sign_off
from grants.applications.services.submitting import submit
from grants.programs.models import Question, QuestionKind, Section
from grants.programs.services import open_round
from grants.reports.papers.application import receipt_pdf
from tests import cast

pytestmark = pytest.mark.django_db


def url(name: str, application, *more) -> str:
    return reverse(name, args=[application.reference, *more])


def enter(client, handle: str, *, again: bool = True) -> None:
    """Signs in; with `again`, as who gave the password a moment ago."""
    client.force_login(cast.person(handle))
    if again:
        client.post(reverse("account_reauthenticate"), {"password": cast.PASSWORD})


@pytest.fixture
def to_sign():
    """A complete draft whose signature is asked for; "boss" is the signatory."""
    application = cast.complete_draft(round=cast.open_round(needs_sign_off=True))
    for handle, role in (("boss", "signatory"), ("viewer", "viewer")):
        email = cast.person(handle).email
        add_member(application.organisation, by=cast.person(), email=email, role=role)
    ask_sign_off(application, by=cast.person())
    return application


def test_submitting_without_the_declaration_says_so_beside_it(client):
    application = cast.complete_draft()
    client.force_login(cast.person())

    page = client.post(url("application-check", application))

    assert page.context["form"].errors == {"declares": ["Make the declaration to submit."]}
    assert Submission.objects.count() == 0


def test_declaration_of_the_round_is_shown_in_the_language_of_the_page(client):
    application = cast.complete_draft(
        round=cast.open_round(declaration_en="Nothing but the truth.", declaration_zh="句句属实。")
    )
    client.force_login(cast.person())

    page = client.get(url("application-check", application)).content.decode()

    assert "Nothing but the truth." in page


def test_check_page_asks_for_the_signature_first(client, to_sign):
    client.force_login(cast.person())

    page = client.get(url("application-check", to_sign)).content.decode()
    answer = client.post(url("application-check", to_sign), {"declares": "on"}, follow=True)

    assert 'name="declares"' not in page
    messages = [str(message) for message in answer.context["messages"]]
    assert messages == ["A signatory has to sign exactly these answers before they are sent."]
    assert Submission.objects.count() == 0


def test_signatory_reads_signs_and_it_can_be_sent(client, to_sign):
    enter(client, "boss")
    sign_off = SignOff.objects.get()
    page = client.get(url("application-sign", to_sign))
    assert sign_off.sha256 in page.content.decode()

    signed = client.post(
        url("application-sign", to_sign),
        {"sign_off": sign_off.sha256, "name": "boss", "declares": "on"},
    )
    sent = client.post(url("application-check", to_sign), {"declares": "on"})

    assert signed.url == url("application-check", to_sign)
    assert sent.url == url("application-receipt", to_sign)
    assert Submission.objects.get().sha256 == sign_off.sha256


def test_signing_asks_for_the_password_again(client, to_sign):
    enter(client, "boss", again=False)
    words = {"sign_off": SignOff.objects.get().sha256, "name": "boss", "declares": "on"}

    asked = client.post(url("application-sign", to_sign), words)
    assert (asked.status_code, SignOff.objects.get().state) == (302, "asked")
    assert asked.url.startswith(reverse("account_reauthenticate"))
    wrong = client.post(asked.url, {"password": "wrong"})
    assert (wrong.status_code, SignOff.objects.get().state) == (200, "asked")
    client.post(asked.url, {"password": cast.PASSWORD})

    assert SignOff.objects.get().state == "signed"


def test_text_that_was_replaced_meanwhile_is_shown_and_not_signed(client, to_sign):
    enter(client, "boss")
    old = SignOff.objects.get().sha256
    save_answers(to_sign, by=cast.person(), answers={"team": "三个人"})
    new = ask_sign_off(to_sign, by=cast.person()).sha256

    page = client.post(
        url("application-sign", to_sign), {"sign_off": old, "name": "boss", "declares": "on"}
    )

    assert (page.status_code, new in page.content.decode()) == (200, True)
    assert not SignOff.objects.filter(state="signed").exists()


@pytest.mark.parametrize(
    "words", [{"name": "boss"}, {"declares": "on", "name": "x"}, {"declares": "on"}]
)
def test_signature_that_is_not_whole_is_refused(client, to_sign, words):
    enter(client, "boss")

    page = client.post(
        url("application-sign", to_sign), words | {"sign_off": SignOff.objects.get().sha256}
    )

    assert page.context["form"].errors
    assert SignOff.objects.get().state == "asked"


@pytest.mark.parametrize(
    ("handle", "status"),
    [
        ("boss", 200),
        ("applicant", 403),
        ("viewer", 403),
        ("stranger", 404),
        ("officer", 404),
        ("superuser", 404),
    ],
)
def test_only_a_signatory_opens_the_page_to_sign(client, to_sign, handle, status):
    enter(client, handle)

    for name in ("application-sign", "signature-refuse"):
        assert client.get(url(name, to_sign)).status_code == status
        posted = client.post(url(name, to_sign), {"reason": "no", "name": handle})
        assert posted.status_code == status or handle == "boss"
    assert SignOff.objects.filter(state="signed").count() == 0


def test_refusal_reaches_the_editors(client, to_sign):
    enter(client, "boss")
    client.post(url("signature-refuse", to_sign), {"reason": "Too much money."})
    client.force_login(cast.person())

    page = client.get(url("application-check", to_sign)).content.decode()

    assert "Too much money." in page
    asked = client.post(url("signature-ask", to_sign))
    assert asked.url == url("application-check", to_sign)
    assert [row.state for row in SignOff.objects.order_by("pk")] == ["refused", "asked"]


@pytest.mark.parametrize(("handle", "status"), [("viewer", 403), ("stranger", 404)])
def test_signature_is_asked_by_those_who_write(client, to_sign, handle, status):
    client.force_login(cast.person(handle))

    assert client.post(url("signature-ask", to_sign)).status_code == status
    assert client.get(url("signature-ask", to_sign)).status_code == 405
    assert SignOff.objects.count() == 1


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
    assert "This receipt is genuine" in words
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
