"""Which questions an officer can name when asking for more."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applications.models import Application
from grants.applications.selectors import questions_of


class QuestionsField(forms.MultipleChoiceField):
    """The keys that were ticked. The service knows which of them the form has."""

    def __init__(self, **kwargs):
        super().__init__(
            label=gettext_lazy("Only these can be changed"),
            required=False,
            help_text=gettext_lazy("Tick none to open all answers again."),
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )

    def valid_value(self, value) -> bool:
        return True


def askable(applications: Sequence[Application]) -> list[tuple[str, str]]:
    """Title, amount and the questions of the form; nothing where the forms differ."""
    forms_in_use = {row.form_id for row in applications}
    if len(forms_in_use) != 1:
        return []
    return [
        ("title", _("Title of the project")),
        ("requested_amount", _("Amount asked for")),
        *((question.key, question.label) for question in questions_of(applications[0])),
    ]
