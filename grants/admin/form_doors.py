"""What the pages that build a form share: finding its parts, and what each kind is called."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.core.errors import Refused
from grants.programs.models import FormRule, FormVersion, Question, QuestionKind, Round, Section
from grants.programs.services.forms import BUILDABLE

ABOUT: dict[str, tuple[str, object]] = {
    QuestionKind.SHORT_TEXT: ("text-short", gettext_lazy("A name or a line of words")),
    QuestionKind.LONG_TEXT: ("text-long", gettext_lazy("One or more paragraphs")),
    QuestionKind.NUMBER: ("number", gettext_lazy("A whole or decimal number")),
    QuestionKind.MONEY: ("coin", gettext_lazy("An amount to the fen")),
    QuestionKind.CHOICE: ("radio", gettext_lazy("One of several options")),
    QuestionKind.CHOICES: ("checks", gettext_lazy("Any number of the options")),
    QuestionKind.YES_NO: ("toggle", gettext_lazy("A plain yes or no")),
    QuestionKind.DATE: ("calendar", gettext_lazy("A day in the calendar")),
    QuestionKind.LINK: ("link", gettext_lazy("The address of a web page")),
    QuestionKind.FILE: ("file", gettext_lazy("One or more files to upload")),
    QuestionKind.GROUP: ("rows", gettext_lazy("Questions that are asked again for each row")),
    QuestionKind.BUDGET: ("table", gettext_lazy("Items that sum to the amount asked for")),
    QuestionKind.PLAN: ("flag", gettext_lazy("Milestones whose shares sum to 100 %")),
    QuestionKind.APP: ("phone", gettext_lazy("Package name, store link, category and devices")),
}


@dataclass(frozen=True)
class Kind:
    value: str
    label: str
    icon: str
    about: object


def kind_of(value: str) -> Kind:
    icon, about = ABOUT[value]
    return Kind(value, str(QuestionKind(value).label), icon, about)


def round_of(request, slug: str) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("program__fund")
    return get_object_or_404(rounds, slug=slug)


def officers_round(request, slug: str) -> Round:
    """The round, for who may change forms; 403 for others."""
    round = round_of(request, slug)
    if not request.user.has_perm("grants.change_round", round):
        raise PermissionDenied
    return round


def can_build(form: FormVersion, user) -> bool:
    is_open = form.published_at is None and form.round.state in BUILDABLE
    return is_open and user.has_perm("grants.change_round", form.round)


def version_of(round: Round) -> FormVersion:
    """The version in work, with the round that is at hand."""
    form = round.form_in_work
    form.round = round
    return form


def section_of(round: Round, pk: int) -> Section:
    section = get_object_or_404(Section.objects.select_related("form"), pk=pk, form__round=round)
    section.form.round = round
    return section


def question_of(round: Round, pk: int) -> Question:
    rows = Question.objects.select_related("section__form")
    question = get_object_or_404(rows, pk=pk, section__form__round=round)
    question.section.form.round = round
    return question


def rule_of(round: Round, pk: int) -> FormRule:
    rule = get_object_or_404(FormRule.objects.select_related("form"), pk=pk, form__round=round)
    rule.form.round = round
    return rule


def builder(round: Round, anchor: str = "") -> str:
    return reverse("admin:form-detail", args=[round.slug]) + (f"#{anchor}" if anchor else "")


def trail_to(round: Round) -> list[tuple[str, str]]:
    return [
        (_("Rounds"), reverse("admin:round-list")),
        (round.title, reverse("admin:round-detail", args=[round.slug])),
        (_("The form"), builder(round)),
    ]


def to_builder(request, round: Round, said: str = "", anchor: str = "") -> HttpResponseRedirect:
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(builder(round, anchor))


def only_post(request) -> None:
    if request.method != "POST":
        raise Http404


def done_or_told(request, round: Round, said: str, service, *args, anchor: str = "", **kwargs):
    """Carries a verb out and goes to the builder with what was done, or with why it was not."""
    only_post(request)
    try:
        service(*args, by=request.user, **kwargs)
    except Refused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(builder(round, anchor))
    return to_builder(request, round, said, anchor)
