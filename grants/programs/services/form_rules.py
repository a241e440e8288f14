"""Rules across several answers, as officers write them."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.programs.models import FormRule, FormVersion
from grants.programs.questions import mark_of
from grants.programs.rules import rule_problem
from grants.programs.selectors import outline_of
from grants.programs.services.forms import hold, told, unchanged

MOST_RULES = 100


@transaction.atomic
def add_rule(form: FormVersion, *, by, **values) -> FormRule:
    """Adds a rule at the end: `expression`, both messages, and perhaps `question_key`."""
    round = hold(form, by=by)
    if form.rules.count() >= MOST_RULES:
        raise Refused(_("A form has at most %(most)s rules.") % {"most": MOST_RULES})
    last = form.rules.aggregate(last=Max("position"))["last"] or 0
    rule = FormRule(form=form, position=last + 1, **values)
    _save(rule)
    told(round, "add_rule", rule.expression, by=by)
    return rule


@transaction.atomic
def change_rule(rule: FormRule, *, by, seen: str = "", **values) -> FormRule:
    round = hold(rule.form, by=by)
    fresh = unchanged(rule, seen)
    before = mark_of(fresh)
    for name, value in values.items():
        setattr(fresh, name, value)
    _save(fresh)
    if mark_of(fresh) != before:
        told(round, "change_rule", fresh.expression, by=by)
    return fresh


@transaction.atomic
def remove_rule(rule: FormRule, *, by) -> None:
    round = hold(rule.form, by=by)
    fresh = unchanged(rule, "")
    fresh.delete()
    told(round, "remove_rule", fresh.expression, by=by)


def _save(rule: FormRule) -> None:
    questions = outline_of(rule.form).questions
    if sentence := rule_problem(rule.expression, questions):
        raise Refused(sentence, field="expression")
    if rule.question_key and rule.question_key not in {question.key for question in questions}:
        told_at = _("The form has no question “%(key)s”.") % {"key": rule.question_key}
        raise Refused(told_at, field="question_key")
    rule.save()
