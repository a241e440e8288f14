"""One thing of every resource, all about one grant."""

from grants.accounts.models import MemberRole, Membership
from grants.accounts.services.invitations import invite
from grants.applications.models import ConflictOfInterest
from grants.awards.models import Award
from grants.payouts.services import batches
from grants.reviews.models import Assignment
from tests import cast
from tests.payouts.banking import uploaded
from tests.payouts.rails.bank.files import entry


def one_of_each() -> dict[str, object]:
    """The name of the thing, by resource."""
    award = Award.objects.get(pk=cast.due_payout().milestone.award_id)
    organisation = award.application.organisation
    viewer = cast.person("viewer")
    Membership.objects.create(organisation=organisation, user=viewer, role=MemberRole.VIEWER)
    milestone = award.milestones.get(number=1)
    payout = milestone.payouts.get()
    batch = cast.batch_of(payout)
    batches.submit_batch(batch, by=cast.person("finance"))
    assignment = Assignment.objects.get(application=award.application)
    line = uploaded(entry("-5.00")).statement.lines.get()
    owner = cast.person("applicant")
    invited = invite(organisation, by=owner, email="new@example.com", role="editor")
    asked = organisation.join_requests.create(user=cast.person("stranger"))
    conflict = ConflictOfInterest.objects.create(
        application=award.application,
        person=cast.person("reviewer3"),
        kind="family",
        source="declared",
    )
    return {
        "organisations": organisation.pk,
        "members": organisation.memberships.get(user=viewer).pk,
        "invitations": invited.pk,
        "join-requests": asked.pk,
        "rounds": award.application.round.slug,
        "applications": award.application.reference,
        "assignments": assignment.pk,
        "reviews": assignment.review.pk,
        "conflicts": conflict.pk,
        "decisions": award.decision_id,
        "awards": award.reference,
        "milestones": milestone.pk,
        "payees": payout.payee_id,
        "payouts": payout.reference,
        "payout-batches": batch.reference,
        "bank-statements": line.statement_id,
        "statement-lines": line.pk,
    }
