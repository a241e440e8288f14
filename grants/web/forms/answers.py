"""The forms of an application: they take what is typed; the service says what is wrong."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applications.files import MIB, MOST_FILES, TYPES, most_bytes_for, suffixes_for
from grants.applications.services.drafts import TITLE_LENGTH
from grants.programs.models import Question, QuestionKind

MOST_RADIOS = 7


class Answer(forms.CharField):
    """A draft may be empty or wrong. `required` only puts the mark beside the label."""

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


class ProjectForm(forms.Form):
    use_required_attribute = False

    title = Answer(
        label=gettext_lazy("Title of the project"),
        widget=forms.TextInput(attrs={"data-limit": TITLE_LENGTH}),
    )
    requested_amount = Answer(
        label=gettext_lazy("Amount that you ask for (CNY)"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )


class SectionForm(forms.Form):
    """The questions of one section, a field of each by its key."""

    prefix = "q"
    use_required_attribute = False

    def __init__(self, questions: Iterable[Question], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[question.key] = _field(question)

    @property
    def answers(self) -> dict[str, str]:
        """What was typed. A key that was not sent is left as it was."""
        return {
            question.key: self.cleaned_data[question.key]
            for question in self.questions
            if question.kind != QuestionKind.FILE and self.add_prefix(question.key) in self.data
        }

    @property
    def uploads(self) -> list[tuple[str, object]]:
        """(question key, file) of each file that was chosen."""
        return [
            (question.key, upload)
            for question in self.questions
            if question.kind == QuestionKind.FILE
            for upload in self.cleaned_data[question.key]
        ]


def _field(question: Question) -> forms.Field:
    words = {
        "label": question.label,
        "help_text": question.help,
        "required": question.is_required,
    }
    if question.kind == QuestionKind.FILE:
        hint = " · ".join(filter(None, (question.help, file_hint(question))))
        accept = ",".join(suffixes_for(question))
        return Files(widget=FilesInput({"accept": accept}), **words | {"help_text": hint})
    return Answer(widget=_widget(question), **words)


def _widget(question: Question) -> forms.Widget:
    limit = {"data-limit": question.max_length} if question.max_length else {}
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


def _choices(question: Question, choices: list[tuple[str, str]]) -> forms.Widget:
    """Radios where they are few and one must be chosen: a radio cannot be taken back."""
    if question.is_required and len(choices) <= MOST_RADIOS:
        return forms.RadioSelect(choices=choices)
    return forms.Select(choices=[("", _("No answer")), *choices])
