"""Many rows like one that was really made: for counting queries."""

from grants.accounts.models import Organisation, User
from grants.applications.models import Application, Document
from grants.awards.models import Award, Decision
from grants.milestones.models import Evidence, Milestone
from grants.programs.models import Criterion
from grants.reviews.models import Assignment, Review, Score


def applications(first: Application, count: int) -> list[Application]:
    owners = Organisation.objects.bulk_create(
        Organisation(kind="individual", name=f"Other {n}") for n in range(count)
    )
    return Application.objects.bulk_create(
        Application(
            reference=f"APP-2020-{owner.pk:06d}",
            round=first.round,
            organisation=owner,
            form=first.form,
            title=first.title,
            requested_amount=first.requested_amount,
            state=first.state,
            created_by=first.created_by,
            submitted_at=first.submitted_at,
        )
        for owner in owners
    )


def decisions(first: Decision, count: int) -> list[Decision]:
    return Decision.objects.bulk_create(
        Decision(
            application=application,
            outcome=first.outcome,
            amount=first.amount,
            reasons=first.reasons,
            basis=first.basis,
            state=first.state,
            proposed_by=first.proposed_by,
            confirmed_by=first.confirmed_by,
            confirmed_at=first.confirmed_at,
        )
        for application in applications(first.application, count)
    )


def awards(first: Award, count: int) -> list[Award]:
    return Award.objects.bulk_create(
        Award(
            reference=f"AWD-2020-{decision.pk:06d}",
            application=decision.application,
            decision=decision,
            amount=first.amount,
            plan=first.plan,
            state=first.state,
        )
        for decision in decisions(first.decision, count)
    )


def milestones(first: Milestone, count: int) -> list[Milestone]:
    return Milestone.objects.bulk_create(
        Milestone(
            award=award,
            number=1,
            title_zh=first.title_zh,
            title_en=first.title_en,
            amount=first.amount,
            due_on=first.due_on,
            state=first.state,
        )
        for award in awards(first.award, count)
    )


def reviews(first: Review, count: int) -> list[Review]:
    """More reviews of the same reviewer."""
    assignments = Assignment.objects.bulk_create(
        Assignment(
            application=application,
            reviewer=first.assignment.reviewer,
            state=first.assignment.state,
            assigned_by=first.assignment.assigned_by,
        )
        for application in applications(first.assignment.application, count)
    )
    return Review.objects.bulk_create(
        Review(assignment=assignment, state=first.state) for assignment in assignments
    )


def reviews_of(first: Review, count: int) -> list[Review]:
    """More reviews of the same application, with the same scores."""
    assigned = first.assignment
    reviewers = User.objects.bulk_create(
        User(email=f"expert{n}@test.example", name=f"Expert {n}") for n in range(count)
    )
    assignments = Assignment.objects.bulk_create(
        Assignment(
            application=assigned.application,
            reviewer=reviewer,
            state=assigned.state,
            assigned_by=assigned.assigned_by,
        )
        for reviewer in reviewers
    )
    made = Review.objects.bulk_create(
        Review(assignment=assignment, recommendation=first.recommendation)
        for assignment in assignments
    )
    Score.objects.bulk_create(
        Score(review=review, criterion=score.criterion, value=score.value)
        for score in first.scores.select_related("criterion")
        for review in made
    )
    Review.objects.filter(pk__in=[review.pk for review in made]).update(state=first.state)
    return made


def criteria(first: Review, count: int) -> None:
    """More criteria of the round of a review, all of them scored."""
    made = Criterion.objects.bulk_create(
        Criterion(
            round=first.assignment.application.round,
            key=f"more{n}",
            label_zh="更多",
            label_en="More",
            weight=1,
            position=10 + n,
        )
        for n in range(count)
    )
    row = Review.objects.filter(pk=first.pk)
    row.update(state="draft")
    Score.objects.bulk_create(
        Score(review=first, criterion=criterion, value=1) for criterion in made
    )
    row.update(state=first.state)


def evidence(first: Evidence, count: int) -> list[Evidence]:
    document = first.document
    documents = Document.objects.bulk_create(
        Document(
            application=document.application,
            file=document.file.name,
            name=document.name,
            content_type=document.content_type,
            size=document.size,
            sha256=document.sha256,
            uploaded_by=document.uploaded_by,
        )
        for _ in range(count)
    )
    return Evidence.objects.bulk_create(
        Evidence(milestone=first.milestone, document=document) for document in documents
    )
