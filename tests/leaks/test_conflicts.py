"""A person with a conflict learns nothing of the case, by no door and no mail."""

import pytest
from django.test import Client

from grants.accounts.models import Role
from grants.events.seals import seal_pending
from grants.notifications.models import Notification
from grants.notifications.services import fan_out
from tests.leaks import stage
from tests.leaks.walking import asked, browser_of, details, lists, look, press, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

IN_REVIEW = (stage.to_review, stage.to_reviewed)
PAID = (*IN_REVIEW, stage.to_paid)
# Half of the roles by each way of being barred: the question behind them is one.
BARS = {
    Role.REVIEWER: stage.by_conflict,
    Role.OFFICER: stage.by_conflict,
    Role.APPROVER: stage.by_standing_conflict,
    Role.FINANCE: stage.by_standing_conflict,
    Role.CONTROLLER: stage.by_conflict,
    Role.AUDITOR: stage.by_conflict,
    Role.ADMINISTRATOR: stage.by_standing_conflict,
}
# Some of the doors that must tell somebody without a conflict, or the walk is blind.
TELLING = {
    "admin:application-detail", "admin:review-detail", "admin:check-detail",
    "admin:conversation-detail", "admin:organisation-detail", "applications-detail",
}  # fmt: skip
TELLING_WHEN_PAID = {
    "admin:award-detail", "admin:batch-detail", "admin:decision-detail", "admin:line-detail",
    "admin:milestone-detail", "admin:payee-detail", "admin:payout-detail",
}  # fmt: skip
# Pages of something that lives beside the case: they stay, without a word of it.
OF_MORE = {"admin:person-detail", "admin:statement-detail", "api:bank-statements-detail"}
# Here everybody reads what they said themselves: the organisations with which they have a conflict.
OWN_WORDS = {"admin:standing-list", "admin:standing-end"}
SENT = {
    "verb": "pass", "everything": "1", "query": "", "format": "csv", "state": "",
    "reason": "x", "text": "x", "outcome": "",
}  # fmt: skip


def prepared(*steps):
    """The people, barred before anything is sent, and then the case with its steps."""
    application, argus = stage.begun(), stage.argus()
    people = {role: stage.bystander(role.value) for role in Role}
    for role, bar in BARS.items():
        bar(application, people[role])
    for step in steps:
        step(application)
        application.refresh_from_db()
    return application, people, argus


def marks_of(application) -> list[str]:
    return [*stage.WORDS, *stage.everything_of(application)["reference"]]


def _lists_of(browser, words) -> list[str]:
    """The lists that this person may open, plain and with their filters."""
    found = []
    for door, address in lists():
        if door.name in OWN_WORDS:
            continue
        found.append(address)
        if look(browser, address)[0] == 200:
            found.extend(asked(address, words))
    return found


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("steps", "roles", "must_tell"),
    [
        (IN_REVIEW, [Role.REVIEWER, Role.OFFICER], TELLING),
        (PAID, list(Role), TELLING_WHEN_PAID),
    ],
    ids=["in_review", "paid"],
)
def test_no_door_tells_a_barred_person_of_the_case(steps, roles, must_tell):
    application, people, argus = prepared(*steps)
    marks, candidates = marks_of(application), stage.everything_of(application)
    free, nobody = browser_of(argus), Client()
    telling = [
        (door, address)
        for door, address in details(candidates)
        if told(look(free, address)[1], marks, address)
    ]
    public = {address for _door, address in telling if look(nobody, address)[0] == 200}
    leaks = []
    for role in roles:
        barred = browser_of(people[role])
        for address in _lists_of(barred, (stage.NAME, application.reference)):
            found = told(look(barred, address)[1], marks, address)
            if found and not told(look(nobody, address)[1], found, ""):
                leaks.append((role, address, found))
        for door, address in telling:
            if door.name in OWN_WORDS:
                continue
            status, text = look(barred, address)
            is_of_the_case = "slug" not in door.takes and door.name not in OF_MORE
            is_there = status == 200 and is_of_the_case and address not in public
            if is_there or (address not in public and told(text, marks, address)):
                leaks.append((role, address, status))

    assert "\n".join(map(str, leaks)) == ""
    names = {door.name for door, _address in telling}
    assert must_tell <= names
    print(f"{len(names)} doors tell somebody without a conflict:", *sorted(names), sep="\n  ")


@pytest.mark.timeout(900)
def test_no_button_tells_a_barred_person_of_the_case():
    """Exports and everything else that is posted; what it did is undone each time."""
    application, people, argus = prepared(*PAID)
    marks = marks_of(application)
    sent = SENT | {"case": application.reference, "reference": application.reference}
    leaks, telling = [], set()
    for door, address in lists():
        asked_for = address + str(sent)
        is_public = told(press(Client(), address, sent)[1], marks, asked_for)
        if is_public or door.name in OWN_WORDS:
            continue
        if told(press(browser_of(argus), address, sent)[1], marks, asked_for):
            telling.add(door.name)
            for role in Role:
                text = press(browser_of(people[role]), address, sent)[1]
                if found := told(text, marks, address + str(sent)):
                    leaks.append((role, address, found))

    assert "\n".join(map(str, leaks)) == ""
    assert {"admin:application-export", "admin:report-payouts-export"} <= telling


def test_no_mail_about_the_case_goes_to_a_barred_person():
    application, people, _argus = prepared(*PAID)
    while seal_pending():
        continue
    while fan_out():
        continue

    to_barred = Notification.objects.filter(person__in=people.values())
    assert [
        row.kind for row in to_barred if told(row.subject + row.text, marks_of(application), "")
    ] == []
    others = Notification.objects.exclude(person__in=people.values())
    assert {"assignment.assign", "decision.propose", "payoutbatch.submit"} <= {
        row.kind for row in others
    }
