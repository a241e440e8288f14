"""Forms for the tests: sections and questions in memory, or added to a form that is stored."""

from grants.programs.models import FormVersion, Question, Section

OPTIONS = [{"value": value, "zh": value, "en": value.title()} for value in ("phone", "tablet")]
COLUMNS = [
    {"key": "name", "kind": "short_text", "label_zh": "姓名", "label_en": "Name"},
    {"key": "years", "kind": "number", "label_zh": "年", "label_en": "Years", "is_required": False},
]


def when(question: str, test: str, value: str = "", *, together: str = "all") -> dict:
    return {together: [{"question": question, "is": test, "value": value}]}


def question(key: str, kind: str = "short_text", **columns) -> Question:
    more: dict = {"label_zh": f"问 {key}", "label_en": f"Ask {key}"}
    if kind in ("choice", "choices"):
        more["options"] = OPTIONS
    if kind == "group":
        more["columns"] = COLUMNS
    return Question(key=key, kind=kind, **more | columns)


def section(position: int, *questions: Question, show_when: dict | None = None) -> list[Question]:
    """The questions, in a section in memory."""
    made = Section(position=position, title_zh="节", title_en="Part", show_when=show_when or {})
    for number, asked in enumerate(questions, start=1):
        asked.section, asked.position = made, number
    return list(questions)


def store(form: FormVersion, questions: list[Question]) -> None:
    """Puts questions with their sections behind what the form has."""
    last = form.sections.count()
    for asked in questions:
        if asked.section.pk is None:
            asked.section.form = form
            asked.section.position += last
            asked.section.save()
        asked.section_id = asked.section.pk
        asked.save()
