"""Saving a page of an application: the button and the autosave do the same."""

from collections.abc import Iterable
from functools import lru_cache

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grants.applications.information import closed_keys
from grants.applications.models import Application
from grants.applications.selectors import questions_of
from grants.applications.services.drafts import standing
from grants.applications.services.editing import read_locked
from grants.applications.services.merging import Saved, save_locked
from grants.core.dates import in_words
from grants.core.errors import Refused
from grants.programs.conditions import shown
from grants.programs.models import Question
from grants.web.cases import application_of, require
from grants.web.conflicts import Asked, asked_about
from grants.web.forms.answers import Page, ProjectForm, SectionForm
from grants.web.keeping import forget_words, person_mark

KEPT_FORMS = 50


def editable_case(request: HttpRequest, reference: str) -> Application:
    application = application_of(request, reference)
    require(request, "edit_application", application)
    return application


def by_section(questions: Iterable[Question]) -> dict[int, list[Question]]:
    """The questions by the position of their section."""
    sections: dict[int, list[Question]] = {}
    for question in questions:
        sections.setdefault(question.section.position, []).append(question)
    return sections


def project_form(application: Application, data=None) -> ProjectForm:
    return _closed(application, ProjectForm(data, standing=standing(application)))


def section_form(application: Application, questions, data=None, files=None) -> SectionForm:
    amount = application.requested_amount
    form = SectionForm(questions, data, files, standing=application.answers, amount=amount)
    return _closed(application, form)


def _closed(application: Application, form):
    """The form, with what was sent and stays while the fund asks for other answers."""
    form.closed = frozenset(closed_keys(application, form.keys))
    return form


def words_of(form: Page) -> dict:
    """What a valid form changed, for the service."""
    words = form.changes if isinstance(form, ProjectForm) else {"answers": form.answers}
    return {"base": form.base, **words}


def page_words(
    request: HttpRequest, application: Application, form: Page, *, is_kept: bool
) -> dict:
    """What a page carries so that it can be saved, merged, and found again.

    `is_kept`: it shows words that were not saved, over what they were written on.
    """
    url = request.path
    position = url.strip("/").split("/")[-1]
    return {
        "marks": form.marks(standing(application)) | (dict(form.base.marks) if is_kept else {}),
        "page_name": get_random_string(12),
        "is_kept": is_kept,
        "person": person_mark(request),
        "autosave_url": f"{url}autosave/",
        "keep_as": f"{request.user.pk}:{application.reference}:{position}",
        "saved_time": in_words(application.saved_at, "time"),
        "is_begun": bool(application.edits),
    }


@require_http_methods(["GET", "POST"])
def application_autosave(
    request: HttpRequest, reference: str, position: int | None = None
) -> HttpResponse:
    """Saves what is typed. Answers 401 where nobody is signed in and 409 where a rule says no.

    A GET gives a page that grew old a fresh token.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"reason": "signed out"}, status=401)
    if request.method == "GET":
        return JsonResponse({"token": get_token(request), "person": request.user.pk})
    try:
        with transaction.atomic():
            own = read_locked(Application.objects.of_applicant(request.user))
            application = get_object_or_404(own, reference=reference)
            require(request, "edit_application", application)
            form, questions = _form(application, position, request.POST)
            if not form.is_valid():
                raise Refused(_("Some signs in the text cannot be kept."))
            saved = save_locked(application, by=request.user, questions=questions, **words_of(form))
    except Refused as refusal:
        return JsonResponse({"detail": str(refusal)}, status=409)
    forget_words(request, _page_url(reference, position))
    return JsonResponse(_told(application, form, questions, saved))


@lru_cache(maxsize=KEPT_FORMS)
def _published(form_id: int) -> list[Question]:
    """The questions of a form with applications: it was published and no longer changes."""
    return questions_of(Application(form_id=form_id))


def _page_url(reference: str, position: int | None) -> str:
    if position is None:
        return reverse("application-project", args=[reference])
    return reverse("application-section", args=[reference, position])


def _form(application: Application, position: int | None, data) -> tuple[Page, list[Question]]:
    questions = _published(application.form_id)
    if position is None:
        return project_form(application, data), questions
    sections = by_section(questions)
    if position not in sections:
        raise Http404
    return section_form(application, sections[position], data), questions


def _told(application: Application, form: Page, questions: list[Question], saved: Saved) -> dict:
    asked = asked_about(saved, questions)
    marks = form.marks(standing(application))
    return {
        "saved": timezone.localtime(application.saved_at).strftime("%H:%M"),
        "marks": {name: mark for name, mark in marks.items() if name not in asked},
        "conflicts": {name: _block(conflict) for name, conflict in asked.items()},
        "unkept": list(saved.problems.values()) if isinstance(form, ProjectForm) else [],
        "shown": sorted(shown(questions, application.answers)),
        "taken": sorted(form.taken),
    }


def _block(asked: Asked) -> str:
    return render_to_string("applicant/_conflict.html", {"asked": asked})
