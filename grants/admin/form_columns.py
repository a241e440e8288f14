"""The page of one column of a group; it is a question of a simple kind."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.admin.form_doors import kind_of, officers_round, only_post, question_of, trail_to
from grants.admin.form_fields import NewQuestionForm, QuestionForm
from grants.admin.form_outline import FORM
from grants.admin.form_parts import closed
from grants.admin.form_questions import options_on, sent_values
from grants.admin.site import desk
from grants.core.errors import Refused
from grants.programs.columns import COLUMN_KINDS, columns_of
from grants.programs.models import Question, QuestionKind, Round
from grants.programs.services.columns import (
    add_column,
    change_column,
    move_column,
    remove_column,
)

COLUMNS = FORM + "questions/<int:pk>/columns/"


def group_of(round: Round, pk: int) -> Question:
    question = question_of(round, pk)
    if question.kind != QuestionKind.GROUP:
        raise Http404
    return question


def page_of_group(round: Round, group: Question) -> str:
    return reverse("admin:question-edit", args=[round.slug, group.pk]) + "#columns"


@desk.page(COLUMNS + "add/", name="column-add", permission="change_round", section="rounds")
def column_add(request, slug, pk):
    round = officers_round(request, slug)
    group = group_of(round, pk)
    if gone := closed(request, round, group.section.form):
        return gone
    kind = request.GET.get("kind", "")
    if kind not in COLUMN_KINDS:
        context = {
            "kinds": [kind_of(value) for value in COLUMN_KINDS],
            "back": page_of_group(round, group),
        }
        title = _("Which kind of column?")
        return desk.render(
            request, "admin/forms/kinds.html", context, title=title, trail=_trail(round, group)
        )
    column = Question(kind=kind)
    shape = NewQuestionForm(request.POST or None, instance=column)

    def save(values):
        add_column(group, by=request.user, kind=kind, **values)

    title = _("New column: %(kind)s") % {"kind": kind_of(kind).label}
    return _page(request, round, group, shape, save, title)


@desk.page(COLUMNS + "<slug:key>/", name="column-edit", permission="change_round", section="rounds")
def column_edit(request, slug, pk, key):
    round = officers_round(request, slug)
    group = group_of(round, pk)
    if gone := closed(request, round, group.section.form):
        return gone
    column = next((column for column in columns_of(group) if column.key == key), None)
    if column is None:
        raise Http404
    shape = QuestionForm(request.POST or None, instance=column)

    def save(values):
        change_column(group, key, by=request.user, **values)

    return _page(request, round, group, shape, save, column.label)


def _trail(round: Round, group: Question) -> list[tuple[str, str]]:
    return [*trail_to(round), (group.label, page_of_group(round, group))]


def _page(request, round: Round, group: Question, shape: QuestionForm, save, title: str):
    problems: dict = {}
    if shape.is_bound and "row" not in request.POST and shape.is_valid():
        try:
            save(sent_values(request, shape))
        except Refused as refused:
            problems = refused.problems or {"": refused.message}
            shape.show(problems)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(page_of_group(round, group))
    elif "row" in request.POST:
        shape.errors.clear()
    context = {
        "round": round,
        "form": shape,
        "question": shape.instance,
        "kind": kind_of(shape.instance.kind),
        "options": options_on(request, shape.instance, problems),
        "back": page_of_group(round, group),
        "group": group,
    }
    return desk.render(
        request, "admin/forms/question.html", context, title=title, trail=_trail(round, group)
    )


@desk.page(
    COLUMNS + "<slug:key>/<slug:verb>/",
    name="column-verb",
    permission="change_round",
    section="rounds",
)
def column_verb(request, slug, pk, key, verb):
    """Moves a column up or down, or removes it."""
    round = officers_round(request, slug)
    group = group_of(round, pk)
    only_post(request)
    keys = [column.key for column in columns_of(group)]
    if key not in keys or verb not in ("up", "down", "remove"):
        raise Http404
    try:
        if verb == "remove":
            remove_column(group, key, by=request.user)
        else:
            place = keys.index(key) + (2 if verb == "down" else 0)
            move_column(group, key, by=request.user, place=place)
    except Refused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(page_of_group(round, group))
