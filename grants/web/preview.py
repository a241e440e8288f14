"""The form of a round as an applicant will see it; nothing of it is kept."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from grants.applications.answers import amount_problem, problems, tidy, totals
from grants.core.numbers import read_number
from grants.programs.conditions import shown
from grants.programs.models import QuestionKind, Round, Section
from grants.programs.rules import broken_rules
from grants.programs.selectors import Outline, outline_of
from grants.web.forms.answers import Part, ProjectForm, SectionForm, Summary
from grants.web.forms.refusals import posted


@dataclass(frozen=True)
class PreviewPage:
    section: Section
    form: SectionForm
    parts: list[Part]
    is_shown: bool

    @property
    def summary(self) -> Summary:
        return self.form.summary


@login_required
def form_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """For those who see drafts of rounds. A POST shows what the answers open and what is wrong."""
    if not request.user.has_perm("grants.manage_rounds"):
        raise Http404
    round = get_object_or_404(Round.objects.select_related("program__fund"), slug=slug)
    outline = outline_of(round.form_in_work)
    data = posted(request)
    project = ProjectForm(data, standing={})
    amount = _amount(data.get("requested_amount", "")) if data is not None else None
    forms = [
        SectionForm(section.questions.all(), data, standing={}, amount=amount)
        for section in outline.sections
    ]
    answers: dict = {}
    for form in forms:
        if data is not None and form.is_valid():
            answers |= tidy(form.questions, form.answers)
    keys = shown(outline.questions, answers)
    is_checked = data is not None and "check" in data
    if is_checked:
        _check(round, outline, project, forms, answers, amount, keys)
    pages = [
        PreviewPage(
            section,
            form,
            form.parts(keys, {}, {}),
            any(question.key in keys for question in form.questions),
        )
        for section, form in zip(outline.sections, forms, strict=True)
    ]
    context = {
        "round": round,
        "version": outline.form,
        "project": project,
        "pages": pages,
        "is_right": is_checked and not project.errors and all(form.is_right for form in forms),
        "may_build": request.user.has_perm("grants.change_round", round),
    }
    return render(request, "applicant/preview.html", context)


def _amount(text: str) -> Decimal | None:
    try:
        return read_number(text)
    except ValueError:
        return None


def _check(
    round: Round,
    outline: Outline,
    project: ProjectForm,
    forms: list[SectionForm],
    answers: dict,
    amount: Decimal | None,
    keys: set[str],
) -> None:
    """Says beside each field what an applicant would be told."""
    asked = [question for question in outline.questions if question.key in keys]
    files = {question.key for question in asked if question.kind == QuestionKind.FILE}
    wrong = broken_rules(outline.rules, asked, answers, amount)
    wrong |= totals(asked, answers, amount)
    wrong |= problems(asked, answers, files, whole=True)
    for form in forms:
        mine = {question.key for question in form.questions}
        form.show({name: text for name, text in wrong.items() if name.partition(".")[0] in mine})
    told = {} if project.is_valid() and project.changes.get("title") else _untitled()
    if sentence := amount_problem(round, amount):
        told["requested_amount"] = sentence
    elif "requested_amount" in wrong:
        told["requested_amount"] = wrong["requested_amount"]
    project.show(told)


def _untitled() -> dict[str, str]:
    return {"title": _("Give your project a title.")}
