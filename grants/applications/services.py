"""What an applicant and a screening officer do with an application."""

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import Organisation
from grants.accounts.policies import may_write_for
from grants.applications.answers import Wrong, amount_problem, problems, read_answer, tidy
from grants.applications.files import examine, refuse_too_many
from grants.applications.models import Application, Document, Submission
from grants.applications.selectors import files_of, questions_of
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.ids import next_reference
from grants.core.money import to_fen
from grants.core.policy import require
from grants.events.services import advance, hold_still, lock, record
from grants.programs.models import Question, QuestionKind, Round

TITLE_LENGTH = 120
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
    _refuse_unless_open(round)
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


def _refuse_unless_open(round: Round) -> None:
    if not round.is_open:
        when = timezone.localtime(round.closes_at).strftime("%Y-%m-%d %H:%M")
        if round.closes_at <= timezone.now():
            raise Refused(_("This round closed at %(when)s.") % {"when": when})
        raise Refused(_("This round is not open."))


def _refuse_unless_editable(application: Application) -> None:
    if not application.is_editable:
        if application.state in ("draft", "submitted"):
            _refuse_unless_open(application.round)
        raise Refused(_("This application can no longer be changed."))


def _locked(application: Application) -> Application:
    lock(application)
    rows = Application.objects.select_related("round__program__fund", "organisation", "form")
    return rows.get(pk=application.pk)


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
    fresh = _locked(application)
    _refuse_unless_editable(fresh)
    questions = questions_of(fresh)
    unknown = set(answers or {}) - {question.key for question in questions}
    if unknown:
        raise Refused(
            _("The form has no question “%(key)s”.") % {"key": sorted(unknown)[0]},
            field=sorted(unknown)[0],
        )
    found: dict[str, str] = {}
    if answers is not None:
        fresh.answers = fresh.answers | tidy(questions, answers)
        touched = [question for question in questions if question.key in answers]
        found |= problems(touched, fresh.answers, files_of(fresh), whole=False)
    if title is not None:
        _set_title(fresh, title, found)
    if requested_amount is not None:
        _set_amount(fresh, requested_amount, found)
    fresh.saved_at = timezone.now()
    fresh.save(update_fields=["answers", "title", "requested_amount", "saved_at"])
    for name in ("answers", "title", "requested_amount", "saved_at"):
        setattr(application, name, getattr(fresh, name))
    return found


def _set_title(application: Application, title: str, found: dict[str, str]) -> None:
    try:
        application.title = read_answer(TITLE_QUESTION, title)
    except Wrong as wrong:
        found["title"] = str(wrong)


def _set_amount(application: Application, raw, found: dict[str, str]) -> None:
    try:
        text = read_answer(AMOUNT_QUESTION, raw)
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
    found = problems(
        questions_of(application), application.answers, files_of(application), whole=True
    )
    if not application.title:
        found["title"] = _("Give your project a title.")
    problem = amount_problem(application.round, application.requested_amount)
    if problem:
        found["requested_amount"] = problem
    return found


@transaction.atomic
def submit(application: Application, *, by) -> Submission:
    """Freezes the answers and sends them. Sending the same content again returns the first.

    Raises `Refused` after the close, and with one sentence for each thing that is missing.
    """
    require(by, "submit_application", application)
    fresh = _locked(application)
    hold_still(fresh.round)  # closing waits until this is sent, or was first
    fresh.round.refresh_from_db(fields=["state", "closes_at"])
    _refuse_unless_editable(fresh)
    if wrong := missing(fresh):
        raise Refused(_("Some answers are missing or need a correction."), problems=wrong)
    content = _content(fresh)
    last, sha256 = fresh.latest, digest(content)
    if last and last.sha256 == sha256 and fresh.state == "submitted":
        return last
    submission = Submission.objects.create(
        application=fresh,
        number=last.number + 1 if last else 1,
        content=content,
        sha256=sha256,
        submitted_by=by,
    )
    advance(
        application,
        "submit",
        by=by,
        submitted_at=submission.at,
        return_reason="",
        data={"submission": submission.number, "sha256": sha256},
    )
    return submission


def _content(application: Application) -> dict:
    files = files_of(application)
    return {
        "reference": application.reference,
        "round": application.round.slug,
        "form_version": application.form.number,
        "organisation": {
            "name": application.organisation.name,
            "credit_code": application.organisation.credit_code,
        },
        "title": application.title,
        "requested_amount": str(application.requested_amount),
        "answers": dict(sorted(application.answers.items())),
        "files": [
            {"question": key, "name": document.name, "sha256": document.sha256}
            for key, documents in sorted(files.items())
            for document in documents
            if key
        ],
    }


@transaction.atomic
def withdraw(application: Application, *, by, reason: str = "") -> None:
    """Takes the application back. It cannot be undone; a new one can be begun while open."""
    require(by, "withdraw_application", application)
    advance(application, "withdraw", by=by, data={"reason": reason})


def add_document(application: Application, upload: File, *, by, question_key: str) -> Document:
    """Stores a file as an answer. Raises `Refused` for a file that is not taken."""
    require(by, "edit_application", application)
    examined = examine(upload)
    with transaction.atomic():
        fresh = _locked(application)
        _refuse_unless_editable(fresh)
        known = {q.key for q in questions_of(fresh) if q.kind == QuestionKind.FILE}
        if question_key not in known:
            raise Refused(_("The form asks for no file here."), field="file")
        refuse_too_many(len(files_of(fresh).get(question_key, [])) + 1)
        document = store(fresh, upload, examined, by=by, question_key=question_key)
        Application.objects.filter(pk=fresh.pk).update(saved_at=timezone.now())
    return document


def store(application: Application, upload: File, examined, *, by, question_key="") -> Document:
    """Writes an examined file and its row, and records it; inside the caller's transaction."""
    document = Document(
        application=application,
        question_key=question_key,
        name=examined.name,
        content_type=examined.content_type,
        size=examined.size,
        sha256=examined.sha256,
        uploaded_by=by,
    )
    document.file.save("", upload, save=False)
    document.save()
    record(document, "upload", by=by, data={"name": document.name, "sha256": document.sha256})
    return document


@transaction.atomic
def remove_document(document: Document, *, by) -> None:
    """Takes a file off the draft. Submissions that named it keep its hash."""
    require(by, "edit_application", document.application)
    application = _locked(document.application)
    _refuse_unless_editable(application)
    fresh = lock(document)
    if fresh.removed_at is None:
        Document.objects.filter(pk=document.pk).update(removed_at=timezone.now())
        Application.objects.filter(pk=application.pk).update(saved_at=timezone.now())
        record(document, "remove", by=by, data={"name": document.name})


@transaction.atomic
def screen(application: Application, *, by, is_eligible: bool, reason: str = "") -> None:
    """Passes an application on to review, or finds it not eligible with a reason."""
    require(by, "screen_application", application)
    fresh = _locked(application)
    if fresh.round.is_open:
        raise Refused(_("The round is still open: applicants may change their answers until then."))
    if not is_eligible and not reason.strip():
        raise Refused(_("Say why the application is not eligible."), field="reason")
    if fresh.state == "submitted":
        advance(application, "begin_screening", by=by)
    advance(application, "pass" if is_eligible else "fail", by=by, data={"reason": reason})


@transaction.atomic
def return_for_information(application: Application, *, by, reason: str) -> None:
    """Asks the applicant for more; the answers can be changed and sent again."""
    require(by, "return_application", application)
    if not reason.strip():
        raise Refused(_("Say what you need to know."), field="reason")
    advance(application, "return", by=by, return_reason=reason, data={"reason": reason})
