"""The forms of the builder: they take the shape, the services say what is wrong."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.programs.columns import COLUMN_KINDS
from grants.programs.models import FormRule, Question, QuestionKind, Section
from grants.programs.questions import FILE_KINDS, MOST_MEGABYTES, SETTINGS

IN_ROWS = ("options", "columns")
SHORT = forms.TextInput
PAIRS = ("label_zh", "label_en", "help_zh", "help_en")
HINTS = {
    "least_rows": gettext_lazy("So many rows are asked for."),
    "most_rows": gettext_lazy("At most 100."),
    "file_megabytes": gettext_lazy("Empty: 20 MB."),
    "min_length": gettext_lazy("Empty: no least length."),
    "max_length": gettext_lazy("Empty: the usual limit."),
    "least": gettext_lazy("Empty: no limit."),
    "most": gettext_lazy("Empty: no limit."),
    "pattern": gettext_lazy("For example [A-Z]{2}[0-9]{6}; the whole answer must match."),
    "key": gettext_lazy("The name in rules, exports and the API. Small letters, digits, hyphens."),
}


class ShapeForm(forms.ModelForm):
    """Reads the fields and leaves the thing alone: the service sets and checks it."""

    use_required_attribute = False

    def _post_clean(self) -> None:
        pass

    def show(self, problems: Mapping[str, str]) -> None:
        """Each sentence beside its field; above the form where it has no such field."""
        for name, sentence in problems.items():
            if "." not in name:
                self.add_error(name if name in self.fields else None, sentence)


class SectionForm(ShapeForm):
    class Meta:
        model = Section
        fields = ["title_zh", "title_en", "help_zh", "help_en"]
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("help_zh", "help_en")}


class QuestionForm(ShapeForm):
    file_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of file"),
        choices=[(kind, kind.upper()) for kind in FILE_KINDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None chosen: all of them."),
    )
    file_megabytes = forms.IntegerField(
        label=gettext_lazy("Largest file in MB"),
        min_value=1,
        max_value=MOST_MEGABYTES,
        required=False,
        widget=SHORT(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = Question
        fields = [
            "label_zh", "label_en", "help_zh", "help_en", "is_required", "key",
            "min_length", "max_length", "limit_unit",
            "pattern", "pattern_hint_zh", "pattern_hint_en",
            "least", "most", "least_rows", "most_rows", "file_kinds", "file_megabytes",
        ]  # fmt: skip
        widgets = {
            "help_zh": forms.Textarea(attrs={"rows": 2}),
            "help_en": forms.Textarea(attrs={"rows": 2}),
            "limit_unit": forms.Select,
            **{
                name: SHORT(attrs={"inputmode": "numeric"})
                for name in ("min_length", "max_length", "least_rows", "most_rows")
            },
            **{name: SHORT(attrs={"inputmode": "decimal"}) for name in ("least", "most")},
        }

    def __init__(self, *args, is_new: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        kept = {*PAIRS, "is_required", "key", *SETTINGS[self.instance.kind]}
        for name in set(self.fields) - kept:
            del self.fields[name]
        for name, hint in HINTS.items():
            if name in self.fields:
                self.fields[name].help_text = hint
        if is_new:
            self.fields["key"].required = False

    @property
    def words(self) -> list:
        return [self[name] for name in PAIRS]

    @property
    def settings(self) -> list:
        names = [name for name in SETTINGS[self.instance.kind] if name not in IN_ROWS]
        return [self[name] for name in names]


class NewQuestionForm(QuestionForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, is_new=True, **kwargs)


class RuleForm(ShapeForm):
    question_key = forms.ChoiceField(label=gettext_lazy("Shown at"), required=False)

    class Meta:
        model = FormRule
        fields = ["expression", "message_zh", "message_en", "question_key"]
        widgets = {
            "expression": forms.Textarea(attrs={"rows": 2, "class": "builder-code"}),
            "message_zh": forms.Textarea(attrs={"rows": 2}),
            "message_en": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, questions: list[Question], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["question_key"].choices = [
            ("", _("The first question that it names")),
            *((question.key, question.label) for question in questions),
        ]
        self.fields["expression"].help_text = _(
            "What must hold, such as sum(costs.amount) <= requested_amount."
        )


def kinds_for(is_column: bool) -> list[str]:
    return list(COLUMN_KINDS) if is_column else list(QuestionKind.values)
