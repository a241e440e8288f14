"""Filling in an application, page by page."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.selectors import questions_of
from grants.applications.services.documents import add_document, remove_document
from grants.applications.services.drafts import save_answers
from grants.core.errors import Refused
from grants.programs.models import Question
from grants.web.cases import application_of, frame, require
from grants.web.forms.answers import ProjectForm, SectionForm
from grants.web.forms.refusals import posted, show_problems, show_refusal
from grants.web.uploading import file_fields


def _editable_case(request: HttpRequest, reference: str) -> Application:
    application = application_of(request, reference)
    require(request, "edit_application", application)
    return application


@login_required
def application_project(request: HttpRequest, reference: str) -> HttpResponse:
    application = _editable_case(request, reference)
    if request.method != "POST" and not application.is_editable:
        return redirect("application-detail", application.reference)
    initial = {"title": application.title, "requested_amount": application.requested_amount}
    form = ProjectForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            show_problems(form, save_answers(application, by=request.user, **form.cleaned_data))
        except Refused as refusal:
            show_refusal(form, refusal)
        if not form.errors:
            return redirect(_page_after(application, _sections(application), 0))
    least, most = application.round.award_min, application.round.award_max
    hint = _("Between ¥%(least)s and ¥%(most)s.") % {
        "least": f"{least:,.2f}",
        "most": f"{most:,.2f}",
    }
    context = frame(request, application, form=form, amount_hint=hint)
    return render(request, "applicant/project.html", context)


def _sections(application: Application) -> dict[int, list[Question]]:
    """The questions by the position of their section."""
    sections: dict[int, list[Question]] = {}
    for question in questions_of(application):
        sections.setdefault(question.section.position, []).append(question)
    return sections


def _page_after(application: Application, sections, position: int) -> str:
    following = [other for other in sections if other > position]
    if following:
        return reverse("application-section", args=[application.reference, following[0]])
    return reverse("application-check", args=[application.reference])


def _page_before(application: Application, sections, position: int) -> str:
    earlier = [other for other in sections if other < position]
    if earlier:
        return reverse("application-section", args=[application.reference, earlier[-1]])
    return reverse("application-project", args=[application.reference])


@login_required
def application_section(request: HttpRequest, reference: str, position: int) -> HttpResponse:
    application = _editable_case(request, reference)
    sections = _sections(application)
    if position not in sections:
        raise Http404
    if request.method != "POST" and not application.is_editable:
        return redirect("application-detail", application.reference)
    questions = sections[position]
    form = SectionForm(
        questions, posted(request), request.FILES or None, initial=application.answers
    )
    if form.is_bound and form.is_valid():
        _save(request, application, form)
        if not form.errors and "remove" in request.POST:
            return redirect(request.path)
        if not form.errors:
            return redirect(_page_after(application, sections, position))
    files = file_fields(application, questions, request.user)
    context = frame(
        request,
        application,
        form=form,
        section=questions[0].section,
        fields=[(form[question.key], files.get(question.key)) for question in questions],
        back=_page_before(application, sections, position),
        number=list(sections).index(position) + 2,
        total=len(sections) + 1,
    )
    return render(request, "applicant/section.html", context)


def _save(request: HttpRequest, application: Application, form: SectionForm) -> None:
    """Saves what was typed, removes and adds files; what is refused goes beside its field."""
    try:
        show_problems(form, save_answers(application, by=request.user, answers=form.answers))
        for document in application.documents.filter(pk__in=_ids(request.POST.getlist("remove"))):
            remove_document(document, by=request.user)
    except Refused as refusal:
        show_refusal(form, refusal)
        return
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
