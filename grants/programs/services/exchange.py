"""Bringing in a form from a file."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.programs.exchange import parts_from
from grants.programs.models import FormRule, FormVersion, Question, Section
from grants.programs.questions import question_problems
from grants.programs.selectors import broken_references, outline_of
from grants.programs.services.form_rules import MOST_RULES
from grants.programs.services.forms import MOST_QUESTIONS, MOST_SECTIONS, hold, told


@transaction.atomic
def import_form(form: FormVersion, raw: bytes, *, by) -> None:
    """Puts what a file says in the place of all that the version has.

    All of it or nothing: raises `Refused` with the first thing that is wrong.
    """
    round = hold(form, by=by)
    sections, rules = parts_from(raw)
    questions = [question for _section, rows in sections for question in rows]
    _refuse_too_many(len(sections), len(questions), len(rules))
    _refuse_wrong(sections, rules)
    form.sections.all().delete()
    form.rules.all().delete()
    for section, rows in sections:
        section.form = form
        section.save(force_insert=True)
        for question in rows:
            question.section = section
    Question.objects.bulk_create(questions)
    for rule in rules:
        rule.form = form
    FormRule.objects.bulk_create(rules)
    if problems := broken_references(outline_of(form)):
        raise Refused(problems[0], field="file")
    told(round, "import_form", f"{len(questions)}", by=by)


def _refuse_too_many(sections: int, questions: int, rules: int) -> None:
    limits = [(sections, MOST_SECTIONS), (questions, MOST_QUESTIONS), (rules, MOST_RULES)]
    if any(count > most for count, most in limits):
        raise Refused(
            _(
                "A form has at most %(sections)s sections, %(questions)s questions and"
                " %(rules)s rules."
            )
            % {"sections": MOST_SECTIONS, "questions": MOST_QUESTIONS, "rules": MOST_RULES},
            field="file",
        )


def _refuse_wrong(sections: list[tuple[Section, list[Question]]], rules: list[FormRule]) -> None:
    seen: set[str] = set()
    for number, (section, rows) in enumerate(sections):
        _refuse_unclean(section, f"/sections/{number}", ["form", "show_when"])
        for place, question in enumerate(rows):
            path = f"/sections/{number}/questions/{place}"
            for field, sentence in question_problems(question).items():
                raise _wrong(f"{path}/{field.replace('.', '/')}", sentence)
            if question.key in seen:
                raise _wrong(f"{path}/key", _("Another question of this form has this key."))
            seen.add(question.key)
    for number, rule in enumerate(rules):
        _refuse_unclean(rule, f"/rules/{number}", ["form"])
        if rule.question_key and rule.question_key not in seen:
            told_at = _("The form has no question “%(key)s”.") % {"key": rule.question_key}
            raise _wrong(f"/rules/{number}/question", told_at)


def _refuse_unclean(thing, path: str, exclude: list[str]) -> None:
    try:
        thing.clean_fields(exclude=exclude)
    except ValidationError as wrong:
        field, texts = next(iter(wrong.message_dict.items()))
        raise _wrong(f"{path}/{field}", texts[0]) from None


def _wrong(path: str, sentence: str) -> Refused:
    told_at = _("%(path)s: %(problem)s")
    return Refused(told_at % {"path": path, "problem": sentence}, field="file")
