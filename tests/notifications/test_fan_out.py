"""From sealed events to mails: every route renders, each person is told once."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from grants.accounts.models import Invitation, User
from grants.accounts.services import add_member, grant_role
from grants.accounts.services.invitations import invite
from grants.accounts.services.joining import ask_to_join
from grants.applications.models import SignOff
from grants.applications.services.submitting import submit
from grants.events.models import DailySeal, Event, Reader
from grants.events.seals import seal_pending
from grants.events.services import record
from grants.licences.services import upload_licence
from grants.messages.services.writing import write_message
from grants.notifications.models import Notification
from grants.notifications.routing import ROUTES
from grants.notifications.services import fan_out
from grants.payouts.models import BooksCheck, Payout
from tests import cast
from tests.payouts.way import released
from tests.together import together

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def things() -> dict:
    """One thing of each type that a route can be about, from one walk through a whole grant."""
    (payout,) = released()
    company = cast.company("boss")
    licence = upload_licence(company, cast.pdf("licence.pdf"), by=cast.person("boss"))
    code = company.credit_code
    message = write_message(payout.award.application, by=cast.person("officer"), text="您好 Li")
    cast.person("auditor")
    payout = Payout.objects.get(pk=payout.pk)
    award = payout.award
    return {
        "user": cast.person(),
        "invitation": invite(company, by=cast.person("boss"), email="new@x.example", role="viewer"),
        "joinrequest": ask_to_join(by=cast.person("asker"), credit_code=code, note="Li 李"),
        "licence": licence,
        "conversation": message.conversation,
        "application": award.application,
        "signoff": SignOff.objects.create(
            application=award.application, content={}, asked_by=cast.person("applicant")
        ),
        "assignment": award.application.assignments.get(),
        "decision": award.decision,
        "award": award,
        "payee": payout.payee,
        "milestone": payout.milestone,
        "payoutbatch": payout.batch,
        "payout": payout,
        "bookscheck": BooksCheck.objects.create(took_ms=1),
        "dailyseal": DailySeal.objects.create(
            day="2026-03-03", sequence=7, hash="f" * 64, events=1
        ),
    }


def tell_all() -> None:
    while seal_pending():
        continue
    while fan_out():
        continue


def told(kind: str) -> list[Notification]:
    return list(Notification.objects.filter(kind=kind).order_by("address"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_route_has_a_mail_in_every_language(language):
    made = things()
    User.objects.update(language=language)
    Invitation.objects.update(language=language)
    tell_all()
    Notification.objects.all().delete()
    for kind in ROUTES:
        thing_type, verb = kind.split(".")
        record(made[thing_type], verb, by=cast.person("officer"))

    tell_all()

    assert set(Notification.objects.values_list("kind", flat=True)) == set(ROUTES)
    for mail in Notification.objects.all():
        assert mail.language == language
        assert mail.subject.strip()
        for text in (mail.subject, mail.text, mail.html):
            assert "{" not in text, mail.kind
            assert "None" not in text, mail.kind
        assert django_settings.SITE_URL in mail.text
        is_chinese = bool(CHINESE.search(mail.subject))
        assert is_chinese == (language == "zh-hans"), mail.subject


def test_every_template_of_a_mail_is_used():
    folder = Path(django_settings.BASE_DIR) / "templates" / "emails"
    used = {route.template for routes in ROUTES.values() for route in routes}

    assert {path.stem for path in folder.glob("*.txt")} - {"mail"} >= used


def test_mail_is_told_once_however_often_it_is_fanned_out():
    cast.submitted()
    tell_all()
    count = Notification.objects.count()
    assert [row.person for row in told("application.submit")] == [cast.person()]

    Reader.objects.update(sequence=0)
    tell_all()

    assert Notification.objects.count() == count


@pytest.mark.django_db(transaction=True)
def test_four_that_fan_out_at_once_tell_each_person_once():
    cast.submitted("a")
    cast.submitted("b")
    while seal_pending():
        continue

    together(*[lambda: [fan_out(3) for _time in range(10)]] * 4)
    while fan_out():
        continue

    rows = Notification.objects.filter(kind="application.submit").values_list("address", flat=True)
    assert sorted(rows) == ["a@test.example", "b@test.example"]


def test_event_that_is_not_sealed_yet_is_not_told():
    cast.submitted()

    assert fan_out() == 0
    assert Notification.objects.count() == 0


def test_members_who_only_watch_and_who_left_are_not_told():
    application = cast.complete_draft()
    for handle, role in (("viewer", "viewer"), ("editor", "editor"), ("gone", "editor")):
        person = cast.person(handle)
        add_member(application.organisation, by=cast.person(), email=person.email, role=role)
    User.objects.filter(email="gone@test.example").update(is_active=False)
    submit(application, by=cast.person())

    tell_all()

    assert [row.address for row in told("application.submit")] == [
        "applicant@test.example",
        "editor@test.example",
    ]


@pytest.mark.parametrize(
    ("language", "written", "is_chinese"),
    [("zh-hans", "zh-hans", True), ("en", "en", False), ("", "zh-hans", True)],
)
def test_mail_is_in_the_language_of_the_person(language, written, is_chinese):
    application = cast.complete_draft()
    User.objects.filter(pk=cast.person().pk).update(language=language)
    submit(application, by=cast.person())

    tell_all()

    (row,) = told("application.submit")
    assert (row.language, bool(CHINESE.search(row.subject))) == (written, is_chinese)
    assert application.reference in row.subject


def test_who_proposed_is_not_asked_to_confirm():
    officer = cast.person("officer")
    grant_role(officer, "approver", by=cast.person("administrator"))
    cast.person("approver")
    cast.proposed()

    tell_all()

    assert [row.address for row in told("decision.propose")] == ["approver@test.example"]


def test_what_people_typed_is_escaped_in_the_html():
    person = cast.person()
    User.objects.filter(pk=person.pk).update(name="<b>李</b>")
    with transaction.atomic():
        record(person, "confirm", by=person)

    tell_all()

    (row,) = told("user.confirm")
    assert "<b>李" in row.text
    assert "<b>李" not in row.html
    assert "&lt;b&gt;李" in row.html


def test_event_of_a_thing_that_is_gone_does_not_stop_the_others():
    cast.submitted()
    Event.objects.create(kind="user.confirm", thing_type="user", thing_id="0")
    cast.submitted("b")

    tell_all()

    assert len(told("application.submit")) == 2
    assert told("user.confirm") == []
