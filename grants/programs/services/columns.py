"""The columns of a group: each is a question of a simple kind that is asked in every row."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.programs.columns import columns_of
from grants.programs.models import Question
from grants.programs.questions import (
    ONLY_OUTSIDE_A_GROUP,
    as_column,
    fresh_key,
    question_problems,
    without_foreign_settings,
)
from grants.programs.services.forms import change_question, hold, unchanged


@transaction.atomic
def add_column(group: Question, *, by, kind: str, key: str = "", **values) -> Question:
    """Adds a column at the end; without a key it gets one from its English words."""
    fresh = _held(group, by=by)
    column = Question(kind=kind, **values)
    column.key = key or fresh_key(column.label_en, [row["key"] for row in fresh.columns], "column")
    _save(fresh, [*columns_of(fresh), column], column, by=by)
    return column


@transaction.atomic
def change_column(group: Question, key: str, /, *, by, **values) -> Question:
    """Sets what is given of one column. A changed `key` renames it."""
    fresh = _held(group, by=by)
    columns = columns_of(fresh)
    column = _of_key(columns, key)
    for name, value in values.items():
        setattr(column, name, value)
    _save(fresh, columns, column, by=by)
    return column


@transaction.atomic
def remove_column(group: Question, key: str, *, by) -> None:
    fresh = _held(group, by=by)
    columns = columns_of(fresh)
    columns.remove(_of_key(columns, key))
    change_question(fresh, by=by, columns=[as_column(column) for column in columns])


@transaction.atomic
def move_column(group: Question, key: str, *, by, place: int) -> None:
    fresh = _held(group, by=by)
    columns = columns_of(fresh)
    column = _of_key(columns, key)
    columns = [other for other in columns if other is not column]
    columns.insert(max(place, 1) - 1, column)
    change_question(fresh, by=by, columns=[as_column(column) for column in columns])


def _held(group: Question, *, by) -> Question:
    hold(group.section.form, by=by)
    return unchanged(group, "")


def _of_key(columns: list[Question], key: str) -> Question:
    for column in columns:
        if column.key == key:
            return column
    raise Refused(_("Somebody removed this meanwhile."))


def _save(group: Question, columns: list[Question], column: Question, *, by) -> None:
    """Saves the columns where this one is right. Raises `Refused` with its fields."""
    problems = question_problems(without_foreign_settings(column))
    problems = {name: text for name, text in problems.items() if name not in ONLY_OUTSIDE_A_GROUP}
    if [other.key for other in columns].count(column.key) > 1:
        problems["key"] = _("Another column has this key.")
    if problems:
        raise Refused(_("Correct what is marked. Nothing was saved."), problems=problems)
    change_question(group, by=by, columns=[as_column(row) for row in columns])
