"""Random forms and random answers to them, in memory: right ones, wrong ones and rubbish."""

from decimal import Decimal

from hypothesis import strategies as st

from grants.programs.columns import COLUMN_KINDS, columns_of
from grants.programs.conditions import TESTS, WITHOUT_VALUE
from grants.programs.models import Question, QuestionKind, Section
from tests.forms import OPTIONS, question

KINDS = [kind for kind in QuestionKind.values if kind != "file"]
PATTERNS = ["[A-Z]{2,4}", r"\d+(?:-\d+)?", r"[\w.]+", "[一-龥]{1,3}", "(?:a|b)*c", "."]
CHARACTERS = st.sampled_from("aB1 .-一星\n\r\t\u200b\u200d\u202e\u3000é😀'=<") | st.characters(
    codec="utf-8"
)
TEXTS = (
    st.text(CHARACTERS, max_size=8)
    | st.sampled_from(["", " ", "AB", "12-3", "星火", "abc", "\u200b", " x ", "a\r\nb", "=cmd()"])
    | st.lists(st.sampled_from(["one", "two", "三", "4"]), max_size=6).map(" ".join)
)
NUMBERS = st.decimals(-200, 200, places=2, allow_nan=False).map(str) | st.sampled_from(
    ["0", "-0", "12.50", "007", "9999999999999999", "99999999999999999", "0.0000000000001", "1,000"]
)
AMOUNTS = st.decimals(0, 2000, places=2, allow_nan=False).map(str) | st.sampled_from(
    ["0.001", "-1", "¥5", "10"]
)
DATES = st.dates().map(str) | st.sampled_from(["2026-02-29", "0000-01-01", "2027-13-01", "soon"])
LINKS = st.sampled_from(
    ["https://a.cn", "http://例子.中国/a?b#c", "https://", "ftp://a.cn", "https://a b.cn",
     "https://8.8.8.8:80/", "https://localhost", "HTTPS://A.CN", "https://a.cn/" + "x" * 2100,
     "https://" + "a" * 64 + ".cn", "https://u@a.cn", "https://a..cn", "https://-a.cn"]
)  # fmt: skip
CHOSEN = st.sampled_from(["phone", "tablet", "fridge", "", "Phone "])
RUBBISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("name"), inner),
    max_leaves=4,
)
BY_KIND = {
    "short_text": TEXTS,
    "long_text": TEXTS,
    "number": NUMBERS | st.integers(-300, 10**17),
    "money": AMOUNTS,
    "choice": CHOSEN,
    "choices": st.lists(CHOSEN, max_size=3),
    "yes_no": st.sampled_from(["yes", "no", "", "maybe"]),
    "date": DATES,
    "link": LINKS,
}


def answers_to(asked: Question) -> st.SearchStrategy:
    if asked.kind in BY_KIND:
        return BY_KIND[asked.kind]
    cells = {
        "package_name": st.sampled_from(["com.example.a", "a", "", "com.例"]),
        "share": st.sampled_from(["50", "100", "33.33", "33.333", "0", "100.00", "5e1"]),
    }
    row = {
        column.key: cells.get(column.key, st.just("") | BY_KIND[column.kind])
        for column in columns_of(asked)
    }
    return st.lists(st.fixed_dictionaries({}, optional=row), max_size=4)


@st.composite
def limits(draw, kind: str) -> dict:
    columns: dict = {"is_required": draw(st.booleans())}
    if kind in ("short_text", "long_text"):
        least = draw(st.none() | st.integers(1, 3))
        columns["min_length"] = least
        columns["max_length"] = draw(st.none() | st.integers(least or 1, 6))
        columns["limit_unit"] = draw(st.sampled_from(["characters", "words"]))
    if kind == "short_text":
        columns["pattern"] = draw(st.just("") | st.sampled_from(PATTERNS))
    if kind in ("number", "money"):
        bound = st.none() | st.decimals(-150, 150, places=2, allow_nan=False)
        columns["least"], columns["most"] = draw(bound), draw(bound)
    return columns


@st.composite
def asked_questions(draw, key: str) -> Question:
    kind = draw(st.sampled_from(KINDS))
    columns = draw(limits(kind))
    if kind in ("group", "budget", "plan", "app"):
        columns["least_rows"] = draw(st.integers(0, 2))
        columns["most_rows"] = draw(st.integers(max(columns["least_rows"], 1), 3))
    if kind == "group":
        kinds = draw(st.lists(st.sampled_from(COLUMN_KINDS), min_size=1, max_size=3))
        columns["columns"] = [
            _column(draw, f"c{number}", each) for number, each in enumerate(kinds)
        ]
    return question(key, kind, **columns)


def _column(draw, key: str, kind: str) -> dict:
    more = draw(limits(kind))
    for name in ("least", "most"):
        if isinstance(more.get(name), Decimal):
            more[name] = str(more[name])
    if kind == "choice":
        more["options"] = OPTIONS
    return {"key": key, "kind": str(kind), "label_zh": key, "label_en": key, **more}


@st.composite
def conditions(draw, earlier: list[Question]) -> dict:
    about = [asked for asked in earlier if TESTS[asked.kind]]
    if not about or draw(st.booleans()):
        return {}
    tests = []
    for _number in range(draw(st.integers(1, 2))):
        asked = draw(st.sampled_from(about))
        test = draw(st.sampled_from(TESTS[asked.kind]))
        value = "" if test in WITHOUT_VALUE else draw(_values(asked.kind))
        tests.append({"question": asked.key, "is": str(test), "value": value})
    return {draw(st.sampled_from(["all", "any"])): tests}


def _values(kind: str) -> st.SearchStrategy[str]:
    match kind:
        case "number" | "money":
            return st.decimals(-150, 150, places=1, allow_nan=False).map(str)
        case "date":
            return st.dates().map(str)
        case "choice" | "choices":
            return st.sampled_from(["phone", "tablet"])
        case "yes_no":
            return st.sampled_from(["yes", "no"])
    return st.sampled_from(["AB", "星火", "abc"])


@st.composite
def forms(draw) -> list[tuple[Section, list[Question]]]:
    parts, earlier = [], []
    for position in range(1, draw(st.integers(1, 3)) + 1):
        section = Section(
            position=position, title_zh="节", title_en="Part", show_when=draw(conditions(earlier))
        )
        rows = []
        for number in range(draw(st.integers(1, 3))):
            asked = draw(asked_questions(f"q{position}{number}"))
            asked.show_when = draw(conditions(earlier))
            asked.section = section
            rows.append(asked)
            earlier.append(asked)
        parts.append((section, rows))
    return parts


@st.composite
def forms_with_answers(draw):
    """A form as its parts, all its questions, and answers to some of them."""
    parts = draw(forms())
    questions = [asked for _section, rows in parts for asked in rows]
    answers = {}
    for asked in questions:
        if draw(st.integers(0, 9)):
            is_rubbish = draw(st.integers(0, 19)) == 0
            answers[asked.key] = draw(RUBBISH if is_rubbish else answers_to(asked))
    return parts, questions, answers
