"""A form as a whole: its parts in order, and what is wrong with it."""

from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from grants.programs.conditions import problems_of
from grants.programs.models import FormRule, FormVersion, Question, QuestionKind, Section
from grants.programs.rules import rule_problem

NEED_OPTIONS = (QuestionKind.CHOICE, QuestionKind.CHOICES)


@dataclass(frozen=True)
class Outline:
    """All of one version, by three queries."""

    form: FormVersion
    sections: list[Section]
    rules: list[FormRule]

    @property
    def questions(self) -> list[Question]:
        return [question for section in self.sections for question in section.questions.all()]


def outline_of(form: FormVersion) -> Outline:
    questions = Question.objects.order_by("position", "pk")
    sections = list(form.sections.prefetch_related(Prefetch("questions", questions)))
    for section in sections:
        section.form = form
        for question in section.questions.all():
            question.section = section
    return Outline(form, sections, list(form.rules.order_by("position", "pk")))


def broken_references(outline: Outline) -> list[str]:
    """Conditions and rules that name what is not there or comes later; one sentence each."""
    found = [
        _("“%(part)s”: %(problem)s") % {"part": problem.where, "problem": problem.sentence}
        for problem in problems_of(outline.form)
    ]
    for rule in outline.rules:
        if sentence := rule_problem(rule.expression, outline.questions):
            told = _("The rule “%(rule)s”: %(problem)s")
            found.append(told % {"rule": rule.expression, "problem": sentence})
    return found


def form_problems(outline: Outline) -> list[str]:
    """What a form still lacks before it can be published, one sentence each."""
    missing = []
    questions = sorted(outline.questions, key=lambda question: question.key)
    if not questions:
        missing.append(_("The form has no questions yet."))
    for question, following in pairwise(questions):
        if question.key == following.key:
            missing.append(_("Two questions have the key “%(key)s”.") % {"key": question.key})
    for question in questions:
        if question.kind in NEED_OPTIONS and not question.options:
            missing.append(_("“%(question)s” has no options.") % {"question": question.label})
        if question.kind == QuestionKind.GROUP and not question.columns:
            missing.append(_("“%(question)s” has no columns.") % {"question": question.label})
    return missing + broken_references(outline)
