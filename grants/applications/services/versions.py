"""Going on with a newer version of the form.

What fits by key and kind goes over; what does not is set aside in words and stays in sight until
the question is answered anew, or the applicant lets it go. An application stays on its version
until the applicant goes on, but is not sent from a version that is no longer asked.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.answers.rows import has_rows
from grants.applications.models import Application
from grants.applications.selectors import files_of, newer_form, questions_of
from grants.applications.services.editing import locked, refuse_unless_editable
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import hold_still, record
from grants.programs.columns import columns_of
from grants.programs.models import Question, QuestionKind

TEXTS = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


@transaction.atomic
def take_newer_form(application: Application, *, by) -> Application:
    """Moves an application to the newest version of its form. No effect where it is there."""
    require(by, "edit_application", application)
    fresh = locked(application)
    hold_still(fresh.round)
    refuse_unless_editable(fresh)
    form = newer_form(fresh)
    if form is None:
        return fresh
    old = {question.key: question for question in questions_of(fresh)}
    files = {key: [file.name for file in rows] for key, rows in files_of(fresh).items()}
    fresh.form = form
    new = {question.key: question for question in questions_of(fresh)}
    answers, aside = carried(old, new, fresh.answers)
    aside |= {
        key: _aside(old[key], ", ".join(names), ", ".join(names))
        for key, names in files.items()
        if key in old and not _is_same_kind(old[key], new.get(key))
    }
    fresh.answers, fresh.set_aside = answers, fresh.set_aside | aside
    fresh.saved_at = timezone.now()
    fresh.save(update_fields=["form", "answers", "set_aside", "saved_at"])
    for name in ("form", "answers", "set_aside", "saved_at"):
        setattr(application, name, getattr(fresh, name))
    data = {"version": form.number, "set_aside": sorted(aside)}
    record(application, "take_form", by=by, data=data)
    return application


@transaction.atomic
def let_go(application: Application, key: str, *, by) -> None:
    """Takes what was set aside under a key out of sight. No effect where there is nothing."""
    require(by, "edit_application", application)
    fresh = locked(application)
    refuse_unless_editable(fresh)
    if fresh.set_aside.pop(key, None) is None:
        return
    fresh.save(update_fields=["set_aside"])
    application.set_aside = fresh.set_aside
    record(application, "let_go", by=by, data={"question": key})


def refuse_old_form(application: Application) -> None:
    """Raises `Refused` where the round asks a newer version of the form."""
    if newer_form(application) is not None:
        raise Refused(
            _("The form of this round has changed. Go on with the new form, then send it.")
        )


def carried(
    old: dict[str, Question], new: dict[str, Question], answers: dict
) -> tuple[dict, dict[str, dict]]:
    """The answers that fit the new questions, and in words what of the old ones does not."""
    kept: dict = {}
    aside: dict[str, dict] = {}
    for key in old:
        answer = answers.get(key)
        if not answer:
            continue
        fits = _fitting(old[key], new[key], answer) if key in new else ""
        if fits:
            kept[key] = fits
        if fits != answer:
            aside[key] = _aside(
                old[key], in_words(old[key], answer, "zh"), in_words(old[key], answer, "en")
            )
    return kept, aside


def _is_same_kind(old: Question, new: Question | None) -> bool:
    return new is not None and (old.kind == new.kind or {old.kind, new.kind} <= {*TEXTS})


def _fitting(old: Question, new: Question, answer):
    """What of an answer the new question takes; all of it, some of the options, or "" """
    if not _is_same_kind(old, new):
        return ""
    values = {option["value"] for option in new.options}
    if new.kind == QuestionKind.CHOICE:
        return answer if answer in values else ""
    if new.kind == QuestionKind.CHOICES and isinstance(answer, list):
        return [value for value in answer if value in values]
    if new.kind == QuestionKind.GROUP:
        before = {column.key: column for column in columns_of(old)}
        after = {column.key: column for column in columns_of(new)}
        stays = all(_is_same_kind(column, after.get(key)) for key, column in before.items())
        return answer if stays else ""
    return answer


def _aside(question: Question, zh: str, en: str) -> dict[str, str]:
    return {
        "label_zh": question.label_zh,
        "label_en": question.label_en,
        "text_zh": zh,
        "text_en": en,
    }


def in_words(question: Question, answer, language: str) -> str:
    """An answer as plain text; rows are lines."""
    if has_rows(question) and isinstance(answer, list):
        columns = columns_of(question)
        rows = [
            " · ".join(
                in_words(column, row[column.key], language)
                for column in columns
                if row.get(column.key)
            )
            for row in answer
        ]
        return "\n".join(rows)
    if isinstance(answer, list):
        return ", ".join(_option(question, value, language) for value in answer)
    return _option(question, str(answer), language)


def _option(question: Question, value: str, language: str) -> str:
    words = {option["value"]: option[language] for option in question.options}
    if question.kind == QuestionKind.YES_NO:
        words = {"zh": {"yes": "是", "no": "否"}, "en": {"yes": "Yes", "no": "No"}}[language]
    return words.get(value, value)
