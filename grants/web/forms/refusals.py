"""Binding a form to what was posted, and what a service refused to its fields."""

from collections.abc import Mapping

from django import forms

from grants.core.errors import Refused


def posted(request):
    """The data of a POST, also where it is empty; else None, so that the form stays unbound."""
    return request.POST if request.method == "POST" else None


def show_problems(form: forms.Form, problems: Mapping[str, str]) -> None:
    """Each sentence beside its field; above the form where it has no such field."""
    for name, sentence in problems.items():
        form.add_error(name if name in form.fields else None, str(sentence))


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    if refusal.problems:
        show_problems(form, refusal.problems)
    else:
        form.add_error(None, str(refusal))
