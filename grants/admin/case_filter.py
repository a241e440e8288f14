"""The filters, the columns and the kept views of the list of applications."""

from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import OrganisationKind
from grants.admin.forms import VerbForm, show_refusal
from grants.applications.lifecycle import ApplicationState
from grants.core.errors import Refused
from grants.core.numbers import NumberField
from grants.programs.models import Round
from grants.reports.case_list import DEFAULT_COLUMNS, UNCHECKED, CaseChoice, Column
from grants.screening.lifecycle import ScreeningOutcome

DAY = {"type": "date"}
AMOUNT = {"inputmode": "decimal", "class": "num"}


class CaseFilter(forms.Form):
    """The filters above the list; what is wrong finds nothing, and the form says what it is."""

    search = forms.CharField(
        label=_("Reference, title, applicant or words of an answer"), required=False, max_length=100
    )
    round = forms.ModelChoiceField(
        label=_("Round"),
        queryset=Round.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All rounds"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), *ApplicationState.choices[1:]],
    )
    kind = forms.ChoiceField(
        label=_("Applicant"),
        required=False,
        choices=[("", _("All kinds")), *OrganisationKind.choices],
    )
    outcome = forms.ChoiceField(
        label=_("Checks"),
        required=False,
        choices=[
            ("", _("All outcomes")),
            *ScreeningOutcome.choices,
            (UNCHECKED, _("Not checked yet")),
        ],
    )
    least = NumberField(
        label=_("Asked for, from"),
        required=False,
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(AMOUNT),
    )
    most = NumberField(
        label=_("Asked for, to"),
        required=False,
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(AMOUNT),
    )
    since = forms.DateField(label=_("Submitted from"), required=False, widget=forms.DateInput(DAY))
    until = forms.DateField(label=_("Submitted to"), required=False, widget=forms.DateInput(DAY))
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        choices=Column.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data, user):
        super().__init__(data)
        self.user = user
        self.fields["round"].queryset = Round.objects.visible_to(user).order_by("-pk")

    def choice(self) -> CaseChoice:
        values = {name: value for name, value in self.cleaned_data.items() if name != "columns"}
        return CaseChoice(**{name: value for name, value in values.items() if value is not None})

    def narrow(self, rows):
        if not self.is_valid():
            return rows.none()
        try:
            return self.choice().of(rows, self.user)
        except Refused as refused:
            show_refusal(self, refused)
            return rows.none()

    @property
    def is_by_day(self) -> bool:
        return self.is_valid() and self.choice().is_by_day

    def chosen_columns(self) -> list[str]:
        chosen = self.cleaned_data.get("columns") if self.is_valid() else None
        return chosen or [str(column) for column in DEFAULT_COLUMNS]

    def query(self) -> str:
        """What of the address makes the view: known names, not the page."""
        pairs = [
            (name, value)
            for name in self.fields
            for value in self.data.getlist(name)
            if value and "\0" not in value
        ]
        return urlencode(pairs)


def cleaned_query(text: str, user) -> str:
    """A kept view as it may stand behind “?”, whatever was sent."""
    return CaseFilter(QueryDict(text[:2000]), user).query()


class ViewForm(VerbForm):
    name = forms.CharField(label=_("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=_("Everybody at the desk sees it"), required=False)
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
