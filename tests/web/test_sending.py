"""Declaring, having it signed, sending; receipts and the page that verifies them."""

import pytest
from django.urls import reverse

from grants.accounts.services import add_member
from grants.applications.models import SignOff, Submission
from grants.applications.services.drafts import save_answers
from grants.applications.services.signing import ask_sign_off
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
