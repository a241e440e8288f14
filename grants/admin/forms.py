"""A form that carries out a verb: the service's “no” stands beside the field."""

from collections.abc import Callable

from django import forms

from grants.core.errors import Refused


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Puts each problem beside its field, and what belongs to no field above the form."""
    shown = False
    for name, sentence in refused.problems.items():
        form.add_error(name if name in form.fields else None, sentence)
        shown = True
    if not shown:
        form.add_error(None, refused.message)


class VerbForm(forms.Form):
    """The fields of one verb. `carry_out` says whether it was done; if not, the form says why."""

    required_css_class = "required"

    def carry_out(self, service: Callable, *args, **kwargs) -> bool:
        """Calls the service with the form's clean values and the keywords given."""
        if not self.is_valid():
            return False
        try:
            service(*args, **self.cleaned_data, **kwargs)
        except Refused as refused:
            show_refusal(self, refused)
            return False
        return True
