"""The empty form of a round, to be read or filled in by hand."""

from django.conf import settings
from django.utils.translation import gettext as _

from grants.applications.files import most_bytes_for, suffixes_for
from grants.core.dates import in_words
from grants.programs.columns import columns_of
from grants.programs.models import FormVersion, LimitUnit, Question, QuestionKind, Round
from grants.reports.papers.application import item
from grants.reports.papers.press import pdf

SHORT = {
    QuestionKind.SHORT_TEXT,
    QuestionKind.NUMBER,
    QuestionKind.MONEY,
    QuestionKind.DATE,
    QuestionKind.LINK,
}
MOST_EMPTY_ROWS = 5
BOX = "☐"


def form_pdf(round: Round, form: FormVersion) -> bytes:
    """All questions of the round with room to answer; the same form gives the same bytes."""
    least, most = f"¥{round.award_min:,.2f}", f"¥{round.award_max:,.2f}"
    project = [
        item(_("Title of the project"), blank="line"),
        item(
            _("Asked for"),
            note=_("Between %(least)s and %(most)s.") % {"least": least, "most": most},
            blank="line",
        ),
    ]
    data = {
        "kind": f"{settings.PORTAL_NAME} · {round.program.name}",
        "title": round.title,
        "lead": _("The empty form, to prepare the answers. Applications are sent on the portal."),
        "facts": [
            (_("Opens"), in_words(round.opens_at)),
            (_("Closes"), in_words(round.closes_at)),
        ],
        "hash": None,
        "sections": [
            {"title": _("Project and amount"), "help": "", "items": project},
            *(
                {
                    "title": section.title,
                    "help": section.help,
                    "items": [_empty(question) for question in section.questions.all()],
                }
                for section in form.sections.prefetch_related("questions")
            ),
        ],
        "foot": _("Version %(number)s of the form") % {"number": form.number},
    }
    return pdf(data, at=form.published_at or round.opens_at)


def _empty(question: Question) -> dict:
    label = question.label
    if not question.is_required:
        label = _("%(question)s (optional)") % {"question": label}
    hints = [question.help, _limits(question)]
    if question.show_when:
        hints.append(_("Asked only after certain answers."))
    return item(label, note=" · ".join(filter(None, hints)), **_room(question))


def _room(question: Question) -> dict:
    """Boxes to tick, an empty table, a line or a field to write in."""
    if question.kind in SHORT:
        return {"blank": "line"}
    if question.kind == QuestionKind.YES_NO:
        return {"lines": [f"{BOX} {_('Yes')}    {BOX} {_('No')}"]}
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        return {"lines": [f"{BOX} {words}" for _value, words in question.choices]}
    if question.kind == QuestionKind.FILE:
        return {"lines": [f"{BOX} {_('A file, added on the portal')}"]}
    if heads := [column.label for column in columns_of(question)]:
        empty = [""] * len(heads)
        return {"heads": heads, "rows": [empty] * min(question.most_rows, MOST_EMPTY_ROWS)}
    return {"blank": "box"}


def _limits(question: Question) -> str:
    if question.kind == QuestionKind.FILE:
        kinds = ", ".join(sorted(suffix[1:].upper() for suffix in suffixes_for(question)))
        size = most_bytes_for(question) // (1024 * 1024)
        return _("%(kinds)s, at most %(limit)s MB each") % {"kinds": kinds, "limit": size}
    if question.kind == QuestionKind.CHOICES:
        return _("Several can be chosen.")
    if not question.max_length:
        return ""
    if question.limit_unit == LimitUnit.WORDS:
        return _("At most %(limit)s words.") % {"limit": question.max_length}
    return _("At most %(limit)s characters.") % {"limit": question.max_length}
