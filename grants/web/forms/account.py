"""What sign-up asks beyond address and password."""

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.core.texts import one_line


class SignupForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name

    def signup(self, request, user) -> None:
        """Called by allauth once the account was made."""
        user.name = self.cleaned_data["name"]
        user.language = request.LANGUAGE_CODE
        user.save(update_fields=["name", "language"])
