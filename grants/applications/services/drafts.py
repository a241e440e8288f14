"""What an applicant does with a draft: begins it, fills it in, takes it back."""

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import Organisation
from grants.accounts.policies import may_write_for
from grants.applications.answers import (
    Wrong,
    amount_problem,
    misshapen,
    problems,
    read_text,
    tidy,
)
from grants.applications.information import refuse_closed_keys
from grants.applications.models import Application
from grants.applications.selectors import (
    files_of,
    questions_of,
    shown_questions,
    what_is_wrong,
)
from grants.applications.services.editing import (
    locked,
    refuse_unless_editable,
    refuse_unless_open,
)
from grants.core.digest import canonical
from grants.core.errors import Refused
from grants.core.ids import next_reference
from grants.core.money import to_fen
from grants.core.policy import require
from grants.events.services import advance, record
from grants.programs.conditions import shown
from grants.programs.models import Question, QuestionKind, Round

TITLE_LENGTH = 120
SAVED = ("answers", "edits", "title", "requested_amount", "saved_at")
LARGEST_DRAFT = 4_000_000
AMOUNT_QUESTION = Question(key="requested_amount", kind=QuestionKind.MONEY, is_required=True)
TITLE_QUESTION = Question(
    key="title", kind=QuestionKind.SHORT_TEXT, is_required=True, max_length=TITLE_LENGTH
)


@transaction.atomic
def start(round: Round, organisation: Organisation, *, by) -> Application:
    """The organisation's application in the round; begins a draft where there is none.

    A double click finds the first draft. Raises `Refused` where the round is not open.
    """
    if not may_write_for(by, organisation):
        raise PermissionDenied
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    found = (
        Application.objects.filter(round=round, organisation=organisation)
        .exclude(state="withdrawn")
        .first()
    )
    if found:
        return found
    round = Round.objects.get(pk=round.pk)
    refuse_unless_open(round)
    try:
        application = Application.objects.create(
            reference=next_reference("APP"),
            round=round,
            organisation=organisation,
            form=round.form,
            created_by=by,
        )
    except IntegrityError:
        raise Refused(_("This application was begun a moment ago. Reload the page.")) from None
    record(application, "start", by=by, to_state=application.state)
    return application


@transaction.atomic
def save_answers(
    application: Application,
    *,
    by,
    answers: Mapping[str, object] | None = None,
    title: str | None = None,
    requested_amount: str | Decimal | None = None,
) -> dict[str, str]:
    """Keeps a draft: right answers in normal form, wrong ones as they were typed.

    Returns one sentence for each thing that is wrong. The title and the amount are columns: a wrong
    one is not kept, but said. Keys that the form does not have are refused.
    """
    require(by, "edit_application", application)
    fresh = locked(application)
    refuse_unless_editable(fresh)
    found = keep(
        fresh,
        questions_of(fresh),
        by=by,
        answers=answers,
        title=title,
        requested_amount=requested_amount,
    )
    for name in SAVED:
        setattr(application, name, getattr(fresh, name))
    return found


def keep(
    application: Application,
    questions: list[Question],
    *,
    by,
    origin: Mapping[str, object] | None = None,
    answers: Mapping[str, object] | None = None,
    title: str | None = None,
    requested_amount: str | Decimal | None = None,
) -> dict[str, str]:
    """As `save_answers`, for a row that the caller has locked and asked about; saves it.

    `origin`: the `page` that this was written on, and which `turn` of it this is.
    """
    unknown = set(answers or {}) - {question.key for question in questions}
    if unknown:
        raise Refused(
            _("The form has no question “%(key)s”.") % {"key": sorted(unknown)[0]},
            field=sorted(unknown)[0],
        )
    found: dict[str, str] = {}
    before = standing(application)
    if answers is not None:
        application.answers = application.answers | tidy(questions, answers)
        _refuse_too_much(application.answers)
        asked = shown(questions, application.answers) & set(answers)
        touched = [question for question in questions if question.key in asked]
        found |= problems(touched, application.answers, (), whole=False)
        found |= misshapen(questions, answers)
    if title is not None:
        _set_title(application, title, found)
    if requested_amount is not None:
        _set_amount(application, requested_amount, found)
    now = standing(application)
    changed = {name for name in now if (before.get(name) or "") != (now[name] or "")}
    refuse_closed_keys(application, sorted(changed))
    application.saved_at = timezone.now()
    edit = {"by": by.pk, "at": application.saved_at.isoformat(), **(origin or {})}
    application.edits = application.edits | dict.fromkeys(changed, edit)
    Application.objects.filter(pk=application.pk).update(
        **{name: getattr(application, name) for name in SAVED}
    )
    return found


def standing(application: Application) -> dict[str, object]:
    """The answers by question key, with `title` and `requested_amount` as texts."""
    amount = application.requested_amount
    columns = {
        "title": application.title,
        "requested_amount": "" if amount is None else str(amount),
    }
    return application.answers | columns


def _refuse_too_much(answers: Mapping[str, object]) -> None:
    if len(canonical(answers)) > LARGEST_DRAFT:
        raise Refused(
            _("These answers are too long to keep: at most %(count)s characters in all.")
            % {"count": f"{LARGEST_DRAFT:,}"}
        )


def _set_title(application: Application, title: str, found: dict[str, str]) -> None:
    try:
        application.title = read_text(TITLE_QUESTION, title)
    except Wrong as wrong:
        found["title"] = str(wrong)


def _set_amount(application: Application, raw, found: dict[str, str]) -> None:
    try:
        text = read_text(AMOUNT_QUESTION, raw)
    except Wrong as wrong:
        found["requested_amount"] = str(wrong)
        return
    amount = to_fen(text) if text else None
    problem = amount_problem(application.round, amount) if amount is not None else ""
    if problem:
        found["requested_amount"] = problem
    else:
        application.requested_amount = amount


def missing(application: Application) -> dict[str, str]:
    """What stands in the way of submitting: one sentence for each field or question key."""
    found = what_is_wrong(application, shown_questions(application), files_of(application))
    if not application.title:
        found["title"] = _("Give your project a title.")
    problem = amount_problem(application.round, application.requested_amount)
    if problem:
        found["requested_amount"] = problem
    return found


@transaction.atomic
def withdraw(application: Application, *, by, reason: str = "") -> None:
    """Takes the application back. It cannot be undone; a new one can be begun while open."""
    require(by, "withdraw_application", application)
    advance(application, "withdraw", by=by, data={"reason": reason})
