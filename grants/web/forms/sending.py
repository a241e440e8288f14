"""The tick, the name and the words with which an application is sent or signed."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DeclarationForm(forms.Form):
    use_required_attribute = False

    declares = forms.BooleanField(label=_("I make this declaration"), required=False)


class SignatureForm(forms.Form):
    use_required_attribute = False

    declares = forms.BooleanField(
        label=_("I have read this application and make the declaration"),
        error_messages={"required": _("Make the declaration to sign.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As in your profile. It stands on the receipt."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class RefusalForm(forms.Form):
    use_required_attribute = False

    reason = forms.CharField(
        label=_("What should be changed"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class VerifyForm(forms.Form):
    use_required_attribute = False

    reference = forms.CharField(label=_("Reference"), max_length=40)
    sha256 = forms.CharField(label=_("SHA-256 of what was submitted"), max_length=100)
