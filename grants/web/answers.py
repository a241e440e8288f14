"""Filling in an application, page by page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.selectors import questions_of
from grants.applications.services.documents import add_document, remove_document
from grants.applications.services.merging import save_page
from grants.core.errors import Refused
from grants.programs.conditions import shown
from grants.programs.models import Question
from grants.web.cases import frame
from grants.web.conflicts import Asked, asked_about, conflict_sentences
from grants.web.deadline import deadline_of
from grants.web.forms.answers import Page, SectionForm
from grants.web.forms.refusals import posted, show_refusal
from grants.web.keeping import forget_words, kept_words, signed_in_keeping_words
from grants.web.saving import (
    by_section,
    editable_case,
    page_words,
    project_form,
    section_form,
    words_of,
)
from grants.web.uploading import file_fields

BUTTONS = ("add", "drop", "remove")


@signed_in_keeping_words
def application_project(request: HttpRequest, reference: str) -> HttpResponse:
    application = editable_case(request, reference)
    if request.method != "POST" and not application.is_editable:
        return redirect("application-detail", application.reference)
    kept = kept_words(request) if request.method == "GET" else None
    form, asked = project_form(application, kept or posted(request)), {}
    if request.method == "POST" and form.is_valid():
        asked = _save(request, application, form, [])
        if not form.errors:
            return redirect(_pages(application)[1])
    least, most = application.round.award_min, application.round.award_max
    hint = _("Between ¥%(least)s and ¥%(most)s.") % {
        "least": f"{least:,.2f}",
        "most": f"{most:,.2f}",
    }
    context = _frame(request, application, form, asked, amount_hint=hint, is_kept=bool(kept))
    return render(request, "applicant/project.html", context)


@signed_in_keeping_words
def application_section(request: HttpRequest, reference: str, position: int) -> HttpResponse:
    """One section. Its buttons for rows and files save as well, and show it again."""
    application = editable_case(request, reference)
    if request.method != "POST" and not application.is_editable:
        return redirect("application-detail", application.reference)
    questions = questions_of(application)
    sections = by_section(questions)
    open_before = shown(questions, application.answers)
    if position not in sections or not _is_open(request, sections[position], open_before):
        raise Http404
    kept = kept_words(request) if request.method == "GET" else None
    form = section_form(
        application, sections[position], kept or posted(request), request.FILES or None
    )
    asked: dict[str, Asked] = {}
    if request.method == "POST" and form.is_valid():
        asked = _save(request, application, form, questions)
        _keep_files(request, application, form)
        away = _page_after_saving(request, application, form, questions, open_before)
        if away:
            return redirect(away)
    elif kept:
        form.is_valid()
    return _show(request, application, form, questions, asked, is_kept=bool(kept))


def _is_open(request: HttpRequest, section: list[Question], keys: set[str]) -> bool:
    """A section of which nothing is shown is only saved: its page may be older than that."""
    return request.method == "POST" or any(question.key in keys for question in section)


def _page_after_saving(request, application, form, questions, open_before) -> str:
    """Where to go on, or "" to show the page again."""
    if not form.is_right:
        return ""
    if "remove" in request.POST:
        return request.path
    keys = {question.key for question in form.questions}
    opened = (shown(questions, application.answers) - open_before) & keys
    if opened:
        messages.info(request, _("Your answers are saved. They open further questions below."))
    if opened or any(button in request.POST for button in BUTTONS):
        return ""
    pages = _pages(application, questions)
    return pages[pages.index(request.path) + 1] if request.path in pages else pages[-1]


def _pages(application: Application, questions: list[Question] | None = None) -> list[str]:
    """The addresses in order: the project, the sections that are shown, the check."""
    questions = questions_of(application) if questions is None else questions
    keys, reference = shown(questions, application.answers), application.reference
    positions = by_section(question for question in questions if question.key in keys)
    return [
        reverse("application-project", args=[reference]),
        *(reverse("application-section", args=[reference, position]) for position in positions),
        reverse("application-check", args=[reference]),
    ]


def _show(request, application, form: SectionForm, questions, asked, *, is_kept) -> HttpResponse:
    pages = _pages(application, questions)
    number = pages.index(request.path) if request.path in pages else 1
    context = _frame(
        request,
        application,
        form,
        asked,
        section=form.questions[0].section,
        # Not asked of the form in the template: a question may have such a key.
        summary=form.summary,
        is_wrong=not form.is_right and not form.non_field_errors(),
        parts=form.parts(
            shown(questions, application.answers),
            file_fields(application, form.questions, request.user),
            asked,
        ),
        deciding=_deciding(questions),
        back=pages[number - 1],
        number=number + 1,
        total=len(pages) - 1,
        is_kept=is_kept,
    )
    return render(request, "applicant/section.html", context)


def _deciding(questions: list[Question]) -> str:
    """The names of the fields on whose answers it depends what is shown."""
    rules = [question.show_when for question in questions]
    rules += [question.section.show_when for question in questions]
    tests = [test for rule in rules for tests in rule.values() for test in tests]
    return " ".join(sorted({f"q-{test['question']}" for test in tests}))


def _frame(
    request, application, form: Page, asked: dict[str, Asked], *, is_kept: bool, **more
) -> dict:
    return frame(
        request,
        application,
        form=form,
        asked=asked,
        deadline=deadline_of(application),
        **page_words(request, application, form, is_kept=is_kept),
        **more,
    )


def _save(request, application: Application, form: Page, questions) -> dict[str, Asked]:
    """Saves; what is refused, wrong or in conflict is said beside its field."""
    try:
        saved = save_page(
            application, by=request.user, questions=questions or None, **words_of(form)
        )
    except Refused as refusal:
        show_refusal(form, refusal)
        return {}
    forget_words(request, request.path)
    asked = asked_about(saved, questions)
    form.show(saved.problems | conflict_sentences(asked))
    return asked


def _keep_files(request: HttpRequest, application: Application, form: SectionForm) -> None:
    """Removes and adds files, unless the answers were refused."""
    if form.non_field_errors():
        return
    try:
        for document in application.documents.filter(pk__in=_ids(request.POST.getlist("remove"))):
            remove_document(document, by=request.user)
    except Refused as refusal:
        show_refusal(form, refusal)
    for key, upload in form.uploads:
        try:
            add_document(application, upload, by=request.user, question_key=key)
        except Refused as refusal:
            form.add_error(key, _("“%(name)s”: %(why)s") % {"name": upload.name, "why": refusal})


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        return []
