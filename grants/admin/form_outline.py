"""The form of a round at a glance: its sections and questions in order, to move and to open."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.admin.form_doors import (
    builder,
    can_build,
    kind_of,
    officers_round,
    only_post,
    round_of,
    trail_to,
    version_of,
)
from grants.admin.form_rows import in_words
from grants.admin.site import desk
from grants.core.errors import Refused
from grants.programs.changes import what_changed
from grants.programs.models import FormVersion, Question, QuestionKind, Round, Section
from grants.programs.selectors import Outline, form_problems, outline_of
from grants.programs.services.copying import RENEWABLE
from grants.programs.services.forms import move_question, move_section

FORM = "rounds/<slug:slug>/form/"


@desk.page(FORM, name="form-detail", permission="manage_rounds", section="rounds")
def form_detail(request, slug):
    """The version in work; another one by `?version=`, to read."""
    round = round_of(request, slug)
    form = _chosen(round, request.GET.get("version", ""))
    outline = outline_of(form)
    versions = list(round.form_versions.order_by("-number"))
    may_build = form.pk == versions[0].pk and can_build(form, request.user)
    before = next((row for row in versions[1:] if row.published_at), None)
    context = {
        "round": round,
        "form": form,
        "parts": parts_of(outline),
        "rules": outline.rules,
        "versions": versions,
        "may_build": may_build,
        "is_renewal": round.state in RENEWABLE and form.published_at is None,
        "may_renew": request.user.has_perm("grants.change_round", round)
        and round.state in RENEWABLE
        and versions[0].published_at is not None,
        "problems": form_problems(outline) if form.published_at is None else [],
        "changes": what_changed(outline_of(before), outline) if before and may_build else None,
        "before": before,
        "counts": {"questions": len(outline.questions), "sections": len(outline.sections)},
    }
    return desk.render(
        request, "admin/forms/outline.html", context, title=_("The form"), trail=trail_to(round)[:2]
    )


def _chosen(round: Round, number: str) -> FormVersion:
    if not number:
        return version_of(round)
    is_number = number.isascii() and number.isdigit() and len(number) < 5
    form = round.form_versions.filter(number=int(number)).first() if is_number else None
    if form is None:
        raise Http404
    form.round = round
    return form


def parts_of(outline: Outline) -> list[dict]:
    """Each section with its questions, and in words when they are shown."""
    by_key = {question.key: question for question in outline.questions}
    return [
        {
            "section": section,
            "shown": in_words(section.show_when, by_key),
            "questions": [
                {
                    "question": question,
                    "kind": kind_of(question.kind),
                    "shown": in_words(question.show_when, by_key),
                    "note": _note(question),
                }
                for question in section.questions.all()
            ],
        }
        for section in outline.sections
    ]


def _note(question: Question) -> str:
    """The one setting that says most about the question."""
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        count = len(question.options)
        return ngettext("%(count)s option", "%(count)s options", count) % {"count": count}
    if question.kind == QuestionKind.GROUP:
        count = len(question.columns)
        return ngettext("%(count)s column", "%(count)s columns", count) % {"count": count}
    if question.max_length:
        return _("at most %(count)s %(unit)s") % {
            "count": question.max_length,
            "unit": question.get_limit_unit_display(),
        }
    return ""


@desk.page(FORM + "move/", name="form-move", permission="change_round", section="rounds")
def form_move(request, slug):
    """Moves what `move` names: `section:<id>:up`, or `question:<id>:to:<section id>:<place>`."""
    round = officers_round(request, slug)
    only_post(request)
    outline = outline_of(version_of(round))
    asked = (request.POST.get("move", "") + "::::").split(":")
    thing = _found(outline, asked[0], asked[1])
    try:
        if isinstance(thing, Section):
            place = _place(outline.sections, thing, asked[2], asked[3])
            move_section(thing, by=request.user, place=place)
        else:
            section, place = _target(outline, thing, asked)
            move_question(thing, by=request.user, section=section, place=place)
    except Refused as refused:
        messages.error(request, str(refused))
    url = builder(round)
    return HttpResponseRedirect(url if request.htmx else f"{url}#{asked[0]}-{thing.pk}")


def _found(outline: Outline, kind: str, pk: str) -> Section | Question:
    rows: list = {"section": outline.sections, "question": outline.questions}.get(kind, [])
    for row in rows:
        if str(row.pk) == pk:
            return row
    raise Http404


def _place(rows: list, thing, verb: str, place: str) -> int:
    """The place from 1 after the move; one that is none is the first."""
    now = rows.index(thing) + 1
    if verb == "to":
        return int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 1
    return now + 1 if verb == "down" else now - 1


def _target(outline: Outline, question: Question, asked: list[str]) -> tuple[Section, int]:
    """Where a question goes. At the end of its section it goes on into the next one."""
    verb = asked[2]
    if verb == "to":
        found = {str(section.pk): section for section in outline.sections}
        if asked[3] not in found:
            raise Http404
        return found[asked[3]], _place([question], question, "to", asked[4])
    here = outline.sections.index(question.section)
    rows = list(question.section.questions.all())
    place = _place(rows, question, verb, "")
    if place < 1 and here > 0:
        section = outline.sections[here - 1]
        return section, len(section.questions.all()) + 1
    if place > len(rows) and here + 1 < len(outline.sections):
        return outline.sections[here + 1], 1
    return question.section, place
