"""Tables of rows in a form of the builder: options and conditions.

A row is added, moved and removed by buttons named `row`, such as `options:up:3`; each only shows
the page again with the rows changed, so that all works without a script.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from grants.core.bilingual import pick
from grants.programs.conditions import MOST_CONDITIONS, TESTS, WITHOUT_VALUE, Comparison
from grants.programs.models import Question, QuestionKind
from grants.programs.questions import MOST_OPTIONS, fresh_key

OPTION = ("zh", "en", "value")
CONDITION = ("question", "is", "value")


@dataclass
class Cell:
    name: str
    value: str
    label: str
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()
    problem: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}"


@dataclass
class Row:
    number: int
    cells: list[Cell] = field(default_factory=list)


def read_rows(data: Mapping, prefix: str, parts: Sequence[str], most: int) -> list[dict[str, str]]:
    """The rows as they were sent, at most `most` of them."""
    sent = data.get(f"{prefix}-rows", "0")
    count = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 5 else 0
    return [
        {part: data.get(f"{prefix}-{number}-{part}", "").strip() for part in parts}
        for number in range(min(count, most + 1))
    ]


def turn(rows: list[dict], prefix: str, asked: str, parts: Sequence[str]) -> list[dict]:
    """The rows after a button: `<prefix>:add`, `:up:<n>`, `:down:<n>`, `:remove:<n>`."""
    table, _colon, rest = asked.partition(":")
    verb, _colon, place = rest.partition(":")
    if table != prefix:
        return rows
    if verb == "add":
        return [*rows, dict.fromkeys(parts, "")]
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 5 else len(rows)
    if number >= len(rows):
        return rows
    row = rows.pop(number)
    if verb == "up":
        rows.insert(max(number - 1, 0), row)
    elif verb == "down":
        rows.insert(number + 1, row)
    return rows


def read_options(data: Mapping) -> list[dict[str, str]]:
    return read_rows(data, "options", OPTION, MOST_OPTIONS)


def filled_options(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that say something; one without a value gets it from its English words."""
    rows = [row for row in rows if any(row.values())]
    taken = {row["value"] for row in rows}
    options = []
    for row in rows:
        value = row["value"] or fresh_key(row["en"], taken, "option")
        taken.add(value)
        options.append({"value": value, "zh": row["zh"], "en": row["en"]})
    return options


def option_rows(rows: list[dict[str, str]], problems: Mapping[str, str]) -> list[Row]:
    words = {"zh": _("Chinese"), "en": _("English"), "value": _("Value")}
    return [
        Row(
            number,
            [
                Cell(
                    f"options-{number}-{part}",
                    row[part],
                    _("%(part)s of option %(number)s")
                    % {"part": words[part], "number": number + 1},
                    problem=problems.get(f"options.{number}.{part}", ""),
                )
                for part in OPTION
            ],
        )
        for number, row in enumerate(rows)
    ]


def read_conditions(data: Mapping) -> list[dict[str, str]]:
    return read_rows(data, "conditions", CONDITION, MOST_CONDITIONS)


def show_when_of(data: Mapping) -> dict:
    """What the rows say; rows without a question are left out."""
    rows = [row for row in read_conditions(data) if row["question"]]
    tests = [
        {"question": row["question"], "is": row["is"]}
        | ({} if row["is"] in WITHOUT_VALUE else {"value": row["value"]})
        for row in rows
    ]
    together = "any" if data.get("together") == "any" else "all"
    return {together: tests} if tests else {}


def stored_conditions(show_when: Mapping) -> tuple[str, list[dict[str, str]]]:
    for together, tests in show_when.items():
        return together, [{part: test.get(part, "") for part in CONDITION} for test in tests]
    return "all", []


def askable(earlier: Sequence[Question]) -> list[Question]:
    return [question for question in earlier if TESTS[question.kind]]


def condition_rows(rows: list[dict[str, str]], earlier: Sequence[Question]) -> list[Row]:
    """Each row: which earlier question, which test, and its value where the test has one."""
    by_key = {question.key: question for question in askable(earlier)}
    questions = [("", _("Choose a question")), *((q.key, q.label) for q in by_key.values())]
    shown = []
    for number, row in enumerate(rows):
        question, name = by_key.get(row["question"]), f"conditions-{number}-"
        words = {"number": number + 1}
        known = list(questions)
        if row["question"] and question is None:
            known.append((row["question"], row["question"]))
        cells = [
            Cell(
                f"{name}question",
                row["question"],
                _("Question of condition %(number)s") % words,
                "select",
                known,
            )
        ]
        if question is not None:
            tests = [(test.value, str(test.label)) for test in TESTS[question.kind]]
            label = _("Test of condition %(number)s") % words
            cells.append(Cell(f"{name}is", row["is"], label, "select", tests))
            if (row["is"] or tests[0][0]) not in WITHOUT_VALUE:
                label = _("Answer of condition %(number)s") % words
                cells.append(_value(question, f"{name}value", row["value"], label))
        shown.append(Row(number, cells))
    return shown


def _value(question: Question, name: str, value: str, label: str) -> Cell:
    match question.kind:
        case QuestionKind.CHOICE | QuestionKind.CHOICES:
            return Cell(name, value, label, "select", question.choices)
        case QuestionKind.YES_NO:
            return Cell(name, value, label, "select", [("yes", _("Yes")), ("no", _("No"))])
        case QuestionKind.DATE:
            return Cell(name, value, label, "date")
        case QuestionKind.NUMBER | QuestionKind.MONEY:
            return Cell(name, value, label, "decimal")
    return Cell(name, value, label)


def in_words(show_when: Mapping, questions: Mapping[str, Question]) -> str:
    """Conditions as a sentence: “Category” is Tools and “Ready” is Yes."""
    together, tests = stored_conditions(show_when)
    joint = _(" or ") if together == "any" else _(" and ")
    return joint.join(_one_in_words(test, questions.get(test["question"])) for test in tests)


def _one_in_words(test: Mapping[str, str], question: Question | None) -> str:
    label = question.label if question else test["question"]
    words = f"“{label}” {Comparison(test['is']).label}"
    if test["is"] in WITHOUT_VALUE:
        return words
    return f"{words} {_answer_in_words(question, test['value'])}"


def _answer_in_words(question: Question | None, value: str) -> str:
    if question and question.kind == QuestionKind.YES_NO:
        return _("Yes") if value == "yes" else _("No")
    for option in question.options if question else []:
        if option["value"] == value:
            return pick(option)
    return value
