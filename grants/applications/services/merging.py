"""Saving a page that several people have open: nobody's words are written over unseen.

A page carries the mark of each answer that it was loaded with. An answer that it did not touch is
left as it is; one that it changed is saved, unless somebody else changed it meanwhile: then both
texts stand beside each other, and a person chooses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from grants.accounts.models import User
from grants.applications.answers import Wrong, problems, read_text, tidy
from grants.applications.models import Application
from grants.applications.selectors import questions_of
from grants.applications.services.drafts import (
    AMOUNT_QUESTION,
    SAVED,
    TITLE_QUESTION,
    keep,
    standing,
)
from grants.applications.services.editing import locked_draft, refuse_unless_editable
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.policy import require
from grants.programs.conditions import shown
from grants.programs.models import Question

UNSEEN = "?"  # the mark of no answer: whoever says it has seen none


def mark_of(value: object) -> str:
    """A short name of an answer's value, the same for all that is empty."""
    return digest(value or "")[:16]


@dataclass(frozen=True)
class Base:
    """What a page was loaded with: marks by name, and the page's own name.

    A name without a mark is not compared. What the page itself saved meanwhile is no conflict;
    `turn` grows with each request of the page, so that one that was overtaken changes nothing.
    """

    marks: Mapping[str, str]
    page: str = ""
    turn: int = 0


@dataclass(frozen=True)
class Conflict:
    """An answer that somebody else changed meanwhile: what stands now."""

    value: object
    by: User | None
    at: datetime | None

    @property
    def mark(self) -> str:
        return mark_of(self.value)


@dataclass(frozen=True)
class Saved:
    problems: dict[str, str]
    conflicts: dict[str, Conflict] = field(default_factory=dict)


@transaction.atomic
def save_page(
    application: Application,
    *,
    by,
    base: Base,
    questions: list[Question] | None = None,
    answers: Mapping[str, object] | None = None,
    title: str | None = None,
    requested_amount: str | Decimal | None = None,
) -> Saved:
    """Saves what a page changed; what is in conflict is left as it stands and returned.

    `questions` are those of the whole form, where the caller has them: a form that was published
    no longer changes.
    """
    fresh = locked_draft(application)
    if questions is None or application.form_id != fresh.form_id:
        questions = questions_of(fresh)
    saved = save_locked(
        fresh,
        by=by,
        base=base,
        questions=questions,
        answers=answers,
        title=title,
        requested_amount=requested_amount,
    )
    for name in SAVED:
        setattr(application, name, getattr(fresh, name))
    return saved


def save_locked(
    application: Application,
    *,
    by,
    base: Base,
    questions: list[Question],
    answers: Mapping[str, object] | None = None,
    title: str | None = None,
    requested_amount: str | Decimal | None = None,
) -> Saved:
    """As `save_page`, of what was read by `read_locked` in the caller's transaction."""
    require(by, "edit_application", application)
    refuse_unless_editable(application)
    columns = {"title": title, "requested_amount": requested_amount}
    given: dict[str, Any] = {name: raw for name, raw in columns.items() if raw is not None}
    asked = tidy(questions, answers or {}) | {
        name: _column(name, value) for name, value in given.items()
    }
    fates = {name: _fate(application, name, value, by, base) for name, value in asked.items()}
    conflicting = {name for name, fate in fates.items() if fate == "conflict"}
    left = {name for name, fate in fates.items() if fate != "change"}
    found = keep(
        application,
        questions,
        by=by,
        origin={"page": base.page, "turn": base.turn},
        answers={key: value for key, value in (answers or {}).items() if key not in left},
        **{name: value for name, value in given.items() if name not in left},
    )
    seen = shown(questions, application.answers) & set(answers or {}) - conflicting
    here = [question for question in questions if question.key in seen]
    found |= problems(here, application.answers, (), whole=False)
    return Saved(found, _conflicts(application, conflicting))


def refuse_changed(
    application: Application,
    *,
    by,
    answers: Mapping[str, object] | None = None,
    title: str | None = None,
    requested_amount: str | Decimal | None = None,
) -> None:
    """Raises `Refused`, naming each, where something is no longer as it was read.

    Locks the application: what is saved after it in the same transaction is what was compared.
    """
    require(by, "edit_application", application)
    fresh = locked_draft(application)
    columns = {"title": title, "requested_amount": requested_amount}
    read = tidy(questions_of(fresh), answers or {}) | {
        name: _column(name, raw) for name, raw in columns.items() if raw is not None
    }
    texts = standing(fresh)
    changed = [name for name, was in read.items() if mark_of(was) != mark_of(texts.get(name))]
    if changed:
        sentence = _("Nothing was saved: somebody else changed this meanwhile. Read it again.")
        raise Refused(sentence, problems=dict.fromkeys(changed, sentence))


def _column(name: str, raw: object) -> str:
    question = TITLE_QUESTION if name == "title" else AMOUNT_QUESTION
    try:
        return read_text(question, raw)
    except Wrong:
        return f"{raw}"


def _fate(application: Application, name: str, value: object, by, base: Base) -> str:
    """What becomes of an answer: change, leave, or conflict."""
    loaded = base.marks.get(name)
    if loaded is None:
        return "change"
    ours, now = mark_of(value), mark_of(standing(application).get(name))
    if ours == now:
        return "leave"
    edit = application.edits.get(name, {})
    if base.page and (edit.get("page"), edit.get("by")) == (base.page, by.pk):
        return "change" if base.turn >= edit.get("turn", 0) else "leave"
    if ours == loaded:
        return "leave"
    return "change" if now == loaded else "conflict"


def _conflicts(application: Application, names: set[str]) -> dict[str, Conflict]:
    if not names:
        return {}
    texts = standing(application)
    edits = {name: application.edits.get(name, {}) for name in names}
    people = User.objects.in_bulk({edit["by"] for edit in edits.values() if "by" in edit})
    return {
        name: Conflict(
            texts.get(name, ""),
            people.get(edit.get("by")),
            parse_datetime(edit["at"]) if "at" in edit else None,
        )
        for name, edit in edits.items()
    }
