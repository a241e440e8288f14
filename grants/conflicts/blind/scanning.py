"""Everything that a blind reviewer reads of a submission, looked through."""

from pathlib import PurePath

from grants.applications.models import Document, Submission
from grants.conflicts.blind.extracting import Unreadable, extracted
from grants.conflicts.blind.marks import Mark, marks_of, told

Finding = dict[str, str]


def findings_in(submission: Submission) -> list[Finding]:
    """What tells who applies, in the order in which it is read. Reads the files."""
    application, content = submission.application, submission.content
    marks = marks_of(application.organisation)
    found = _found("title", "", "", content["title"], marks)
    for key, answer in content["answers"].items():
        found += _found("answer", key, "", "\n".join(_texts(answer)), marks)
    sent = {row["sha256"] for row in content["files"]}
    documents = application.documents.filter(sha256__in=sent).exclude(question_key="")
    for document in documents.order_by("question_key", "at", "pk"):
        found += _in_file(document, marks)
    return found


def _texts(answer) -> list[str]:
    """All texts of an answer, whatever is nested in it."""
    if isinstance(answer, dict):
        return [text for value in answer.values() for text in _texts(value)]
    if isinstance(answer, list):
        return [text for value in answer for text in _texts(value)]
    return [answer] if isinstance(answer, str) else []


def _in_file(document: Document, marks: list[Mark]) -> list[Finding]:
    key, name = document.question_key, document.name
    found = _found("file_name", key, name, name, marks)
    if not document.is_clean:
        return [*found, _finding("unread", key, name, "unread", "")]
    try:
        with document.file.open("rb") as file:
            text, about = extracted(file, PurePath(name).suffix)
    except (Unreadable, FileNotFoundError):
        return [*found, _finding("unread", key, name, "unread", "")]
    return (
        found + _found("text", key, name, text, marks) + _found("metadata", key, name, about, marks)
    )


def _found(place: str, key: str, name: str, text: str, marks: list[Mark]) -> list[Finding]:
    return [_finding(place, key, name, kind, words) for kind, words in told(text, marks)]


def _finding(place: str, key: str, name: str, kind: str, what: str) -> Finding:
    return {"place": place, "question": key, "name": name, "kind": kind, "what": what[:300]}
