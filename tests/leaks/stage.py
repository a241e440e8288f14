"""One grant on its whole way, full of words that stand nowhere else, and people barred from it."""

from datetime import date, timedelta

from grants.accounts.models import OrganisationKind, Role, User
from grants.accounts.services import create_organisation, grant_role
from grants.applications.models import Application, ConflictOfInterest, StandingConflict
from grants.applications.services import documents, drafts, extending, screening, submitting
from grants.awards import services as awards
from grants.events.models import Event
from grants.licences.services import upload_licence
from grants.messages.services.writing import write_message
from grants.milestones import services as milestones
from grants.payouts.models import (
    BankStatement,
    PaymentAttempt,
    Payout,
    PayoutBatch,
    StatementLine,
)
from grants.payouts.services import approving, batches, due, payees, releasing
from grants.payouts.services.books import run_books_check
from grants.reviews.models import Assignment, Review
from grants.screening.models import EligibilityCheck, ScreeningRule, Signal, SignalImport
from tests import cast

OWNER, ROUND, ARGUS = "zebu", "round-leaks", "argus"
NAME, CODE = "Zanzibarqua Ltd", "91330106673959654P"
TITLE, ANSWER, FILE = "Quokkaphon", "Wombatrix", "numbatfile"
WORDS = ("Zanzibarqua", CODE, TITLE, ANSWER, FILE)
CASES = ("APP-", "AWD-", "PAY-", "BAT-", "ORG-")


def argus() -> User:
    """Who has every role and no conflict: what this one reads shows where the case is told."""
    person = User.objects.create_user(f"{ARGUS}@test.example", cast.PASSWORD, name=ARGUS)
    for role in Role:
        grant_role(person, role, by=None)
    return person


def bystander(role: str) -> User:
    """Another person of that role than the one who does the work."""
    person = User.objects.create_user(
        f"{role}9@test.example", cast.PASSWORD, name=f"{role}9", language="en"
    )
    grant_role(person, Role(role), by=None)
    return person


def by_conflict(application: Application, person: User) -> None:
    ConflictOfInterest.objects.create(
        application=application, person=person, kind="family", source="declared"
    )


def by_standing_conflict(application: Application, person: User) -> None:
    StandingConflict.objects.create(
        organisation=application.organisation, person=person, kind="ownership", declared_by=person
    )


def begun() -> Application:
    """A draft of a company with a licence that waits, in a round that another applied to first."""
    owner = cast.person(OWNER)
    organisation = create_organisation(
        by=owner, kind=OrganisationKind.COMPANY, name=NAME, credit_code=CODE
    )
    upload_licence(organisation, cast.pdf(f"{FILE}.pdf"), by=owner)
    round = cast.open_round(ROUND)
    cast.submitted("ben", round=round)
    application = drafts.start(round, organisation, by=owner)
    answers = cast.ANSWERS | {"team": ANSWER, "plan": ANSWER}
    drafts.save_answers(
        application, by=owner, title=TITLE, requested_amount="200000.00", answers=answers
    )
    file = cast.pdf(f"{FILE}.pdf")
    documents.add_document(application, file, by=owner, question_key="proposal")
    return application


def to_review(application: Application) -> None:
    """Asked for more, given time, written about, checked beside another, and in review."""
    officer, owner = cast.person("officer"), cast.person(OWNER)
    until = application.round.closes_at + timedelta(days=2)
    extending.extend(application, by=officer, until=until, reason=f"{ANSWER} is late")
    submitting.submit(application, by=owner)
    screening.return_for_information(application, by=officer, reason=f"What is {ANSWER}?")
    write_message(application, by=owner, text=f"{ANSWER} is a thing.")
    submitting.submit(application, by=owner)
    write_message(application, by=officer, text=f"So {TITLE} has it.")
    other = Application.objects.get(organisation=cast.individual("ben"))
    rule = ScreeningRule.objects.create(
        round=application.round, kind="same_code", is_blocking=False
    )
    _checked(rule, application, {"value": CODE, "reference": "APP-1", "organisation": "x"})
    _checked(rule, other, {"value": "x", "reference": application.reference, "organisation": NAME})
    _told_from_outside(application)
    cast.screened(application)


def _checked(rule: ScreeningRule, application: Application, row: dict) -> None:
    EligibilityCheck.objects.create(
        application=application, rule=rule, outcome="failed", evidence={"others": [row]}
    )


def _told_from_outside(application: Application) -> None:
    batch = SignalImport.objects.create(source="store", sha256="1" * 64, count=2)
    of = [{"application": application}, {"organisation": application.organisation}]
    for about in of:
        Signal.objects.create(batch=batch, name="risk", value=3, as_of=date(2026, 1, 1), **about)


def to_reviewed(application: Application) -> None:
    """One review is sent; two more reviewers hold an assignment that stands."""
    cast.reviewed(application)
    for handle in ("reviewer9", ARGUS):
        held = Assignment.objects.create(
            application=application,
            reviewer=User.objects.get(email=f"{handle}@test.example"),
            assigned_by=cast.person("officer"),
            state="accepted",
        )
        Review.objects.create(assignment=held, comment=ANSWER)


def to_paid(application: Application) -> None:
    """Decided, awarded, reported, and paid by a bank file; the bank's line is matched."""
    officer, owner = cast.person("officer"), cast.person(OWNER)
    organisation = application.organisation
    decision = awards.propose(
        application, by=officer, outcome="award", amount="100000.00", reasons=ANSWER, feedback=TITLE
    )
    award = awards.confirm(decision, by=cast.person("approver"))
    decision.refresh_from_db()
    awards.release(decision, by=officer)
    award.refresh_from_db()
    milestone = milestones.accept_award(award, by=owner).milestones.first()
    file = cast.pdf(f"{FILE}.pdf", b"evidence")
    milestones.submit(milestone, by=owner, report=ANSWER, files=[file])
    payee = payees.name_payee(
        organisation, by=owner, kind="bank", account="6222021234567890128",
        holder_name=NAME, bank_name="工商银行", cnaps_code="102100099996",
    )  # fmt: skip
    payees.verify_payee(payee, by=cast.person("controller"), proof="letter")
    (payout,) = due.accept_milestone(milestone, by=officer)
    batch = batches.prepare_batch([payout], by=cast.person("finance"), rail="bank_file")
    batches.submit_batch(batch, by=cast.person("finance"))
    approving.approve_batch(batch, by=cast.person("controller"))
    releasing.release_batch(batch, by=cast.person("controller"))
    _told_by_the_bank(payee.account_index, PaymentAttempt.objects.get())
    run_books_check(by=cast.person("auditor"))


def _told_by_the_bank(account_index: str, attempt: PaymentAttempt) -> None:
    statement = BankStatement.objects.create(
        kind="csv", name="day.csv", sha256="2" * 64, count=2, uploaded_by=cast.person("finance")
    )
    for ordinal, number in enumerate((attempt.number, ""), start=1):
        StatementLine.objects.create(
            statement=statement, ordinal=ordinal, fingerprint=str(ordinal) * 64,
            booked_on=date(2026, 1, 1), amount=-attempt.payout.net, says="paid", number=number,
            holder_name=NAME, account_index=account_index, remark=TITLE,
        )  # fmt: skip


def everything_of(application: Application) -> dict[str, list]:
    """What the addresses are tried with: the keys of all that belongs to the case."""
    rows = _rows_of(application)
    named = [row.reference for row in rows if hasattr(row, "reference")]
    references = [name for name in dict.fromkeys(named) if name.startswith(CASES)]
    of_models: dict[str, list] = {}
    for row in rows:
        of_models.setdefault(row._meta.model_name, []).append(row.pk)
    keys = list(dict.fromkeys(row.pk for row in rows))
    return {
        "reference": references,
        "pk": keys,
        "of_models": of_models,
        "document": [row.pk for row in application.documents.all()],
        "slug": [application.round.slug],
        "rule": [row.pk for row in application.round.screening_rules.all()],
        "number": [1, *PaymentAttempt.objects.values_list("number", flat=True)],
        "position": [1],
        "key": ["plan", "proposal"],
        "verb": ["confirm"],
        "kind": ["cap"],
        "day": ["2026-01-01"],
        "rail": ["bank_file"],
        "file_format": ["pain001"],
        "token": ["x"],
        "app_label": ["grants"],
        "content_type_id": [1],
        "url": ["nothing/"],
    }


def _rows_of(application: Application) -> list:
    """Every row of ours that hangs on the case or on its organisation, found by its relations."""
    found, waiting = {}, [application, application.organisation]
    while waiting:
        row = waiting.pop()
        if (type(row), row.pk) in found:
            continue
        found[type(row), row.pk] = row
        for relation in row._meta.related_objects:
            if relation.related_model in LEADS_AWAY:
                continue
            rows = relation.related_model._base_manager.filter(**{relation.field.name: row})
            waiting.extend(rows)
        if isinstance(row, Payout) and row.batch:
            found[PayoutBatch, row.batch_id] = row.batch
    events = Event.objects.filter(case=application.reference).order_by("-pk")[:3]
    return [*found.values(), *StatementLine.objects.all(), *events]


LEADS_AWAY = (User, Event)
