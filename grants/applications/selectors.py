"""What pages of an application need from several models at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from grants.accounts.models import Membership, Organisation
from grants.applications.answers import problems, totals
from grants.applications.lifecycle import BlindCheckState
from grants.applications.models import (
    Application,
    ConflictOfInterest,
    Document,
    StandingConflict,
    kept_from,
    organisations_kept_from,
)
from grants.programs.conditions import shown
from grants.programs.models import FormRule, FormVersion, Question, QuestionKind, Section
from grants.programs.rules import broken_rules


@dataclass(frozen=True)
class TaskSection:
    """A section of the form with its state: not_started, in_progress or done."""

    section: Section
    questions: list[Question]
    state: str
    problems: dict[str, str]


def questions_of(application: Application) -> list[Question]:
    return list(
        Question.objects.filter(section__form_id=application.form_id)
        .select_related("section")
        .order_by("section__position", "position")
    )


def plan_key(application: Application) -> str | None:
    """The key of the question that asks for the milestones, if the form has one."""
    plans = Question.objects.filter(section__form_id=application.form_id, kind=QuestionKind.PLAN)
    return plans.order_by("section__position", "position").values_list("key", flat=True).first()


def newer_form(application: Application) -> FormVersion | None:
    """The version that the round asks now, where the application is on an older one.

    Only what may still be sent of one's own accord is asked to go on: nobody who was asked for more
    meets a new form.
    """
    if application.state not in ("draft", "submitted"):
        return None
    form = application.round.form
    return form if form.pk != application.form_id else None


def files_of(application: Application) -> dict[str, list[Document]]:
    """The files that stand, by question key."""
    files: dict[str, list[Document]] = {}
    for document in application.documents.filter(removed_at=None).order_by("at", "pk"):
        files.setdefault(document.question_key, []).append(document)
    return files


def shown_questions(application: Application) -> list[Question]:
    """The questions that the answers of the draft leave open, in order."""
    questions = questions_of(application)
    keys = shown(questions, application.answers)
    return [question for question in questions if question.key in keys]


def what_is_wrong(
    application: Application, questions: list[Question], files: dict[str, list[Document]]
) -> dict[str, str]:
    """A sentence for each of these questions, the shown ones, that keeps it from being sent."""
    answers, amount = application.answers, application.requested_amount
    rules = FormRule.objects.filter(form_id=application.form_id)
    found = broken_rules(rules, questions, answers, amount)
    found |= totals(questions, answers, amount)
    found |= problems(questions, answers, files, whole=True)
    order = {question.key: place for place, question in enumerate(questions)}
    return dict(sorted(found.items(), key=lambda row: order.get(row[0].partition(".")[0], -1)))


def task_list(application: Application) -> list[TaskSection]:
    """The sections in order that have a question to show, with what is still wrong in each."""
    files, asked = files_of(application), shown_questions(application)
    by_section: dict[Section, list[Question]] = {}
    for question in asked:
        by_section.setdefault(question.section, []).append(question)
    wrong = what_is_wrong(application, asked, files)
    tasks = []
    for section, questions in by_section.items():
        keys = {question.key for question in questions}
        here = {field: text for field, text in wrong.items() if field.partition(".")[0] in keys}
        touched = any(application.answers.get(key) or key in files for key in keys)
        state = "done" if not here else "in_progress" if touched else "not_started"
        if not here and not touched and not any(q.is_required for q in questions):
            state = "not_started"
        tasks.append(TaskSection(section, questions, state, here))
    return tasks


def organisations_at_desk(user) -> QuerySet[Organisation]:
    """What `visible_to` gives, without those behind cases that something keeps the person from.

    Members see their own.
    """
    own = Q(pk__in=user.own_organisations)
    return Organisation.objects.visible_to(user).filter(own | ~organisations_kept_from(user))


def tells_who_applies(application: Application) -> bool:
    """Whether the newest submission was looked through, tells, and nobody let it pass."""
    newest = application.blind_checks.order_by("-submission__number").first()
    return bool(
        application.round.is_blind
        and newest
        and newest.submission_id == getattr(application.latest, "pk", None)
        and newest.state == BlindCheckState.TELLS
    )


def kept_cases(user) -> QuerySet:
    """The references of the cases that something keeps the person from, as a subquery."""
    return Application.objects.filter(kept_from(user)).values("reference")


def barred_pairs(applications: Iterable[int], people: Iterable[int]) -> set[tuple[int, int]]:
    """(application, person) by id, for each person whom something keeps from it. Three queries."""
    cases, persons = list(applications), list(people)
    barring = ConflictOfInterest.objects.barring().filter(application__in=cases, person__in=persons)
    pairs = set(barring.values_list("application_id", "person_id"))
    of_case = "organisation__applications"
    members = Membership.objects.filter(user__in=persons, organisation__applications__in=cases)
    pairs |= set(members.values_list(of_case, "user_id"))
    standing = StandingConflict.objects.in_force().filter(
        person__in=persons, organisation__applications__in=cases
    )
    return pairs | set(standing.values_list(of_case, "person_id"))
