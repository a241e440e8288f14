"""New versions of a form, and rounds made from other rounds."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import lock, record
from grants.programs.lifecycle import RoundState
from grants.programs.models import FormVersion, Question, Round
from grants.programs.selectors import form_problems, outline_of
from grants.programs.services.forms import hold

RENEWABLE = (RoundState.SCHEDULED, RoundState.OPEN)


def copy_parts(source: FormVersion, target: FormVersion) -> None:
    """Puts a copy of all sections, questions and rules of `source` into `target`."""
    outline = outline_of(source)
    questions: list[Question] = []
    for section in outline.sections:
        rows = list(section.questions.all())
        section.pk, section.form = None, target
        section._state.adding = True
        section.save(force_insert=True)
        for question in rows:
            question.pk, question.section = None, section
            questions.append(question)
    Question.objects.bulk_create(questions)
    for rule in outline.rules:
        rule.pk, rule.form = None, target
        rule._state.adding = True
        rule.save(force_insert=True)


@transaction.atomic
def begin_version(round: Round, *, by) -> FormVersion:
    """A copy of the published form to change. Gives the one that is begun already, where it is."""
    require(by, "change_round", round)
    fresh = lock(round)
    newest = fresh.form_in_work
    if newest.published_at is None:
        return newest
    if fresh.state not in RENEWABLE:
        raise Refused(_("A new version of the form is possible only until the round closes."))
    version = FormVersion.objects.create(round=round, number=newest.number + 1)
    copy_parts(newest, version)
    record(round, "begin_version", by=by, data={"version": version.number})
    return version


@transaction.atomic
def publish_version(form: FormVersion, *, by) -> FormVersion:
    """Freezes a new version; from now on it is the form of the round.

    Drafts begun before stay on theirs until the applicant takes the new one.
    """
    require(by, "open_round", form.round)
    round = hold(form, by=by)
    if round.state not in RENEWABLE:
        raise Refused(_("The form is published when the round is opened."))
    if problems := form_problems(outline_of(form)):
        raise Refused(" ".join(problems))
    form.published_at = timezone.now()
    form.save(update_fields=["published_at"])
    record(round, "publish_version", by=by, data={"version": form.number})
    return form


@transaction.atomic
def discard_version(form: FormVersion, *, by) -> None:
    """Throws a new version away before it was published. The first one stays."""
    round = hold(form, by=by)
    if round.state not in RENEWABLE:
        raise Refused(_("This is the only version of the form: it stays."))
    record(round, "discard_version", by=by, data={"version": form.number})
    form.delete()


@transaction.atomic
def copy_round(
    source: Round,
    *,
    by,
    slug: str,
    title_zh: str,
    title_en: str,
    opens_at: datetime,
    closes_at: datetime,
) -> Round:
    """A new draft with everything of another round: form, criteria, milestones and settings."""
    require(by, "change_round", source)
    if Round.objects.filter(slug=slug).exists():
        raise Refused(_("Another round has this short name."), field="slug")
    if closes_at <= opens_at:
        raise Refused(_("The round closes after it opens."), field="closes_at")
    copy = Round.objects.get(pk=source.pk)
    form, criteria = source.form, list(source.criteria.all())
    planned = list(source.planned_milestones.all())
    copy.pk, copy.state, copy.created_at = None, RoundState.DRAFT, timezone.now()
    copy._state.adding = True
    copy.slug, copy.title_zh, copy.title_en = slug, title_zh, title_en
    copy.opens_at, copy.closes_at = opens_at, closes_at
    copy.save(force_insert=True)
    copy_parts(form, FormVersion.objects.create(round=copy))
    for parts in (criteria, planned):
        for part in parts:
            part.pk, part.round = None, copy
            part._state.adding = True
            part.save(force_insert=True)
    record(copy, "create", by=by, data={"title": copy.title_zh, "from": source.slug})
    return copy
