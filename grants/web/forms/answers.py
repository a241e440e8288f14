"""The forms of an application: the project, and the questions of a section."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy

from grants.applications.answers.rows import has_rows
from grants.applications.services.drafts import TITLE_LENGTH
from grants.applications.services.merging import UNSEEN, Base, mark_of
from grants.programs.models import Question, QuestionKind
from grants.web.forms.fields import Answer, field_of
from grants.web.forms.rows import Row, Rows, posted_rows, stored_rows

LONGEST_TURN = 15
MINE, THEIRS = "mine", "theirs"


class Page(forms.Form):
    """A page of an application with what it was loaded with.

    Each name has its mark in `base-<name>`. Where somebody else changed an answer meanwhile,
    `asked-<name>` says that the page shows both texts, and `choose-<name>` which one stands.
    """

    use_required_attribute = False
    closed: frozenset[str] = frozenset()

    def __init__(self, data=None, files=None, *, standing: Mapping[str, object]):
        self.standing = standing
        self.taken: set[str] = set()
        if data is not None:
            data = data.copy()
            self.taken = {
                name.removeprefix("choose-")
                for name, chosen in data.items()
                if name.startswith("choose-") and chosen == THEIRS
            }
        super().__init__(data, files, initial=dict(standing))

    @property
    def keys(self) -> list[str]:
        """Of all that stands on the page, files too."""
        return list(self.fields)

    @property
    def names(self) -> list[str]:
        """Of what is saved as an answer."""
        return list(self.fields)

    @property
    def base(self) -> Base:
        marks = {name: self._mark(name) for name in self.names if f"base-{name}" in self.data}
        turn = self.data.get("turn", "")
        is_turn = turn.isascii() and turn.isdigit() and len(turn) <= LONGEST_TURN
        return Base(marks, self.data.get("page", "")[:32], int(turn) if is_turn else 0)

    def _mark(self, name: str) -> str:
        is_asked, choice = f"asked-{name}" in self.data, self.data.get(f"choose-{name}")
        return UNSEEN if is_asked and choice != MINE else self.data[f"base-{name}"]

    def marks(self, standing: Mapping[str, object]) -> dict[str, str]:
        names = [name for name in self.names if name not in self.closed]
        return {name: mark_of(standing.get(name, "")) for name in names}

    def show(self, problems: Mapping[str, str]) -> None:
        """Each sentence beside its field; above the form where it has no such field."""
        for name, sentence in problems.items():
            self.add_error(name if name in self.fields else None, str(sentence))


class ProjectForm(Page):
    title = Answer(
        label=gettext_lazy("Title of the project"),
        widget=forms.TextInput(attrs={"data-limit": TITLE_LENGTH}),
    )
    requested_amount = Answer(
        label=gettext_lazy("Amount that you ask for (CNY)"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.taken & set(self.fields):
            self.data[name] = self.standing.get(name, "")

    @property
    def changes(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name]
            for name in self.fields
            if name in self.data and name not in self.taken
        }


@dataclass
class Part:
    """One question on the page: a field, or rows."""

    question: Question
    bound: forms.BoundField | None = None
    rows: Rows | None = None
    is_shown: bool = True
    is_closed: bool = False
    files: object = None
    asked: object = None


class SectionForm(Page):
    """The questions of one section by their keys; those that are rows stand in `rows`."""

    prefix = "q"

    def __init__(
        self,
        questions: Iterable[Question],
        *args,
        amount: Decimal | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        self.rows: dict[str, Rows] = {}
        for question in self.questions:
            if has_rows(question):
                self.rows[question.key] = Rows(question, self._rows(question), amount)
                continue
            self.fields[question.key] = field_of(question)
            if question.key in self.taken:
                self._take(question)

    def _rows(self, question: Question) -> list[Row]:
        is_sent = self.is_bound and f"q-{question.key}-rows" in self.data
        if is_sent and question.key not in self.taken:
            return posted_rows(question, self.data)
        return stored_rows(question, self.standing.get(question.key, ""))

    def _take(self, question: Question) -> None:
        theirs = self.standing.get(question.key, "")
        values = theirs if isinstance(theirs, list) else [theirs]
        self.data.setlist(self.add_prefix(question.key), values)

    @property
    def keys(self) -> list[str]:
        return [question.key for question in self.questions]

    @property
    def names(self) -> list[str]:
        return [q.key for q in self.questions if q.kind != QuestionKind.FILE]

    @property
    def answers(self) -> dict[str, object]:
        """What was typed. A key that was not sent is left as it was."""
        return {key: self._answer(key) for key in self.names if self._is_sent(key)}

    def _answer(self, key: str) -> object:
        return self.rows[key].values if key in self.rows else self.cleaned_data[key]

    def _is_sent(self, key: str) -> bool:
        if key in self.taken:
            return False
        if key in self.rows:
            return f"q-{key}-rows" in self.data
        is_box = isinstance(self.fields[key].widget, forms.CheckboxSelectMultiple)
        return self.add_prefix(key) in self.data or (is_box and f"base-{key}" in self.data)

    @property
    def uploads(self) -> list[tuple[str, object]]:
        """(question key, file) of each file that was chosen."""
        return [
            (question.key, upload)
            for question in self.questions
            if question.kind == QuestionKind.FILE
            for upload in self.cleaned_data[question.key]
        ]

    def parts(
        self, shown: set[str], files: Mapping[str, object], asked: Mapping[str, object]
    ) -> list[Part]:
        return [
            Part(
                question,
                bound=None if question.key in self.rows else self[question.key],
                rows=self.rows.get(question.key),
                is_shown=question.key in shown,
                is_closed=question.key in self.closed,
                files=files.get(question.key),
                asked=asked.get(question.key),
            )
            for question in self.questions
        ]

    def show(self, problems: Mapping[str, str]) -> None:
        simple = {}
        for name, sentence in problems.items():
            key, _dot, part = name.partition(".")
            if key in self.rows:
                self.rows[key].add_error(part, str(sentence))
            else:
                simple[name] = sentence
        super().show(simple)

    @property
    def is_right(self) -> bool:
        rows = self.rows.values()
        cells = (line.form.errors for several in rows for line in several.lines)
        return not (self.errors or any(several.errors for several in rows) or any(cells))

    @property
    def summary(self) -> "Summary":
        return Summary(self)


@dataclass(frozen=True)
class Named:
    """What is wrong, with the id of where it stands."""

    label: str
    auto_id: str
    errors: list[str]
    id_for_label: str = ""
    is_hidden: bool = False


class Summary:
    """All that is wrong on a page in its order, for `{% error_summary %}`."""

    fields = ()

    def __init__(self, page: SectionForm):
        self.page = page

    def non_field_errors(self) -> list[str]:
        return self.page.non_field_errors()

    def __iter__(self) -> Iterator[Named]:
        for question in self.page.questions:
            rows = self.page.rows.get(question.key)
            if rows is None:
                yield _named(self.page[question.key])
                continue
            yield Named(question.label, f"id_{rows.name}", rows.errors)
            for line in rows.lines:
                for bound in line.form:
                    yield _named(bound, f"{question.label} {line.place}: ")


def _named(bound: forms.BoundField, before: str = "") -> Named:
    place = bound.id_for_label or bound.auto_id
    return Named(f"{before}{bound.label}", place, list(bound.errors))
