"""Small forms on the way of an application."""

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.messages.services.writing import LONGEST
from grants.web.forms.fields import Answer, Files


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why (optional)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MessageForm(forms.Form):
    use_required_attribute = False

    text = Answer(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 5, "data-limit": LONGEST}),
    )


class ReportForm(forms.Form):
    use_required_attribute = False

    report = Answer(
        label=_("What was reached"),
        help_text=_("Describe it in a few sentences, and where we can see it."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = Files(label=_("Evidence"), required=False)
