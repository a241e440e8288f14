"""Building a form: its sections, questions, columns and rules, one change at a time.

Each verb locks the round, so that two officers never write at once. `seen` is the mark
(`questions.mark_of`) of what the officer had before them; where somebody changed it meanwhile, the
later save is refused and told. A change that would leave a condition or a rule about nothing is
refused as a whole.
"""

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.programs.lifecycle import RoundState
from grants.programs.models import FormVersion, Question, Round, Section
from grants.programs.questions import (
    fresh_key,
    mark_of,
    question_problems,
    without_foreign_settings,
)
from grants.programs.selectors import broken_references, outline_of

MOST_SECTIONS = 50
MOST_QUESTIONS = 300
BUILDABLE = (RoundState.DRAFT, RoundState.SCHEDULED, RoundState.OPEN)
ABOVE_ALL = 10_000


def hold(form: FormVersion, *, by) -> Round:
    """The round of a version that can be built, locked. Raises `Refused` once it is published."""
    require(by, "change_round", form.round)
    round = lock(form.round)
    fresh = FormVersion.objects.filter(pk=form.pk).first()
    if fresh is None:
        raise Refused(_("This version of the form was thrown away meanwhile."))
    if fresh.published_at is not None or round.state not in BUILDABLE:
        raise Refused(_("This version of the form is published: it stays as it is."))
    return round


def told(round: Round, did: str, what: str, *, by) -> None:
    record(round, "build", by=by, data={"did": did, "what": what})


def unchanged(thing, seen: str):
    """The thing as it is now. Raises `Refused` where it is gone, or not what `seen` marks."""
    fresh = type(thing)._base_manager.filter(pk=thing.pk).first()
    if fresh is None:
        raise Refused(_("Somebody removed this meanwhile."))
    if seen and mark_of(fresh) != seen:
        raise Refused(
            _("Somebody changed this while you were writing. Compare both, then save again.")
        )
    return fresh


def refuse_broken(form: FormVersion, field: str = "") -> None:
    if problems := broken_references(outline_of(form)):
        raise Refused(problems[0], field=field)


@transaction.atomic
def add_section(form: FormVersion, *, by, title_zh: str, title_en: str, **words) -> Section:
    round = hold(form, by=by)
    if form.sections.count() >= MOST_SECTIONS:
        raise Refused(_("A form has at most %(most)s sections.") % {"most": MOST_SECTIONS})
    last = form.sections.aggregate(last=Max("position"))["last"] or 0
    section = Section(form=form, title_zh=title_zh, title_en=title_en, position=last + 1, **words)
    section.save()
    refuse_broken(form, "show_when")
    told(round, "add_section", section.title_en, by=by)
    return section


@transaction.atomic
def change_section(section: Section, *, by, seen: str = "", **words) -> Section:
    """Sets the words given: titles, help, `show_when`."""
    round = hold(section.form, by=by)
    fresh = unchanged(section, seen)
    if all(getattr(fresh, name) == value for name, value in words.items()):
        return fresh
    for name, value in words.items():
        setattr(fresh, name, value)
    fresh.save()
    refuse_broken(section.form, "show_when")
    told(round, "change_section", fresh.title_en, by=by)
    return fresh


@transaction.atomic
def remove_section(section: Section, *, by) -> None:
    """Removes a section with its questions."""
    round = hold(section.form, by=by)
    fresh = unchanged(section, "")
    fresh.delete()
    refuse_broken(section.form)
    told(round, "remove_section", fresh.title_en, by=by)


@transaction.atomic
def move_section(section: Section, *, by, place: int) -> None:
    """Puts a section at a place from 1; a place beyond the ends is the first or the last."""
    round = hold(section.form, by=by)
    unchanged(section, "")
    others = list(section.form.sections.exclude(pk=section.pk).order_by("position"))
    others.insert(max(place, 1) - 1, section)
    Section.objects.filter(form=section.form).update(position=F("position") + ABOVE_ALL)
    for position, row in enumerate(others, start=1):
        row.position = position
    Section.objects.bulk_update(others, ["position"])
    refuse_broken(section.form)
    told(round, "move_section", section.title_en, by=by)


@transaction.atomic
def add_question(section: Section, *, by, kind: str, key: str = "", **values) -> Question:
    """Adds a question at the end of a section. Without a key it gets one from its English words."""
    form = section.form
    round = hold(form, by=by)
    unchanged(section, "")
    keys = _keys(form)
    if len(keys) >= MOST_QUESTIONS:
        raise Refused(_("A form has at most %(most)s questions.") % {"most": MOST_QUESTIONS})
    last = section.questions.aggregate(last=Max("position"))["last"] or 0
    question = Question(section=section, kind=kind, position=last + 1, **values)
    question.key = key or fresh_key(question.label_en, keys, "question")
    _save(question, keys, is_new=True)
    told(round, "add_question", question.key, by=by)
    return question


@transaction.atomic
def change_question(question: Question, *, by, seen: str = "", **values) -> Question:
    """Sets what is given of words, settings, options, columns and `show_when`."""
    form = question.section.form
    round = hold(form, by=by)
    fresh = unchanged(question, seen)
    before = mark_of(fresh)
    for name, value in values.items():
        setattr(fresh, name, value)
    _save(fresh, _keys(form, but=fresh))
    if mark_of(fresh) != before:
        told(round, "change_question", fresh.key, by=by)
    return fresh


def _keys(form: FormVersion, but: Question | None = None) -> set[str]:
    rows = Question.objects.filter(section__form=form).values_list("pk", "key")
    return {key for pk, key in rows if but is None or pk != but.pk}


def _save(question: Question, taken: set[str], *, is_new: bool = False) -> None:
    """Saves a question that is right. A new choice gets its options and a group its columns later.

    Raises `Refused` with a sentence for each field.
    """
    problems = question_problems(without_foreign_settings(question))
    if is_new and not question.options:
        problems.pop("options", None)
    if question.key in taken:
        problems["key"] = _("Another question of this form has this key.")
    if problems:
        raise Refused(_("Correct what is marked. Nothing was saved."), problems=problems)
    question.save()
    refuse_broken(question.section.form, "show_when")


@transaction.atomic
def remove_question(question: Question, *, by) -> None:
    form = question.section.form
    round = hold(form, by=by)
    fresh = unchanged(question, "")
    fresh.delete()
    refuse_broken(form)
    told(round, "remove_question", fresh.key, by=by)


@transaction.atomic
def move_question(question: Question, *, by, section: Section, place: int) -> None:
    """Puts a question at a place from 1 of a section of the same form."""
    form = section.form
    round = hold(form, by=by)
    fresh = unchanged(question, "")
    if question.section.form_id != section.form_id:
        raise Refused(_("A question stays in its form."))
    unchanged(section, "")
    others = list(section.questions.exclude(pk=fresh.pk).order_by("position", "pk"))
    fresh.section = section
    others.insert(max(place, 1) - 1, fresh)
    for position, row in enumerate(others, start=1):
        row.position = position
    Question.objects.bulk_update(others, ["section", "position"])
    refuse_broken(form)
    told(round, "move_question", fresh.key, by=by)


@transaction.atomic
def copy_question(question: Question, *, by) -> Question:
    """Another question like this one, right after it, with a key of its own."""
    form = question.section.form
    round = hold(form, by=by)
    fresh = unchanged(question, "")
    source, keys = fresh.key, _keys(form)
    place = fresh.position + 1
    fresh.section.questions.filter(position__gte=place).update(position=F("position") + 1)
    fresh.pk = None
    fresh._state.adding = True
    fresh.position = place
    fresh.key = fresh_key(source, keys, "question")
    fresh.save()
    told(round, "copy_question", source, by=by)
    return fresh
