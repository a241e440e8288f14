"""The cast of the tests: real things, made through the real services.

Each function takes what it stands on and brings the rest itself. People are made once for a test
and found again by their handle.
"""

from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from grants.accounts.models import Organisation, OrganisationKind, Role, User
from grants.accounts.services import create_organisation, grant_role
from grants.applications.models import Application
from grants.applications.services import documents, drafts, screening, submitting
from grants.awards import services as awards
from grants.awards.models import Award, Decision
from grants.milestones import services as milestones
from grants.milestones.models import Milestone
from grants.payouts.models import Payee, Payout, PayoutBatch
from grants.payouts.services import approving, batches, due, payees, releasing
from grants.programs import services as programs
from grants.programs.models import (
    Criterion,
    FormVersion,
    Fund,
    PlannedMilestone,
    Program,
    Question,
    Round,
    Section,
)
from grants.reviews import services as reviews
from grants.reviews.models import Assignment
from tests.identities import identity_number

PASSWORD = "correct-horse-battery"
STAFF = {role.value: role for role in Role} | dict.fromkeys(
    ("reviewer2", "reviewer3"), Role.REVIEWER
)
ANSWERS = {
    "team": "两个人，做过三款应用。",
    "team_size": "2",
    "category": "tools",
    "ready": "no",
    "launch_on": "2027-03-01",
    "site": "https://example.com/app",
    "own_funds": "10000.00",
    "plan": "做一个好用的笔记应用。",
}


def person(handle: str = "applicant") -> User:
    """Somebody by handle; those of `STAFF` have that role, "superuser" is one."""
    email = f"{handle}@test.example"
    found = User.objects.filter(email=email).first()
    if found:
        return found
    user = User.objects.create_user(
        email, PASSWORD, name=handle, language="en", is_superuser=handle == "superuser"
    )
    if handle in STAFF:
        grant_role(user, STAFF[handle], by=None)
    return user


def company(owner: str = "applicant", *, code: str = "91330106673959654P") -> Organisation:
    user = person(owner)
    found = Organisation.objects.filter(memberships__user=user).first()
    return found or create_organisation(
        by=user, kind=OrganisationKind.COMPANY, name=f"{owner} Ltd", credit_code=code
    )


def individual(owner: str) -> Organisation:
    user = person(owner)
    found = Organisation.objects.filter(memberships__user=user).first()
    return found or create_organisation(
        by=user,
        kind=OrganisationKind.INDIVIDUAL,
        name=owner.title(),
        identity_number=identity_number(owner),
    )


def fund(capital: str = "1000000000.00") -> Fund:
    found = Fund.objects.filter(slug="amos").first()
    return found or programs.found_fund(
        Fund(slug="amos", name_zh="基金", name_en="Fund", capital=Decimal(capital)),
        by=person("officer"),
    )


def draft_round(slug: str = "round-1", *, budget: str = "1000000.00", **columns) -> Round:
    """A round with a form, criteria and milestones (30/70) that is not open yet."""
    program = Program.objects.filter(slug="new-apps").first() or programs.create_program(
        Program(fund=fund(), slug="new-apps", name_zh="新应用", name_en="New apps"),
        by=person("officer"),
    )
    now = timezone.now()
    columns = {
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=30),
        "award_min": Decimal("1000.00"),
        "award_max": Decimal("500000.00"),
        **columns,
    }
    round = Round(
        program=program,
        slug=slug,
        title_zh="第一期",
        title_en="Round one",
        summary_zh="简介",
        summary_en="Summary",
        budget=Decimal(budget),
        **columns,
    )
    programs.create_round(round, by=person("officer"))
    _add_form(round.form)
    for position, (key, weight) in enumerate((("value", 60), ("team", 40)), start=1):
        Criterion.objects.create(
            round=round, key=key, label_zh=key, label_en=key, weight=weight, position=position
        )
    for position, share in enumerate((30, 70), start=1):
        PlannedMilestone.objects.create(
            round=round,
            title_zh=f"里程碑{position}",
            title_en=f"Milestone {position}",
            share=share,
            due_after_days=30 * position,
            position=position,
        )
    return round


def _add_form(form: FormVersion) -> None:
    kinds = [
        ("team", "long_text", {"max_length": 200}),
        ("team_size", "number", {}),
        ("category", "choice", {"options": [{"value": "tools", "zh": "工具", "en": "Tools"}]}),
        ("ready", "yes_no", {}),
        ("launch_on", "date", {}),
        ("site", "link", {"is_required": False}),
        ("own_funds", "money", {"is_required": False}),
        ("plan", "short_text", {"max_length": 100}),
        ("proposal", "file", {}),
    ]
    for number, rows in enumerate((kinds[:5], kinds[5:]), start=1):
        section = Section.objects.create(
            form=form, title_zh=f"第{number}节", title_en=f"Section {number}", position=number
        )
        for position, (key, kind, more) in enumerate(rows, start=1):
            Question.objects.create(
                section=section,
                key=key,
                kind=kind,
                label_zh=f"问题 {key}",
                label_en=f"Question {key}",
                position=position,
                **more,
            )


def open_round(slug: str = "round-1", **columns) -> Round:
    found = Round.objects.filter(slug=slug).first()
    return found or programs.open_round(draft_round(slug, **columns), by=person("officer"))


def pdf(name: str = "proposal.pdf", more: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj<<>>endobj\n" + more + b"\n%%EOF")


def draft(owner: str = "applicant", *, round: Round | None = None) -> Application:
    """A draft of an individual of its own; with nothing answered."""
    return drafts.start(round or open_round(), individual(owner), by=person(owner))


def complete_draft(owner: str = "applicant", *, round: Round | None = None, amount="200000.00"):
    application = draft(owner, round=round)
    by = person(owner)
    drafts.save_answers(
        application, by=by, title=f"App of {owner}", requested_amount=amount, answers=ANSWERS
    )
    if not application.documents.exists():
        documents.add_document(application, pdf(), by=by, question_key="proposal")
    return application


def submitted(owner: str = "applicant", **more) -> Application:
    application = complete_draft(owner, **more)
    submitting.submit(application, by=person(owner))
    return application


def in_review(owner: str = "applicant", **more) -> Application:
    """Submitted, its round closed (for all), screened."""
    application = submitted(owner, **more)
    return screened(application)


def screened(application: Application) -> Application:
    round = Round.objects.get(pk=application.round_id)
    if round.state == "open":
        programs.close_round(round, by=person("officer"))
    application.refresh_from_db()
    screening.screen(application, by=person("officer"), is_eligible=True)
    return application


def assigned(application: Application, reviewer: str = "reviewer") -> Assignment:
    return reviews.assign(application, person(reviewer), by=person("officer"))


def reviewed(application: Application, reviewer: str = "reviewer", *, value="4", team="3"):
    """A submitted review."""
    assignment = assigned(application, reviewer)
    by = person(reviewer)
    reviews.accept(assignment, by=by)
    reviews.save_review(
        assignment.review,
        by=by,
        scores={"value": value, "team": team},
        recommendation="fund",
        comment="好。",
        confidence=2,
    )
    reviews.submit_review(assignment.review, by=by)
    return assignment.review


def proposed(owner: str = "applicant", *, amount="100000.00", outcome="award", **more) -> Decision:
    application = in_review(owner, **more)
    reviewed(application)
    return awards.propose(
        application,
        by=person("officer"),
        outcome=outcome,
        amount=amount if outcome == "award" else None,
        reasons="好",
    )


def offered(owner: str = "applicant", **more) -> Award:
    decision = proposed(owner, **more)
    award = awards.confirm(decision, by=person("approver"))
    decision.refresh_from_db()
    awards.release(decision, by=person("officer"))
    award.refresh_from_db()
    return award


def accepted(owner: str = "applicant", **more) -> Award:
    return milestones.accept_award(offered(owner, **more), by=person(owner))


def named_payee(owner: str = "applicant") -> Payee:
    organisation = individual(owner)
    return payees.name_payee(
        organisation,
        by=person(owner),
        kind="bank",
        account="6222021234567890128",
        holder_name=organisation.name,
        bank_name="工商银行",
        cnaps_code="102100099996",
    )


def verified_payee(owner: str = "applicant") -> Payee:
    payee = named_payee(owner)
    payees.verify_payee(payee, by=person("controller"), proof="letter")
    return payee


def reported(owner: str = "applicant", **more) -> Milestone:
    milestone = accepted(owner, **more).milestones.first()
    return milestones.submit(
        milestone, by=person(owner), report="做完了", files=[pdf("evidence.pdf")]
    )


def due_payout(owner: str = "applicant", **more) -> Payout:
    milestone = reported(owner, **more)
    verified_payee(owner)
    return due.accept_milestone(milestone, by=person("officer"))[0]


def batch_of(*payouts: Payout) -> PayoutBatch:
    return batches.prepare_batch(payouts, by=person("finance"))


def released_batch(*payouts: Payout) -> PayoutBatch:
    batch = batch_of(*payouts)
    batches.submit_batch(batch, by=person("finance"))
    approving.approve_batch(batch, by=person("controller"))
    releasing.release_batch(batch, by=person("controller"))
    return batch
