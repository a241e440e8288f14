"""What a version of a form changed against another one, as a person says it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.programs.models import Question
from grants.programs.questions import mark_of
from grants.programs.selectors import Outline

PARTS = {
    gettext_lazy("the question"): ("label_zh", "label_en"),
    gettext_lazy("the help"): ("help_zh", "help_en"),
    gettext_lazy("the kind"): ("kind",),
    gettext_lazy("whether it must be answered"): ("is_required",),
    gettext_lazy("the length"): ("min_length", "max_length", "limit_unit"),
    gettext_lazy("the pattern"): ("pattern", "pattern_hint_zh", "pattern_hint_en"),
    gettext_lazy("the range"): ("least", "most"),
    gettext_lazy("the options"): ("options",),
    gettext_lazy("the columns"): ("columns",),
    gettext_lazy("the rows"): ("least_rows", "most_rows"),
    gettext_lazy("the files"): ("file_kinds", "file_megabytes"),
    gettext_lazy("when it is shown"): ("show_when",),
}


@dataclass(frozen=True)
class Changed:
    question: Question
    parts: list[str]


@dataclass(frozen=True)
class Changes:
    """The questions by what happened to them, and what else is told in sentences."""

    added: list[Question] = field(default_factory=list)
    removed: list[Question] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    moved: list[Question] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.changed, self.moved, self.others))


def what_changed(before: Outline, after: Outline) -> Changes:
    old = {question.key: question for question in before.questions}
    new = {question.key: question for question in after.questions}
    kept = [key for key in new if key in old]
    changed = [Changed(new[key], _parts(old[key], new[key])) for key in kept]
    return Changes(
        added=[new[key] for key in new if key not in old],
        removed=[old[key] for key in old if key not in new],
        changed=[row for row in changed if row.parts],
        moved=[new[key] for key in _moved([key for key in old if key in new], kept)],
        others=_others(before, after),
    )


def _parts(old: Question, new: Question) -> list[str]:
    return [
        str(words)
        for words, names in PARTS.items()
        if any(getattr(old, name) != getattr(new, name) for name in names)
    ]


def _moved(old: list[str], new: list[str]) -> list[str]:
    """The keys that do not stand after the same question as before."""
    earlier = dict(zip(old, ["", *old], strict=False))
    return [key for key, last in zip(new, ["", *new], strict=False) if earlier[key] != last]


def _others(before: Outline, after: Outline) -> list[str]:
    found = []
    if [mark_of(section) for section in before.sections] != [
        mark_of(section) for section in after.sections
    ]:
        found.append(_("Sections were added, removed, moved or reworded."))
    if [mark_of(rule) for rule in before.rules] != [mark_of(rule) for rule in after.rules]:
        found.append(_("Rules across several answers changed."))
    return found
