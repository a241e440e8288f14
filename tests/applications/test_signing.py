"""A signatory signs exactly what is sent; a change after that needs another signature."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from grants.accounts.services import add_member
from grants.applications.models import Application, SignOff, Submission
from grants.applications.services.drafts import save_answers
from grants.applications.services.signing import ask_sign_off, last_refusal, refuse_to_sign, sign
from grants.applications.services.submitting import content_of, declaration_of, submit
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.services import close_round
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    """A complete draft of a round that asks for a signature; "boss" is the signatory."""
    found = cast.complete_draft(round=cast.open_round(needs_sign_off=True))
    member("boss", "signatory", found)
    return found


def member(handle: str, role: str, application: Application) -> None:
    email = cast.person(handle).email
    add_member(application.organisation, by=cast.person(), email=email, role=role)


def fresh(handle: str):
    """The person with the memberships of now."""
    return type(cast.person(handle)).objects.get(pk=cast.person(handle).pk)


def asked(application: Application) -> SignOff:
    return ask_sign_off(application, by=cast.person())


def signed(application: Application) -> SignOff:
    return sign(asked(application), by=fresh("boss"), name="boss")


def change(application: Application, team: str = "三个人") -> None:
    save_answers(application, by=cast.person(), answers={"team": team})


def kinds() -> list[str]:
    rows = Event.objects.filter(kind__startswith="signoff").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_signature_is_asked_given_and_then_it_is_sent(application):
    sign_off = asked(application)
    assert sign_off.sha256 == digest(sign_off.content) == digest(content_of(application))

    sign(sign_off, by=fresh("boss"), name=" BOSS ")
    submission = submit(application, by=cast.person())

    sign_off.refresh_from_db()
    assert (sign_off.state, sign_off.signed_by, sign_off.signed_as) == (
        "signed",
        cast.person("boss"),
        "BOSS",
    )
    assert (submission.sha256, submission.content) == (sign_off.sha256, sign_off.content)
    assert sign_off.declaration == declaration_of(application.round)
    assert kinds() == ["signoff.ask", "signoff.sign"]


def test_nothing_is_sent_without_a_signature(application):
    with pytest.raises(Refused):
        submit(application, by=cast.person())
    asked(application)
    with pytest.raises(Refused):
        submit(application, by=cast.person())

    assert (Application.objects.get().state, Submission.objects.count()) == ("draft", 0)


def test_change_after_the_signature_needs_another_one(application):
    signed(application)
    change(application)

    with pytest.raises(Refused):
        submit(application, by=cast.person())
    assert Submission.objects.count() == 0
    signed(application)
    assert submit(application, by=cast.person()).content["answers"]["team"] == "三个人"


def test_signature_holds_again_where_the_change_is_taken_back(application):
    before = application.answers["team"]
    signed(application)
    change(application)
    change(application, before)

    assert submit(application, by=cast.person()).number == 1


def test_changed_text_is_not_signed_unseen(application):
    sign_off = asked(application)
    change(application)

    with translation.override("en"), pytest.raises(Refused) as refused:
        sign(sign_off, by=fresh("boss"), name="boss")

    assert str(refused.value) == (
        "The answers were changed since you were asked. Ask for the new text."
    )
    assert SignOff.objects.get().state == "asked"


def test_asking_again_gives_the_same_text_or_replaces_another(application):
    first = asked(application)
    assert asked(application) == first
    change(application)

    second = asked(application)

    assert [row.state for row in SignOff.objects.order_by("pk")] == ["replaced", "asked"]
    assert second.content["answers"]["team"] == "三个人"
    with pytest.raises(Refused):
        sign(first, by=fresh("boss"), name="boss")


def test_signature_that_is_there_is_not_asked_for_again(application):
    sign_off = signed(application)

    assert (asked(application), SignOff.objects.count()) == (sign_off, 1)


@pytest.mark.parametrize("name", ["", "somebody", "bos", "boss boss"])
def test_another_name_signs_nothing(application, name):
    sign_off = asked(application)

    with pytest.raises(Refused) as refused:
        sign(sign_off, by=fresh("boss"), name=name)

    assert list(refused.value.problems) == ["name"]
    assert SignOff.objects.get().state == "asked"


@pytest.mark.parametrize("handle", ["applicant", "editor", "viewer", "stranger", "officer"])
def test_who_is_no_signatory_signs_nothing(application, handle):
    for role in ("editor", "viewer"):
        member(role, role, application)
    sign_off, by = asked(application), fresh(handle)

    for deed in (
        lambda: sign(sign_off, by=by, name=by.name),
        lambda: refuse_to_sign(sign_off, by=by, reason="no"),
    ):
        with pytest.raises(PermissionDenied):
            deed()

    assert SignOff.objects.get().state == "asked"


def test_owner_signs_where_nobody_else_is_named():
    application = cast.complete_draft(round=cast.open_round(needs_sign_off=True))
    sign_off = asked(application)

    sign(sign_off, by=cast.person(), name="applicant")

    assert submit(application, by=cast.person()).number == 1


def test_signatory_gives_it_back_with_words(application):
    sign_off = asked(application)
    with pytest.raises(Refused):
        refuse_to_sign(sign_off, by=fresh("boss"), reason="  ")

    refuse_to_sign(sign_off, by=fresh("boss"), reason="The amount is too high.")

    assert last_refusal(application).reason == "The amount is too high."
    with pytest.raises(Refused):
        sign(sign_off, by=fresh("boss"), name="boss")
    change(application)
    assert asked(application).state == "asked"
    assert last_refusal(application) is None


def test_incomplete_application_is_not_put_before_a_signatory():
    application = cast.draft(round=cast.open_round(needs_sign_off=True))

    with pytest.raises(Refused) as refused:
        asked(application)

    assert "title" in refused.value.problems
    assert SignOff.objects.count() == 0


def test_round_without_signatures_asks_for_none():
    with pytest.raises(Refused):
        asked(cast.complete_draft())


def test_nothing_is_asked_or_signed_after_the_close(application):
    sign_off = asked(application)
    close_round(application.round, by=cast.person("officer"))

    with pytest.raises(Refused):
        asked(application)
    with pytest.raises(Refused):
        sign(sign_off, by=fresh("boss"), name="boss")

    assert SignOff.objects.get().state == "asked"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grants_signoff SET content = '{}'",
        "UPDATE grants_signoff SET sha256 = 'x'",
        "UPDATE grants_signoff SET state = 'asked'",
        "DELETE FROM grants_signoff",
        "TRUNCATE grants_signoff CASCADE",
    ],
)
def test_signature_stays_as_it_was_given(application, statement):
    signed(application)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert SignOff.objects.get().state == "signed"


@pytest.mark.django_db(transaction=True)
def test_signing_while_somebody_edits_never_covers_the_edit():
    """Each edit either comes before, and nothing is signed, or after, and nothing is sent."""
    application = cast.complete_draft(round=cast.open_round(needs_sign_off=True))
    by, sign_off = cast.person(), asked(application)

    together(
        lambda: change(application),
        lambda: sign(sign_off, by=by, name="applicant"),
        lambda: submit(Application.objects.get(pk=application.pk), by=by),
    )

    now = Application.objects.get(pk=application.pk)
    for sent in Submission.objects.all():
        assert SignOff.objects.get(state="signed").sha256 == sent.sha256
    assert now.answers["team"] == "三个人"
    with pytest.raises(Refused):
        submit(now, by=by)


@pytest.mark.django_db(transaction=True)
def test_asking_four_times_at_once_asks_once():
    application = cast.complete_draft(round=cast.open_round(needs_sign_off=True))

    answers = together(*[lambda: asked(application).pk] * 4)

    assert len(set(answers)) == SignOff.objects.count() == 1


def test_declaration_is_kept_with_what_was_sent():
    application = cast.complete_draft()
    with pytest.raises(Refused) as refused:
        submit(application, by=cast.person(), declares=False)
    assert list(refused.value.problems) == ["declares"]
    round = application.round
    round.declaration_en, round.declaration_zh = "All true.", "属实。"
    round.save()

    with translation.override("zh-hans"):
        submission = submit(Application.objects.get(), by=cast.person())

    assert submission.declaration == "属实。"
