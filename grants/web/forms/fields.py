"""The fields of questions: they take what is typed; the service says what is wrong."""

from django import forms
from django.utils.translation import gettext as _

from grants.applications.files import MIB, MOST_FILES, TYPES, most_bytes_for, suffixes_for
from grants.programs.models import Question, QuestionKind

MOST_RADIOS = 7


class Answer(forms.CharField):
    """A draft may be empty or wrong. `required` only puts the mark beside the label."""

    def validate(self, value):
        pass


class Choices(forms.MultipleChoiceField):
    """Chosen values, known or not."""

    def validate(self, value):
        pass


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def __init__(self, attrs=None):
        super().__init__({"multiple": True, "accept": ",".join(TYPES)} | (attrs or {}))

    def value_from_datadict(self, data, files, name):
        return files.getlist(name)


class Files(forms.Field):
    """A list of uploads; what they are is looked at by the service."""

    widget = FilesInput

    def validate(self, value):
        pass

    def bound_data(self, data, initial):
        return None


def file_hint(question: Question | None = None) -> str:
    """Which files are taken, how many, and how big."""
    kinds = ", ".join(sorted(suffix[1:].upper() for suffix in suffixes_for(question)))
    return _("%(kinds)s; at most %(count)s files of %(limit)s MB each.") % {
        "kinds": kinds,
        "count": MOST_FILES,
        "limit": most_bytes_for(question) // MIB,
    }


def field_of(question: Question) -> forms.Field:
    """The field of a question that has no rows."""
    words = {
        "label": question.label,
        "help_text": question.help,
        "required": question.is_required,
    }
    match question.kind:
        case QuestionKind.FILE:
            hint = " · ".join(filter(None, (question.help, file_hint(question))))
            accept = ",".join(suffixes_for(question))
            return Files(widget=FilesInput({"accept": accept}), **words | {"help_text": hint})
        case QuestionKind.CHOICES:
            return Choices(choices=question.choices, widget=forms.CheckboxSelectMultiple(), **words)
        case _:
            return Answer(widget=_widget(question), **words)


def _widget(question: Question) -> forms.Widget:
    limit = _limit(question)
    match question.kind:
        case QuestionKind.LONG_TEXT:
            return forms.Textarea(attrs={"rows": 8, **limit})
        case QuestionKind.SHORT_TEXT:
            return forms.TextInput(attrs=limit)
        case QuestionKind.NUMBER | QuestionKind.MONEY:
            return forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
        case QuestionKind.DATE:
            return forms.DateInput(attrs={"type": "date"})
        case QuestionKind.LINK:
            return forms.URLInput(attrs={"placeholder": "https://"})
        case QuestionKind.YES_NO:
            return _choices(question, [("yes", _("Yes")), ("no", _("No"))])
        case _:
            return _choices(question, question.choices)


def _limit(question: Question) -> dict[str, object]:
    if not question.max_length:
        return {}
    return {"data-limit": question.max_length, "data-unit": question.limit_unit}


def _choices(question: Question, choices: list[tuple[str, str]]) -> forms.Widget:
    """Radios where they are few and one must be chosen: a radio cannot be taken back."""
    if question.is_required and len(choices) <= MOST_RADIOS:
        return forms.RadioSelect(choices=choices)
    return forms.Select(choices=[("", _("No answer")), *choices])
