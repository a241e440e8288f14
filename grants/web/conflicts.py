"""An answer that two people changed: what stands now, in words, to be chosen from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from grants.applications.answers.rows import has_rows
from grants.applications.services.merging import Conflict, Saved
from grants.programs.columns import columns_of
from grants.programs.models import Question, QuestionKind


@dataclass(frozen=True)
class Asked:
    """A conflict on its page: the other text, who wrote it, and the mark of it."""

    name: str
    conflict: Conflict
    text: str

    @property
    def mark(self) -> str:
        return self.conflict.mark


def asked_about(saved: Saved, questions: Iterable[Question]) -> dict[str, Asked]:
    known = {question.key: question for question in questions}
    return {
        name: Asked(name, conflict, in_words(known.get(name), conflict.value))
        for name, conflict in saved.conflicts.items()
    }


def conflict_sentences(asked: Mapping[str, Asked]) -> dict[str, str]:
    sentence = _("Somebody else changed this answer while you wrote. Choose which one stands.")
    return dict.fromkeys(asked, sentence)


def in_words(question: Question | None, value: object) -> str:
    """An answer as a person reads it, a row on a line."""
    if question is None or value in ("", []):
        return str(value or "")
    if has_rows(question) and isinstance(value, list):
        columns = columns_of(question)
        rows = [[_of_option(c, str(row.get(c.key, ""))) for c in columns] for row in value]
        return "\n".join(" · ".join(filter(None, row)) for row in rows)
    if isinstance(value, list):
        return "\n".join(_of_option(question, part) for part in value)
    return _of_option(question, str(value))


def _of_option(question: Question, value: str) -> str:
    if question.kind == QuestionKind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(value, value)
    return str(dict(question.choices).get(value, value)) if question.options else value
