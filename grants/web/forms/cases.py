"""Small forms on the way of an application."""

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.web.forms.answers import Answer, Files


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why (optional)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReportForm(forms.Form):
    use_required_attribute = False

    report = Answer(
        label=_("What was reached"),
        help_text=_("Describe it in a few sentences, and where we can see it."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = Files(label=_("Evidence"), required=False)
