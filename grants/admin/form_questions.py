"""The page of one question: all that its kind can be told, saved at once."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.admin.form_doors import (
    builder,
    done_or_told,
    kind_of,
    officers_round,
    question_of,
    section_of,
    to_builder,
    trail_to,
)
from grants.admin.form_fields import NewQuestionForm, QuestionForm
from grants.admin.form_outline import FORM
from grants.admin.form_parts import closed, conditions_on
from grants.admin.form_rows import (
    OPTION,
    filled_options,
    option_rows,
    read_options,
    show_when_of,
    turn,
)
from grants.admin.site import desk
from grants.core.errors import Refused
from grants.programs.columns import columns_of
from grants.programs.models import Question, QuestionKind
from grants.programs.questions import MOST_OPTIONS, SETTINGS, mark_of
from grants.programs.selectors import outline_of
from grants.programs.services.forms import (
    add_question,
    change_question,
    copy_question,
    remove_question,
)

EMPTY_ROWS = 3


def options_on(request, question: Question, problems: dict) -> dict | None:
    """The table of options as it was sent, or as it is kept; None for a kind without options."""
    if "options" not in SETTINGS[question.kind]:
        return None
    if request.method == "POST":
        rows = turn(read_options(request.POST), "options", request.POST.get("row", ""), OPTION)
    else:
        rows = [dict(option) for option in question.options]
    rows += [dict.fromkeys(OPTION, "") for _more in range(EMPTY_ROWS - len(rows))]
    return {
        "rows": option_rows(rows, problems),
        "problem": problems.get("options", ""),
        "is_full": len(rows) >= MOST_OPTIONS,
    }


def sent_values(request, shape: QuestionForm) -> dict:
    """What the form says of a question: its fields, its options, its conditions."""
    values = dict(shape.cleaned_data)
    if "options" in SETTINGS[shape.instance.kind]:
        values["options"] = filled_options(read_options(request.POST))
    return values


@desk.page(
    FORM + "sections/<int:pk>/questions/add/",
    name="question-add",
    permission="change_round",
    section="rounds",
)
def question_add(request, slug, pk):
    """First its kind, then its words; with options or conditions it goes on to its own page."""
    round = officers_round(request, slug)
    section = section_of(round, pk)
    if gone := closed(request, round, section.form):
        return gone
    kind = request.GET.get("kind", "")
    context = {"round": round, "section": section, "back": builder(round, f"section-{pk}")}
    if kind not in QuestionKind.values:
        context["kinds"] = [kind_of(value) for value in QuestionKind.values]
        title = _("Which kind of question?")
        return desk.render(
            request, "admin/forms/kinds.html", context, title=title, trail=trail_to(round)
        )
    question = Question(section=section, kind=kind)
    shape = NewQuestionForm(request.POST or None, instance=question)
    problems: dict = {}
    if shape.is_bound and "row" not in request.POST and shape.is_valid():
        values = sent_values(request, shape)
        try:
            added = add_question(section, by=request.user, kind=kind, **values)
        except Refused as refused:
            problems = refused.problems or {"": refused.message}
            shape.show(problems)
        else:
            if kind == QuestionKind.GROUP:
                return done_group(request, round, added)
            said = _("“%(name)s” was added.") % {"name": added.label}
            return to_builder(request, round, said, f"question-{added.pk}")
    elif "row" in request.POST:
        shape.errors.clear()
    context |= {
        "form": shape,
        "question": question,
        "kind": kind_of(kind),
        "options": options_on(request, question, problems),
    }
    title = _("New question: %(kind)s") % {"kind": kind_of(kind).label}
    return desk.render(
        request, "admin/forms/question.html", context, title=title, trail=trail_to(round)
    )


def done_group(request, round, group: Question):
    messages.success(request, _("The group was added. Now add its columns."))
    return HttpResponseRedirect(reverse("admin:question-edit", args=[round.slug, group.pk]))


@desk.page(
    FORM + "questions/<int:pk>/", name="question-edit", permission="change_round", section="rounds"
)
def question_edit(request, slug, pk):
    round = officers_round(request, slug)
    question = question_of(round, pk)
    if gone := closed(request, round, question.section.form):
        return gone
    shape = QuestionForm(request.POST or None, instance=question)
    problems: dict = {}
    if shape.is_bound and "row" not in request.POST and shape.is_valid():
        values = sent_values(request, shape) | {"show_when": show_when_of(request.POST)}
        try:
            change_question(question, by=request.user, seen=request.POST.get("seen", ""), **values)
        except Refused as refused:
            problems = refused.problems or {"": refused.message}
            shape.show({name: text for name, text in problems.items() if name != "show_when"})
        else:
            return to_builder(request, round, _("Saved."), f"question-{pk}")
    elif "row" in request.POST:
        shape.errors.clear()
    context = {
        "round": round,
        "form": shape,
        "question": question,
        "kind": kind_of(question.kind),
        "back": builder(round, f"question-{pk}"),
        **_tables(request, question, problems),
        **freshness(request, question, bool(problems)),
    }
    return desk.render(
        request, "admin/forms/question.html", context, title=question.label, trail=trail_to(round)
    )


def _tables(request, question: Question, problems: dict) -> dict:
    outline = outline_of(question.section.form)
    place = [row.pk for row in outline.questions].index(question.pk)
    earlier = outline.questions[:place]
    return {
        "options": options_on(request, question, problems),
        "conditions": conditions_on(
            request, question.show_when, earlier, problems.get("show_when", "")
        ),
        "columns": [
            {"column": column, "kind": kind_of(column.kind)} for column in columns_of(question)
        ],
    }


def freshness(request, question: Question, is_refused: bool) -> dict:
    """The mark to send back; after a refusal over it, what stands now, to be compared.

    A page that only turned its rows keeps its mark. One that was told of the change and is sent
    again saves what it says.
    """
    fresh = Question.objects.get(pk=question.pk)
    seen, now = request.POST.get("seen", ""), mark_of(fresh)
    is_old = bool(seen) and seen != now
    if request.method == "POST" and "row" in request.POST:
        return {"seen": seen, "now": None}
    return {"seen": now, "now": fresh if is_refused and is_old else None}


@desk.page(
    FORM + "questions/<int:pk>/remove/",
    name="question-remove",
    permission="change_round",
    section="rounds",
)
def question_remove(request, slug, pk):
    round = officers_round(request, slug)
    question = question_of(round, pk)
    if request.method == "POST":
        said = _("“%(name)s” was removed.") % {"name": question.label}
        anchor = f"question-{pk}"
        return done_or_told(request, round, said, remove_question, question, anchor=anchor)
    context = {"name": question.label, "back": builder(round, f"question-{pk}")}
    title = _("Remove this question?")
    return desk.render(
        request, "admin/forms/remove.html", context, title=title, trail=trail_to(round)
    )


@desk.page(
    FORM + "questions/<int:pk>/copy/",
    name="question-copy",
    permission="change_round",
    section="rounds",
)
def question_copy(request, slug, pk):
    round = officers_round(request, slug)
    question = question_of(round, pk)
    said = _("A copy of “%(name)s” stands after it.") % {"name": question.label}
    return done_or_told(
        request, round, said, copy_question, question, anchor=f"question-{question.pk}"
    )
