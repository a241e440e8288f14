"""What the data tell of people of the desk and of applicants."""

import pytest

from grants.accounts.models import Membership, Organisation, User
from grants.applications.models import Application, ConflictOfInterest
from grants.applications.services.submitting import submit
from grants.conflicts import words
from grants.conflicts.detection import detect
from grants.conflicts.services import finding, judging
from grants.events.seals import seal_pending
from grants.payouts.models import Payee
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def reviewer() -> User:
    return cast.person("reviewer")


def joins(person: User, organisation: Organisation) -> None:
    Membership.objects.create(user=person, organisation=organisation, role="viewer")


def own_company() -> Organisation:
    organisation = cast.company("boss", code="91330106673959654P")
    joins(reviewer(), organisation)
    return organisation


def same_organisation(application: Application) -> None:
    joins(reviewer(), application.organisation)


def shared_member(application: Application) -> None:
    joins(cast.person("applicant"), own_company())


def domain(application: Application) -> None:
    for person, address in ((reviewer(), "r@Acme.cn"), (cast.person("applicant"), "a@acme.cn")):
        User.objects.filter(pk=person.pk).update(email=address)


def website(application: Application) -> None:
    User.objects.filter(pk=reviewer().pk).update(email="r@acme.cn")
    Organisation.objects.filter(pk=application.organisation_id).update(
        website="https://www.acme.cn/about"
    )


def account(application: Application) -> None:
    mine = own_company()
    theirs = cast.named_payee("applicant")
    Payee.objects.create(
        organisation=mine, kind="bank", holder_name="x", account_sealed="x",
        account_index=theirs.account_index, account_tail="0128", named_by=reviewer(),
    )  # fmt: skip


def representative(application: Application) -> None:
    Organisation.objects.filter(pk=application.organisation_id).update(
        legal_representative="reviewer"
    )


def nothing(application: Application) -> None:
    own_company()


def public_mail(application: Application) -> None:
    for person, address in ((reviewer(), "r@qq.com"), (cast.person("applicant"), "a@qq.com")):
        User.objects.filter(pk=person.pk).update(email=address)


@pytest.mark.parametrize(
    ("set_up", "found"),
    [
        (same_organisation, [("membership", "Applicant", "")]),
        (shared_member, [("shared_member", "applicant", "boss Ltd")]),
        (domain, [("domain", "acme.cn", "applicant")]),
        (website, [("domain", "acme.cn", "https://www.acme.cn/about")]),
        (account, [("account", "•••• 0128", "boss Ltd")]),
        (representative, [("representative", "reviewer", "reviewer")]),
        (nothing, []),
        (public_mail, []),
    ],
)
def test_data_tell_of_a_conflict(set_up, found, django_assert_num_queries):
    application, person = cast.submitted(), reviewer().pk
    set_up(application)

    with django_assert_num_queries(1):
        rows = detect([application.pk], [person])

    assert [(row.kind, row.what, row.other) for row in rows] == found
    assert finding.look_at([application.pk], [person]) == len(found)
    assert finding.look_at([application.pk], [person]) == 0
    for conflict in ConflictOfInterest.objects.all():
        assert (conflict.source, conflict.state) == ("detected", "reported")
        assert words.found(conflict)


def test_submission_is_looked_at_before_its_mails_are_written():
    cast.person("reviewer")
    application = cast.complete_draft()
    representative(application)
    submit(application, by=cast.person())
    seal_pending()

    assert finding.follow() > 0
    assert ConflictOfInterest.objects.get().person == reviewer()
    assert finding.follow() == 0


def test_found_conflict_recuses_the_review_that_stands():
    application = cast.in_review()
    review = cast.reviewed(application)
    representative(application)

    assert finding.look_through(application.round, by=cast.person("officer")) == 1

    review.assignment.refresh_from_db()
    assert review.assignment.state == "recused"
    assert "Same legal representative" in review.assignment.reason


def test_judgement_stands_when_the_data_say_the_same_again():
    application = cast.in_review()
    cast.person("reviewer")
    representative(application)
    finding.look_everywhere()
    conflict = ConflictOfInterest.objects.get()
    judging.dismiss(conflict, by=cast.person("officer"), reason="Only the same name.")

    assert finding.look_everywhere() == 0
    conflict.refresh_from_db()
    assert conflict.state == "dismissed"
