"""What pages of an application need from several models at once."""

from dataclasses import dataclass

from grants.applications.answers import problems
from grants.applications.models import Application, Document
from grants.programs.models import Question, Section


@dataclass(frozen=True)
class TaskSection:
    """A section of the form with its state: not_started, in_progress or done."""

    section: Section
    questions: list[Question]
    state: str
    problems: dict[str, str]


def questions_of(application: Application) -> list[Question]:
    return list(
        Question.objects.filter(section__form_id=application.form_id)
        .select_related("section")
        .order_by("section__position", "position")
    )


def files_of(application: Application) -> dict[str, list[Document]]:
    """The files that stand, by question key."""
    files: dict[str, list[Document]] = {}
    for document in application.documents.filter(removed_at=None).order_by("at", "pk"):
        files.setdefault(document.question_key, []).append(document)
    return files


def task_list(application: Application) -> list[TaskSection]:
    """The sections in order, with what is still wrong in each."""
    files = files_of(application)
    by_section: dict[Section, list[Question]] = {}
    for question in questions_of(application):
        by_section.setdefault(question.section, []).append(question)
    tasks = []
    for section, questions in by_section.items():
        wrong = problems(questions, application.answers, files, whole=True)
        touched = any(application.answers.get(q.key) or q.key in files for q in questions)
        state = "done" if not wrong else "in_progress" if touched else "not_started"
        if not wrong and not touched and not any(q.is_required for q in questions):
            state = "not_started"
        tasks.append(TaskSection(section, questions, state, wrong))
    return tasks
