"""The page of one rule across several answers."""

from django.utils.translation import gettext as _

from grants.admin.form_doors import (
    builder,
    done_or_told,
    officers_round,
    rule_of,
    to_builder,
    trail_to,
    version_of,
)
from grants.admin.form_fields import RuleForm
from grants.admin.form_outline import FORM
from grants.admin.form_parts import closed
from grants.admin.site import desk
from grants.core.errors import Refused
from grants.programs.columns import columns_of
from grants.programs.models import FormRule, FormVersion, QuestionKind, Round
from grants.programs.questions import mark_of
from grants.programs.rules import AMOUNT, name_of
from grants.programs.selectors import outline_of
from grants.programs.services.form_rules import add_rule, change_rule, remove_rule


@desk.page(FORM + "rules/add/", name="rule-add", permission="change_round", section="rounds")
def rule_add(request, slug):
    round = officers_round(request, slug)
    form = version_of(round)

    def save(values):
        add_rule(form, by=request.user, **values)

    return _page(request, round, form, FormRule(form=form), save)


@desk.page(FORM + "rules/<int:pk>/", name="rule-edit", permission="change_round", section="rounds")
def rule_edit(request, slug, pk):
    round = officers_round(request, slug)
    rule = rule_of(round, pk)

    def save(values):
        change_rule(rule, by=request.user, seen=request.POST.get("seen", ""), **values)

    return _page(request, round, rule.form, rule, save)


def _page(request, round: Round, form: FormVersion, rule: FormRule, save):
    if gone := closed(request, round, form):
        return gone
    questions = outline_of(form).questions
    shape = RuleForm(request.POST or None, instance=rule, questions=questions)
    if shape.is_bound and shape.is_valid():
        try:
            save(shape.cleaned_data)
        except Refused as refused:
            shape.show(refused.problems or {"": refused.message})
        else:
            return to_builder(request, round, _("Saved."), "rules")
    fresh = FormRule.objects.get(pk=rule.pk) if rule.pk else rule
    context = {
        "round": round,
        "form": shape,
        "rule": rule,
        "seen": mark_of(fresh),
        "names": _names(questions),
        "back": builder(round, "rules"),
    }
    title = _("A rule across answers") if rule.pk else _("New rule")
    return desk.render(
        request, "admin/forms/rule.html", context, title=title, trail=trail_to(round)
    )


def _names(questions) -> list[tuple[str, str]]:
    """What a rule can name, with the words of the question."""
    names = [(AMOUNT, _("Amount that the applicant asks for"))]
    for question in questions:
        if question.kind == QuestionKind.FILE:
            continue
        columns = columns_of(question)
        name = name_of(question.key)
        names += [
            (f"{name}.{column.key}", f"{question.label} · {column.label}") for column in columns
        ] or [(name, question.label)]
    return names


@desk.page(
    FORM + "rules/<int:pk>/remove/", name="rule-remove", permission="change_round", section="rounds"
)
def rule_remove(request, slug, pk):
    round = officers_round(request, slug)
    rule = rule_of(round, pk)
    if request.method == "POST":
        said = _("The rule was removed.")
        return done_or_told(request, round, said, remove_rule, rule, anchor="rules")
    context = {"name": rule.expression, "back": builder(round, "rules")}
    title = _("Remove this rule?")
    return desk.render(
        request, "admin/forms/remove.html", context, title=title, trail=trail_to(round)
    )
