"""The identity number of an individual: checked, sealed, masked, once."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from grants.accounts.models import Organisation
from grants.accounts.services import change_organisation, create_organisation
from grants.accounts.services.organisations import RegisteredAlready
from grants.core.crypto import is_sealed_by_first_key
from grants.core.errors import Refused
from grants.events.models import Event
from tests import cast
from tests.identities import identity_number
from tests.together import together

pytestmark = pytest.mark.django_db
NUMBER = identity_number("applicant")


def register(number: str, owner: str = "applicant") -> Organisation:
    return create_organisation(
        by=cast.person(owner), kind="individual", name="李雷", identity_number=number
    )


def born(years_ago: int, *, days: int = 0) -> str:
    today = timezone.localdate()
    day = date(today.year - years_ago, today.month, min(today.day, 28)) + timedelta(days=days)
    return identity_number("x", born=f"{day:%Y%m%d}")


def test_number_is_kept_sealed_and_shown_masked():
    organisation = register(f" {NUMBER.lower()} ")

    assert organisation.identity_number == NUMBER
    assert organisation.identity_tail == f"•••• {NUMBER[-4:]}"
    everything = str(list(Organisation.objects.values())) + str(list(Event.objects.values()))
    assert NUMBER not in everything
    assert NUMBER[:14] not in everything


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1",
        NUMBER[:-1],
        NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"),
        NUMBER + "1",
        "110101" + "99990101" + "0010",
        "999999" + NUMBER[6:],
        NUMBER.replace(NUMBER[6:14], "19901332"),
    ],
)
def test_number_that_is_wrong_is_refused(typed):
    with pytest.raises(Refused) as refused:
        register(typed)

    assert list(refused.value.problems) == ["identity_number"]
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize(
    ("number", "is_taken"),
    [
        (born(18), True),
        (born(18, days=5), False),
        (born(0, days=30), False),
        (born(119), True),
        (born(122), False),
        (identity_number("x", born="20990101"), False),
    ],
)
def test_age_and_birthdays_to_come_are_looked_at(number, is_taken):
    with nullcontext() if is_taken else pytest.raises(Refused):
        register(number)

    assert Organisation.objects.exists() is is_taken


def test_number_is_registered_once():
    register(NUMBER)

    with translation.override("en"), pytest.raises(RegisteredAlready) as refused:
        register(NUMBER, owner="other")

    assert refused.value.problems == {
        "identity_number": "This identity number is registered already."
        " If it is yours, write to the fund."
    }
    assert Organisation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_number_registered_by_two_at_once_is_registered_once():
    people = [cast.person(f"p{number}") for number in range(4)]

    made = together(
        *[
            lambda person=person: create_organisation(
                by=person, kind="individual", name="x", identity_number=NUMBER
            )
            for person in people
        ]
    )

    assert (
        sorted(type(found).__name__ for found in made)
        == ["Organisation"] + ["RegisteredAlready"] * 3
    )
    assert Organisation.objects.count() == 1


def test_number_is_given_once_where_it_lacks_and_stays():
    organisation = Organisation.objects.create(kind="individual", name="李雷")
    owner = cast.person()
    organisation.memberships.create(user=owner, role="owner")

    change_organisation(organisation, by=owner, identity_number=NUMBER)
    with pytest.raises(Refused):
        change_organisation(organisation, by=owner, identity_number=identity_number("b"))

    assert Organisation.objects.get().identity_number == NUMBER


def test_numbers_join_the_rotation_of_keys(settings, capsys):
    settings.FIELD_ENCRYPTION_KEYS = ["o" * 43, *settings.FIELD_ENCRYPTION_KEYS]
    organisation = register(NUMBER)
    settings.FIELD_ENCRYPTION_KEYS = ["n" * 43, *settings.FIELD_ENCRYPTION_KEYS]

    call_command("rotate_field_keys")
    del settings.FIELD_ENCRYPTION_KEYS[1]

    fresh = Organisation.objects.get()
    assert is_sealed_by_first_key(fresh.identity_sealed) is True
    assert (fresh.identity_number, fresh.identity_index) == (NUMBER, organisation.identity_index)
    assert "1 of 1 identity numbers looked at, 1 sealed anew" in capsys.readouterr().out


def test_number_that_does_not_open_is_named(capsys):
    organisation = register(NUMBER)
    Organisation.objects.update(identity_sealed="gone.AAAA")

    with pytest.raises(SystemExit):
        call_command("rotate_field_keys")

    assert capsys.readouterr().err == f"DOES NOT OPEN organisation {organisation.pk}\n"


def test_company_may_change_its_details_with_before_and_after():
    company = cast.company()

    change_organisation(company, by=cast.person(), name="新名", region="31")
    change_organisation(company, by=cast.person(), name="新名")

    events = Event.objects.filter(kind="organisation.change")
    assert [event.data for event in events] == [
        {
            "before": {"name": "applicant Ltd", "region": "33"},
            "after": {"name": "新名", "region": "31"},
        }
    ]


@pytest.mark.parametrize(
    "wrong", [{"name": "\u200b"}, {"credit_code": "1"}, {"region": "99"}], ids=str
)
def test_wrong_details_are_refused_and_nothing_changes(wrong):
    company = cast.company()
    before = Organisation.objects.values().get()

    with pytest.raises(Refused) as refused:
        change_organisation(company, by=cast.person(), **wrong)

    assert list(refused.value.problems) == list(wrong)
    assert Organisation.objects.values().get() == before


def test_code_of_another_company_cannot_be_taken_over():
    first, second = cast.company(), cast.company("other", code="91110000600037341L")

    with pytest.raises(RegisteredAlready):
        change_organisation(second, by=cast.person("other"), credit_code=first.credit_code)

    second.refresh_from_db()
    assert second.credit_code == "91110000600037341L"
