"""People, their organisations and the keys of their software."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from grants.accounts.models import ApiKey, Membership, Organisation, OrganisationKind, Role, User
from grants.accounts.services import (
    add_member,
    create_api_key,
    create_organisation,
    grant_role,
    hash_key,
    remove_member,
    remove_role,
    revoke_api_key,
    user_of_key,
)
from grants.core.errors import Refused
from grants.events.models import Event
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db

CODE = "91330106673959654P"


def register(code: str, *, owner: str = "applicant", kind: str = "company") -> Organisation:
    return create_organisation(
        by=cast.person(owner),
        kind=kind,
        name=" 星火 ",
        credit_code=code,
        identity_number=cast.identity_number(owner),
    )


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), f"  {CODE} ", "9133 0106 6739 59654P", "91330106-673959654-p"]
)
def test_company_credit_code_is_kept_in_one_form(typed):
    organisation = register(typed)

    assert (organisation.credit_code, organisation.name) == (CODE, "星火")
    assert organisation.role_of(cast.person()) == "owner"
    kinds = Event.objects.filter(actor=cast.person()).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["organisation.create", "membership.join"]


@pytest.mark.parametrize(
    "typed",
    ["", "91330106673959654X", CODE[:-1], CODE + "0", "星火", "9133010667395965ＯP", "0" * 18],
)
def test_company_credit_code_that_is_wrong_is_refused(typed):
    with pytest.raises(Refused) as refused:
        register(typed)

    assert list(refused.value.problems) == ["credit_code"]
    assert (Organisation.objects.count(), Membership.objects.count()) == (0, 0)


def test_company_is_registered_once():
    register(CODE)

    with pytest.raises(Refused) as refused:
        register(CODE.lower(), owner="other")

    assert list(refused.value.problems) == ["credit_code"]
    assert (Organisation.objects.count(), Membership.objects.count()) == (1, 1)


def test_individuals_have_no_code_and_may_share_a_name():
    first = register("ignored", kind=OrganisationKind.INDIVIDUAL)
    second = register("", owner="other", kind=OrganisationKind.INDIVIDUAL)

    assert (first.credit_code, second.credit_code) == ("", "")


@pytest.mark.parametrize(("kind", "code"), [("company", ""), ("individual", CODE), ("club", "")])
def test_organisation_by_raw_sql_without_its_code_is_refused(kind, code):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO grants_organisation (kind, name, credit_code, website, created_at,"
            " identity_sealed, identity_index, identity_tail, legal_representative, region)"
            " VALUES (%s, 'x', %s, '', now(), '', '', '', '', '')",
            [kind, code],
        )


@pytest.mark.django_db(transaction=True)
def test_company_registered_by_two_at_once_is_registered_once():
    people = [cast.person(f"p{number}") for number in range(4)]

    made = together(
        *[
            lambda person=person: create_organisation(
                by=person, kind="company", name="x", credit_code=CODE
            )
            for person in people
        ]
    )

    assert (
        sorted(type(found).__name__ for found in made)
        == ["Organisation"] + ["RegisteredAlready"] * 3
    )
    assert (Organisation.objects.count(), Membership.objects.count()) == (1, 1)


def test_member_joins_by_address_in_any_case():
    organisation, friend = cast.company(), cast.person("friend")

    membership = add_member(
        organisation, by=cast.person(), email=" Friend@TEST.example ", role="viewer"
    )

    assert (membership.user, membership.role) == (friend, "viewer")


def test_member_who_is_there_already_is_refused():
    organisation = cast.company()

    with translation.override("en"), pytest.raises(Refused) as refused:
        add_member(organisation, by=cast.person(), email="applicant@test.example", role="viewer")

    assert refused.value.problems == {"email": "This person is a member already."}
    assert organisation.memberships.count() == 1


@pytest.mark.parametrize("handle", ["nobody", *Role.values, "superuser"])
def test_staff_and_unknown_people_are_refused_in_the_same_words(handle):
    organisation = cast.company()
    if handle != "nobody":
        cast.person(handle)

    with translation.override("en"), pytest.raises(Refused) as refused:
        add_member(organisation, by=cast.person(), email=f"{handle}@test.example", role="viewer")

    assert refused.value.problems == {
        "email": "This person cannot be added. They must have signed up with this address, "
        "and must not work for the fund."
    }
    assert organisation.memberships.count() == 1


def test_owner_cannot_take_a_reviewer_off_a_case_by_adding_them():
    assignment = cast.assigned(cast.in_review())
    organisation = assignment.application.organisation
    reviewer = cast.person("reviewer")

    with pytest.raises(Refused):
        add_member(organisation, by=cast.person(), email=reviewer.email, role="viewer")

    assert reviewer.has_perm("grants.answer_assignment", assignment)
    assert not organisation.memberships.filter(user=reviewer).exists()


@pytest.mark.django_db(transaction=True)
def test_member_added_by_two_clicks_joins_once():
    organisation = cast.company()
    cast.person("friend")

    made = together(
        *[
            lambda: add_member(
                Organisation.objects.get(pk=organisation.pk),
                by=User.objects.get(email="applicant@test.example"),
                email="friend@test.example",
                role="editor",
            )
        ]
        * 4
    )

    assert sorted(type(found).__name__ for found in made) == ["Membership"] + ["Refused"] * 3
    assert organisation.memberships.count() == 2


def test_last_owner_stays():
    organisation = cast.company()
    cast.person("friend")
    add_member(organisation, by=cast.person(), email="friend@test.example", role="editor")

    with pytest.raises(Refused):
        remove_member(organisation.memberships.get(role="owner"), by=cast.person())

    assert organisation.memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one():
    organisation = cast.company()
    friend = cast.person("friend")
    add_member(organisation, by=cast.person(), email=friend.email, role="owner")

    made = together(
        *[
            lambda row=row: remove_member(row, by=row.user)
            for row in organisation.memberships.select_related("user")
        ]
    )

    assert sorted(type(found).__name__ for found in made) == ["NoneType", "Refused"]
    assert organisation.memberships.count() == 1


def test_role_is_given_once_and_opens_the_desk():
    person, admin = cast.person("new"), cast.person("administrator")

    grant_role(person, Role.OFFICER, by=admin)
    grant_role(person, Role.OFFICER, by=admin)

    assert (person.roles, person.is_staff) == ({"officer"}, True)
    assert User.objects.get(pk=person.pk).is_staff
    assert Event.objects.filter(kind="user.grant_role", thing_id=str(person.pk)).count() == 1


def test_last_role_taken_away_closes_the_desk():
    person, admin = cast.person("officer"), cast.person("administrator")
    grant_role(person, Role.APPROVER, by=admin)

    remove_role(person, Role.APPROVER, by=admin)
    assert (person.roles, person.is_staff) == ({"officer"}, True)
    remove_role(person, Role.OFFICER, by=admin)

    fresh = User.objects.get(pk=person.pk)
    assert (fresh.roles, fresh.is_staff) == (frozenset(), False)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_leave_at_once_leave_one():
    first, second = cast.person("administrator"), cast.person("another")
    grant_role(second, "administrator", by=None)

    made = together(
        lambda: remove_role(User.objects.get(pk=first.pk), "administrator", by=first),
        lambda: remove_role(User.objects.get(pk=second.pk), "administrator", by=second),
    )

    assert sorted(type(found).__name__ for found in made) == ["NoneType", "Refused"]
    assert User.objects.with_role("administrator").count() == 1


def test_every_role_is_a_group():
    assert set(Group.objects.values_list("name", flat=True)) >= set(Role.values)


def test_email_address_is_taken_once_in_any_case():
    cast.person("applicant")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Applicant@TEST.example")


def test_api_key_is_kept_as_a_hash_only():
    person = cast.person()

    row, key = create_api_key(person, label="ci", by=person)

    assert len(key) > 40
    assert row.key_hash == hash_key(key)
    assert key not in str(ApiKey.objects.values_list().get())
    assert key not in str(list(Event.objects.values_list("data", flat=True)))
    assert user_of_key(key) == person
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_api_key_that_is_revoked_or_of_nobody_opens_nothing():
    person = cast.person()
    row, key = create_api_key(person, label="ci", by=person)
    _row, other = create_api_key(person, label="x", by=person)

    revoke_api_key(row, by=person)
    revoke_api_key(row, by=person)

    assert [user_of_key(found) for found in (key, "", "amos_x", key[:-1])] == [None] * 4
    assert Event.objects.filter(kind="apikey.revoke").count() == 1
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert user_of_key(other) is None


def test_api_key_use_is_noted_once_a_minute(django_assert_num_queries):
    person = cast.person()
    _row, key = create_api_key(person, label="ci", by=person)

    with django_assert_num_queries(2):
        user_of_key(key)
    with django_assert_num_queries(1):
        user_of_key(key)
