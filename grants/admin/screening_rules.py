"""The rules of a round's screening: a form for each kind, no code."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import OrganisationKind
from grants.admin.forms import VerbForm
from grants.admin.screening import round_of
from grants.admin.site import desk
from grants.core.regions import REGIONS
from grants.programs.models import Round
from grants.screening import words
from grants.screening.kinds import FIELDS, NEEDS_QUESTION, Scope, Test, questions_for
from grants.screening.lifecycle import RuleKind
from grants.screening.models import ScreeningRule
from grants.screening.selectors import rules_of
from grants.screening.services import rules

NUMERIC = {"inputmode": "decimal", "class": "num"}
STARTS = {
    "most": "1",
    "scope": Scope.ROUND,
    "threshold": "0.60",
    "test": Test.AT_LEAST,
    "linked": True,
}


class RuleForm(VerbForm):
    """The parameters of one kind, and what holds for all kinds."""

    is_blocking = forms.BooleanField(
        label=gettext_lazy("A failure makes not eligible"),
        help_text=gettext_lazy("Otherwise it only warns the officer."),
        required=False,
    )
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, data, round: Round, kind: str, rule: ScreeningRule | None = None):
        shown = {"is_on": True, "is_blocking": True} | STARTS
        if rule:
            shown = rule.parameters | {"is_on": rule.is_on, "is_blocking": rule.is_blocking}
        super().__init__(data, initial=shown)
        made = {name: FIELD_MAKERS[name](round, kind) for name in FIELDS[kind]}
        self.fields = {**made, **self.fields}

    def carry_out(self, service, *args, **kwargs) -> bool:
        if not self.is_valid():
            return False
        values = self.cleaned_data
        flags = {name: values.pop(name) for name in ("is_on", "is_blocking")}
        self.cleaned_data = {"parameters": values, **flags}
        return super().carry_out(service, *args, **kwargs)


def _kinds(round, kind):
    return forms.MultipleChoiceField(
        label=gettext_lazy("Who may apply"),
        choices=OrganisationKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )


def _question(round, kind):
    asked = [(question.key, question.label) for question in questions_for(round, kind)]
    without = {
        RuleKind.REGION: gettext_lazy("The credit code"),
        RuleKind.SAME_CODE: gettext_lazy("Only the credit code"),
    }
    is_needed = kind in NEEDS_QUESTION
    first = [] if is_needed else [("", without[RuleKind(kind)])]
    return forms.ChoiceField(
        label=gettext_lazy("Question"), choices=[*first, *asked], required=is_needed
    )


def _regions(round, kind):
    options = [
        (option["value"], f"{question.label}: {label}")
        for question in questions_for(round, kind)
        for option, (_value, label) in zip(question.options, question.choices, strict=True)
    ]
    return forms.MultipleChoiceField(
        label=gettext_lazy("Allowed regions"),
        choices=[*REGIONS, *options],
        widget=forms.CheckboxSelectMultiple,
    )


def _text(label, help_text="", *, is_needed=True, attrs=NUMERIC):
    return lambda round, kind: forms.CharField(
        label=label,
        help_text=help_text,
        required=is_needed,
        max_length=40,
        widget=forms.TextInput(attrs=attrs),
    )


def _choice(label, choices):
    return lambda round, kind: forms.ChoiceField(label=label, choices=choices)


FIELD_MAKERS = {
    "kinds": _kinds,
    "question": _question,
    "regions": _regions,
    "most": _text(gettext_lazy("At most")),
    "scope": _choice(gettext_lazy("Counted"), Scope.choices),
    "linked": lambda round, kind: forms.BooleanField(
        label=gettext_lazy("Count linked organisations together"),
        help_text=gettext_lazy(
            "Linked are organisations with a common member, bank account or name, with the same"
            " body number in their credit codes, or with the same legal representative in one"
            " province."
        ),
        required=False,
    ),
    "threshold": _text(
        gettext_lazy("How alike, from 0.30 to 1"),
        gettext_lazy("The part of three-character pieces that two texts have in common."),
    ),
    "name": _text(
        pgettext_lazy("of a signal from outside", "Name of the signal"),
        gettext_lazy("As in the imported file, such as store-rating."),
        attrs={},
    ),
    "test": _choice(gettext_lazy("Must be"), Test.choices),
    "value": _text(gettext_lazy("Value")),
    "days": _text(
        gettext_lazy("Not older than, in days"),
        gettext_lazy("Leave it empty to take signals of any age."),
        is_needed=False,
    ),
}


@desk.page(
    "screening/<slug:slug>/rules/",
    name="screening-rules",
    permission="view_checks",
    section="applications",
)
def rule_list(request, slug):
    round = round_of(request, slug)
    context = {
        "round": round,
        "rules": [(rule, words.asked(rule)) for rule in rules_of(round)],
        "kinds": RuleKind.choices,
        "may_change": request.user.has_perm("grants.change_screening_rules", round),
    }
    return desk.render(
        request,
        "admin/desk/screening_rules.html",
        context,
        title=_("Rules of the screening"),
        trail=_trail(round)[:-1],
    )


def _trail(round: Round) -> list[tuple[str, str]]:
    return [
        (_("Screening"), reverse("admin:screening-list")),
        (round.title, reverse("admin:screening-board", args=[round.slug])),
        (_("Rules of the screening"), reverse("admin:screening-rules", args=[round.slug])),
    ]


@desk.page(
    "screening/<slug:slug>/rules/add/<slug:kind>/",
    name="screening-rule-add",
    permission="change_screening_rules",
    section="applications",
)
def rule_add(request, slug, kind):
    round = round_of(request, slug)
    if kind not in FIELDS:
        raise Http404
    form = RuleForm(request.POST or None, round, kind)
    if request.method == "POST" and form.carry_out(
        rules.add_rule, round, by=request.user, kind=kind
    ):
        messages.success(request, _("The rule is added. It is asked at the next run."))
        return HttpResponseRedirect(reverse("admin:screening-rules", args=[slug]))
    return _form_page(request, round, form, kind)


@desk.page(
    "screening/<slug:slug>/rules/<int:pk>/",
    name="screening-rule",
    permission="change_screening_rules",
    section="applications",
)
def rule_change(request, slug, pk):
    round = round_of(request, slug)
    rule = _rule(round, pk)
    form = RuleForm(request.POST or None, round, rule.kind, rule)
    if request.method == "POST" and form.carry_out(rules.change_rule, rule, by=request.user):
        messages.success(request, _("The rule is changed. It is asked at the next run."))
        return HttpResponseRedirect(reverse("admin:screening-rules", args=[slug]))
    return _form_page(request, round, form, rule.kind, rule)


@desk.page(
    "screening/<slug:slug>/rules/<int:pk>/remove/",
    name="screening-rule-remove",
    permission="change_screening_rules",
    section="applications",
)
@require_POST
def rule_remove(request, slug, pk):
    round = round_of(request, slug)
    rules.remove_rule(_rule(round, pk), by=request.user)
    messages.success(request, _("The rule is removed."))
    return HttpResponseRedirect(reverse("admin:screening-rules", args=[slug]))


def _rule(round: Round, pk: int) -> ScreeningRule:
    rows = ScreeningRule.objects.standing().select_related("round__program__fund")
    return get_object_or_404(rows, round=round, pk=pk)


def _form_page(request, round: Round, form: RuleForm, kind: str, rule=None):
    context = {"round": round, "form": form, "rule": rule}
    return desk.render(
        request,
        "admin/desk/screening_rule.html",
        context,
        title=str(RuleKind(kind).label),
        trail=_trail(round),
    )
