"""What one submission changed of the one before."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from grants.applications.models import Application, Submission
from grants.applications.reading import in_plain_words
from grants.applications.selectors import questions_of
from grants.programs.models import Question, QuestionKind

AMOUNT = Question(kind=QuestionKind.MONEY)


@dataclass(frozen=True)
class Change:
    """`before` and `after` in words, empty where there was nothing."""

    label: str
    before: str
    after: str


def changes_between(
    application: Application, first: Submission, second: Submission
) -> list[Change]:
    """The title, the amount, answers and files that differ, in the order of the form."""
    before, after = first.content, second.content
    rows = [
        (_("Title of the project"), before["title"], after["title"]),
        (_("Asked for"), _amount(before), _amount(after)),
    ]
    for question in questions_of(application):
        if question.kind == QuestionKind.FILE:
            rows.append((question.label, _files(before, question), _files(after, question)))
        else:
            rows.append(
                (question.label, _answer(before, question), _answer(after, question)),
            )
    return [Change(label, old, new) for label, old, new in rows if old != new]


def _amount(content: dict) -> str:
    return in_plain_words(AMOUNT, content["requested_amount"]).text


def _answer(content: dict, question: Question) -> str:
    return in_plain_words(question, content["answers"].get(question.key)).text


def _files(content: dict, question: Question) -> str:
    """Names with the beginning of the hash: a file of the same name may be another one."""
    return "\n".join(
        f"{row['name']} · {row['sha256'][:12]}"
        for row in content["files"]
        if row["question"] == question.key
    )
