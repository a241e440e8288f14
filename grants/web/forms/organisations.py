"""The forms of an organisation: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import MemberRole, Organisation, OrganisationKind
from grants.core.regions import REGIONS
from grants.payouts.models import PayeeKind
from grants.web.forms.answers import Answer


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


class DetailsForm(forms.Form):
    """What is known of an organisation. Fields of companies and of individuals are told apart by
    the page; the service reads those of the kind.
    """

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name"),
        max_length=140,
        help_text=_("As on the business licence or identity card."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    credit_code = Answer(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters, on the business licence."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    legal_representative = forms.CharField(
        label=_("Legal representative (optional)"), required=False, max_length=100
    )
    identity_number = Answer(
        label=_("Resident identity number"),
        max_length=40,
        help_text=_("18 characters. It is kept encrypted and shown to nobody in full."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    region = forms.ChoiceField(
        label=_("Province (optional)"),
        required=False,
        choices=[("", _("Not said")), *REGIONS],
    )
    website = forms.URLField(
        label=_("Website (optional)"),
        required=False,
        assume_scheme="https",
        max_length=200,
        error_messages={"invalid": _("Enter a full link that begins with https://.")},
    )

    @property
    def of_company(self) -> list:
        return [self[name] for name in COMPANY_FIELDS if name in self.fields]

    @property
    def of_individual(self) -> list:
        return [self["identity_number"]] if "identity_number" in self.fields else []


COMPANY_FIELDS = ("credit_code", "legal_representative")


class OrganisationForm(DetailsForm):
    kind = forms.ChoiceField(
        label=_("What are you"),
        choices=OrganisationKind.choices,
        initial=OrganisationKind.COMPANY,
        widget=forms.RadioSelect,
    )


class ChangeForm(DetailsForm):
    """Of one that is registered: the fields of its kind, the identity number while it lacks."""

    def __init__(self, organisation: Organisation, data):
        names = set(self.base_fields) - {"identity_number"}
        super().__init__(data, initial={name: getattr(organisation, name) for name in names})
        if organisation.is_company or organisation.identity_index:
            del self.fields["identity_number"]
        if not organisation.is_company:
            for name in COMPANY_FIELDS:
                del self.fields[name]


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("What they may do"),
        choices=[
            (MemberRole.OWNER, _("Owner: everything, also members and details")),
            (MemberRole.EDITOR, _("Editor: fill in and submit")),
            (MemberRole.SIGNATORY, _("Signatory: also sign, accept awards and name the account")),
            (MemberRole.VIEWER, _("Viewer: read only")),
        ],
        initial=MemberRole.EDITOR,
        widget=forms.RadioSelect,
    )


class InviteForm(RoleForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("We send a link that works for 7 days, for this address only."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["email", "role"]


class AskForm(forms.Form):
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters, on the business licence."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    note = forms.CharField(
        label=_("Who you are (optional)"),
        required=False,
        max_length=300,
        help_text=_("The owners read this with your name and your address."),
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": 300}),
    )


class LicenceForm(forms.Form):
    file = forms.FileField(
        label=_("Business licence"),
        help_text=_("A PDF or a clear picture (PNG, JPG) of the whole page."),
        error_messages={"required": _("Choose a file first.")},
    )


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
