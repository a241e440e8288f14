"""The forms of an organisation: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import MemberRole, Organisation, OrganisationKind
from grants.payouts.models import PayeeKind


class ChooseOrganisationForm(forms.Form):
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Who applies"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose who applies."),
            "invalid_choice": _("Choose who applies."),
        },
    )

    def __init__(self, organisations, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations
        self.fields["organisation"].initial = next(iter(organisations), None)


class OrganisationForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What are you"),
        choices=OrganisationKind.choices,
        initial=OrganisationKind.COMPANY,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=140,
        help_text=_("As on the business licence or identity card."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        required=False,
        help_text=_("18 characters, for companies only."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    website = forms.URLField(
        label=_("Website (optional)"),
        required=False,
        assume_scheme="https",
        max_length=200,
        error_messages={"invalid": _("Enter a full link that begins with https://.")},
    )


class MemberForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("The person must have signed up already.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=MemberRole.choices, initial=MemberRole.EDITOR)


class PayeeForm(forms.Form):
    """Bank fields are asked for by the service where the kind is a bank account."""

    kind = forms.ChoiceField(
        label=_("How we pay you"),
        choices=PayeeKind.choices,
        initial=PayeeKind.BANK,
        widget=forms.RadioSelect,
    )
    holder_name = forms.CharField(
        label=_("Account holder"),
        max_length=140,
        help_text=_("The account must be in the name of the organisation."),
    )
    account = forms.CharField(
        label=_("Account number"),
        max_length=100,
        help_text=_("Of the bank account, or the Alipay e-mail address or phone number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bank_name = forms.CharField(
        label=_("Bank and branch"),
        max_length=100,
        required=False,
        help_text=_("For a bank account only."),
    )
    cnaps_code = forms.CharField(
        label=_("CNAPS code"),
        max_length=20,
        required=False,
        help_text=_("The 12 digits of the branch (联行号). For a bank account only."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "spellcheck": "false"}),
    )
