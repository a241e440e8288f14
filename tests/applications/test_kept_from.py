"""Who is kept from an application, and by what."""

import pytest
from django.utils import timezone

from grants.accounts.models import Membership, User
from grants.applications.models import (
    Application,
    ConflictOfInterest,
    StandingConflict,
    forget_conflicts,
    is_kept_from,
    is_kept_from_organisation,
    kept_from,
    those_kept_from,
)
from grants.applications.selectors import barred_pairs, organisations_at_desk
from grants.events.services import advance
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def conflict(application, person, **columns):
    return ConflictOfInterest.objects.create(
        application=application,
        person=person,
        **{"kind": "family", "source": "declared", **columns},
    )


def standing(organisation, person):
    return StandingConflict.objects.create(
        organisation=organisation, person=person, kind="employment", declared_by=person
    )


def member(application, person):
    Membership.objects.create(organisation=application.organisation, user=person, role="viewer")


def dismissed(application, person):
    advance(conflict(application, person), "dismiss", by=cast.person("officer"))


def confirmed(application, person):
    advance(conflict(application, person), "confirm", by=cast.person("officer"))


def by_organisation(application, person):
    standing(application.organisation, person)


def ended(application, person):
    row = standing(application.organisation, person)
    row.ended_at, row.ended_by = timezone.now(), cast.person("officer")
    row.save()


@pytest.mark.parametrize(
    ("bar", "is_kept"),
    [
        (member, True),
        (conflict, True),
        (confirmed, True),
        (by_organisation, True),
        (dismissed, False),
        (ended, False),
    ],
)
def test_person_is_kept_from_the_case_alike_by_every_question(bar, is_kept):
    application, other = cast.submitted("ann"), cast.submitted("ben")
    approver = cast.person("approver")
    bar(application, approver)
    forget_conflicts(approver)
    approver = User.objects.get(pk=approver.pk)
    one = Application.objects.filter(pk=application.pk)

    assert list(Application.objects.filter(kept_from(approver))) == [application] * is_kept
    assert is_kept_from(approver, application) == is_kept
    assert not is_kept_from(approver, other)
    assert is_kept_from_organisation(approver, application.organisation) == is_kept
    assert list(User.objects.filter(those_kept_from(one), pk=approver.pk)) == [approver] * is_kept
    assert barred_pairs([application.pk, other.pk], [approver.pk]) == (
        {(application.pk, approver.pk)} if is_kept else set()
    )


def test_organisation_is_hidden_with_its_case_and_shown_to_its_members():
    first, second = cast.submitted("ann"), cast.submitted("ben")
    officer = cast.person("officer")
    conflict(first, officer)
    member(second, officer)

    assert list(organisations_at_desk(officer)) == [second.organisation]


def test_member_follows_the_own_case_as_an_applicant():
    application = cast.submitted("ann")
    officer = cast.person("officer")
    member(application, officer)

    assert list(Application.objects.visible_to(officer)) == [application]
    assert not officer.has_perm("grants.view_scores", application)


def test_what_bars_a_person_is_read_once_by_one_query(django_assert_num_queries):
    application = cast.submitted("ann")
    approver = User.objects.get(pk=cast.person("approver").pk)
    conflict(application, approver)
    with django_assert_num_queries(2):  # memberships, conflicts
        assert [is_kept_from(approver, application) for _again in range(5)] == [True] * 5
