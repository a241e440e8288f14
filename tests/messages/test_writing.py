"""Who writes to whom about an application, and who reads it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from grants.accounts.models import MemberRole, Membership, Role
from grants.accounts.services import add_member
from grants.core.errors import Refused
from grants.events.models import Event
from grants.messages.models import Conversation, Message
from grants.messages.selectors import said_in
from grants.messages.services.writing import LONGEST, settle, write_message
from grants.programs.models import Round
from grants.reviews import services as reviews
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def asked(**more) -> Conversation:
    application = cast.submitted(**more)
    return write_message(application, by=cast.person(), text="什么时候决定？").conversation


def test_turns_go_from_one_to_the_other():
    conversation = asked()
    assert conversation.state == "waits"

    write_message(conversation.application, by=cast.person("officer"), text="下周。")
    conversation.refresh_from_db()
    assert conversation.state == "quiet"
    write_message(conversation.application, by=cast.person(), text="谢谢！")
    conversation.refresh_from_db()
    settle(conversation, by=cast.person("officer"))

    assert Conversation.objects.get().state == "quiet"
    told = Event.objects.filter(case=conversation.case, thing_type="conversation").order_by("pk")
    assert [event.kind.partition(".")[2] for event in told] == ["ask", "answer", "ask", "settle"]
    with translation.override("en"):
        said = said_in(conversation, for_fund=False)
    assert [(row.author, row.is_ours) for row in said] == [
        ("applicant", True),
        ("The fund", False),
        ("applicant", True),
    ]
    assert [said.author for said in said_in(conversation, for_fund=True)][1] == "officer"


def test_text_is_in_no_event():
    asked()

    assert "什么时候决定" not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\x00", "x" * (LONGEST + 1)])
def test_empty_and_too_long_are_refused(text):
    application = cast.submitted()

    with pytest.raises(Refused) as refused:
        write_message(application, by=cast.person(), text=text)

    assert list(refused.value.problems) == ["text"]
    assert Message.objects.count() == 0


@pytest.mark.parametrize("text", ["<script>1</script>", "مرحبا", "👩‍👩‍👧 =cmd|x", "a\r\nb\rc\x00d"])
def test_odd_text_is_kept_as_it_was_written(text):
    message = write_message(cast.submitted(), by=cast.person(), text=text)

    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    assert Message.objects.get(pk=message.pk).text == kept


@pytest.mark.parametrize(
    "handle", ["viewer", "stranger", *sorted(set(Role.values) - {"officer"}), "superuser"]
)
def test_others_do_not_write(handle):
    conversation = asked()
    by = cast.person(handle)
    if handle == "viewer":
        add_member(
            conversation.application.organisation, by=cast.person(), email=by.email, role="viewer"
        )

    with pytest.raises(PermissionDenied):
        write_message(conversation.application, by=by, text="x")

    assert Message.objects.count() == 1


def test_reviewers_and_strangers_see_nothing_and_the_desk_reads():
    conversation = asked()
    cast.screened(conversation.application)
    assignment = cast.assigned(conversation.application)
    assert assignment.reviewer == cast.person("reviewer")

    seen = {
        handle
        for handle in (*Role.values, "superuser", "stranger", "applicant")
        if Conversation.objects.visible_to(cast.person(handle)).exists()
    }

    assert seen == {"applicant", "officer", "approver", "finance", "controller", "auditor"}


@pytest.mark.parametrize("interest", ["blind", "recused"])
def test_officer_who_reviews_blindly_or_stepped_back_sees_and_writes_nothing(interest):
    conversation = asked()
    application = cast.screened(conversation.application)
    officer = cast.person("officer")
    officer.groups.add(cast.person("reviewer").groups.get())
    officer.__dict__.pop("roles", None)
    assignment = reviews.assign(application, officer, by=cast.person("officer"))
    assert Conversation.objects.visible_to(officer).exists()
    if interest == "blind":
        Round.objects.update(is_blind=True)
    else:
        reviews.recuse(assignment, by=officer, reason="my brother")

    assert not Conversation.objects.visible_to(officer).exists()
    with pytest.raises(PermissionDenied):
        write_message(application, by=officer, text="x")


def test_member_who_is_an_officer_writes_as_the_applicant():
    application = cast.submitted()
    officer = cast.person("officer")
    Membership.objects.create(
        organisation=application.organisation, user=officer, role=MemberRole.EDITOR
    )

    message = write_message(application, by=officer, text="x")

    assert message.is_from_fund is False
    with pytest.raises(PermissionDenied):
        settle(message.conversation, by=officer)


def test_officer_does_not_write_first_about_a_draft():
    application = cast.draft()

    with pytest.raises(PermissionDenied):
        write_message(application, by=cast.person("officer"), text="x")
    write_message(application, by=cast.person(), text="a question")

    assert write_message(application, by=cast.person("officer"), text="x").is_from_fund is True


@pytest.mark.django_db(transaction=True)
def test_four_presses_write_once():
    application = cast.submitted()

    made = together(*[lambda: write_message(application, by=cast.person(), text="once")] * 4)

    assert len({message.pk for message in made}) == 1
    assert (Message.objects.count(), Conversation.objects.count()) == (1, 1)


def test_message_is_never_changed():
    asked()

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(text="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.all().delete()
