"""The answer to one question as JSON Schema: exactly what the server keeps as right.

Texts are in their normal form: no white space around them, nothing that nobody sees. `x-kind` is
the kind of the question. What JSON Schema cannot say stands in `x-min-words`, `x-max-words` and
`x-sum` (the column whose numbers must sum to `equals`).
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from grants.core import links, number_patterns, text_patterns
from grants.core.bilingual import pick
from grants.core.numbers import read_number
from grants.core.patterns import portable
from grants.programs.columns import ROW_KINDS, WHOLE_SHARE, columns_of
from grants.programs.conditions import Comparison
from grants.programs.models import LimitUnit, Question, QuestionKind

TEXTS = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)
NUMBER = r"^-?[0-9]{1,16}(?:\.[0-9]{1,12})?" + text_patterns.END
NORMAL_NUMBER = r"^(?:0|-?(?:[1-9][0-9]*(?:\.[0-9]*[1-9])?|0\.[0-9]*[1-9]))" + text_patterns.END
MONEY = r"^[0-9]{1,16}(?:\.[0-9]{1,2})?" + text_patterns.END
LARGEST_INTEGER = 10**15
NOTHING = {"const": ""}
NEVER: dict = {"not": {}}
ANSWERED = {"$ref": "#/$defs/answered"}


def definitions() -> dict:
    """What the schemas of answers refer to."""
    return {
        "line": {"type": "string", "pattern": text_patterns.line()},
        "lines": {"type": "string", "pattern": text_patterns.lines()},
        "answered": {"anyOf": [{"type": "integer"}, {"pattern": text_patterns.visible()}]},
    }


def described(question: Question) -> dict:
    """What a reader needs to know of a question, without what its answer must be."""
    shape = {"title": question.label, "x-kind": question.kind}
    if question.help:
        shape["description"] = question.help
    return shape


def container(question: Question) -> dict:
    """The shape of the answer, be it right or wrong."""
    if question.kind == QuestionKind.CHOICES:
        return {"type": "array", "items": {"type": "string"}}
    if question.kind in ROW_KINDS:
        cells = {column.key: container(column) for column in columns_of(question)}
        row = {"type": "object", "properties": cells, "additionalProperties": False}
        return {"type": "array", "items": row}
    if question.kind == QuestionKind.FILE:
        return {"type": "array", "items": {"type": "string"}, "readOnly": True}
    return {"type": ["string", "integer"] if _takes_integers(question) else "string"}


def answer_schema(question: Question) -> dict:
    """What a right answer is, "" or [] where none is needed."""
    if question.kind == QuestionKind.CHOICES:
        return _choices(question)
    if question.kind in ROW_KINDS:
        return _rows(question)
    if question.kind == QuestionKind.FILE:
        return container(question)
    shape = _text(question)
    return shape if question.is_required else {"anyOf": [NOTHING, shape]}


def _text(question: Question) -> dict:
    match question.kind:
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            return _limited(question)
        case QuestionKind.NUMBER | QuestionKind.MONEY:
            return _number(question)
        case QuestionKind.CHOICE:
            return {"type": "string", "oneOf": _options(question)}
        case QuestionKind.YES_NO:
            return {"type": "string", "enum": ["yes", "no"]}
        case QuestionKind.DATE:
            return {"type": "string", "format": "date", "pattern": text_patterns.DATE}
        case _:
            return {
                "type": "string",
                "format": "iri",
                "pattern": links.PATTERN,
                "maxLength": links.LONGEST,
            }


def _options(question: Question) -> list[dict]:
    return [
        {"const": option["value"], "title": pick(option) or option["value"]}
        for option in question.options
    ] or [NEVER]


def _limited(question: Question) -> dict:
    is_short = question.kind == QuestionKind.SHORT_TEXT
    shape: dict = {"type": "string", "$ref": f"#/$defs/{'line' if is_short else 'lines'}"}
    is_words = question.limit_unit == LimitUnit.WORDS
    if question.max_length:
        shape["x-max-words" if is_words else "maxLength"] = question.max_length
    if question.min_length:
        shape["x-min-words" if is_words else "minLength"] = question.min_length
    if is_short and question.pattern:
        shape["pattern"] = _whole(question.pattern)
    return shape


def _whole(pattern: str) -> str:
    return f"^(?:{portable(pattern)}){text_patterns.END}"


def _takes_integers(question: Question) -> bool:
    return question.kind == QuestionKind.NUMBER and not question.pattern


def _number(question: Question) -> dict:
    shape: dict = {
        "type": "string",
        "pattern": MONEY if question.kind == QuestionKind.MONEY else NUMBER,
    }
    more = []
    if question.least is not None:
        more.append({"pattern": number_patterns.at_least(question.least)})
    if question.most is not None:
        more.append({"pattern": number_patterns.at_most(question.most)})
    if question.kind == QuestionKind.NUMBER and question.pattern:
        more += [{"pattern": NORMAL_NUMBER}, {"pattern": _whole(question.pattern)}]
    if more:
        shape["allOf"] = more
    return {"anyOf": [shape, _integer(question)]} if _takes_integers(question) else shape


def _integer(question: Question) -> dict:
    least, most = -LARGEST_INTEGER, LARGEST_INTEGER
    if question.least is not None:
        least = max(least, int(question.least.to_integral_value(ROUND_CEILING)))
    if question.most is not None:
        most = min(most, int(question.most.to_integral_value(ROUND_FLOOR)))
    return {"type": "integer", "minimum": least, "maximum": most}


def _choices(question: Question) -> dict:
    shape = {"type": "array", "items": {"oneOf": _options(question)}, "uniqueItems": True}
    return shape | {"minItems": 1} if question.is_required else shape


def _rows(question: Question) -> dict:
    columns = columns_of(question)
    needed = [column.key for column in columns if column.is_required]
    row: dict = {
        "type": "object",
        "properties": {column.key: described(column) | answer_schema(column) for column in columns},
        "required": needed,
        "additionalProperties": False,
    }
    if columns and not needed:
        row["anyOf"] = [
            {"required": [column.key], "properties": {column.key: ANSWERED}} for column in columns
        ]
    least = max(question.least_rows, 1)
    shape: dict = {"type": "array", "items": row, "maxItems": question.most_rows}
    if question.is_required:
        shape["minItems"] = least
    elif least > 1:
        shape["anyOf"] = [{"maxItems": 0}, {"minItems": least}]
    if question.kind == QuestionKind.BUDGET:
        shape["x-sum"] = {"column": "amount", "equals": "requested_amount"}
    if question.kind == QuestionKind.PLAN:
        shape["x-sum"] = {"column": "share", "equals": str(WHOLE_SHARE)}
    return shape


def passing(question: Question, test: str, value: str) -> dict:
    """What an answer is that passes a condition; the rest of its rightness stands elsewhere."""
    if question.kind == QuestionKind.CHOICES or question.kind in ROW_KINDS:
        return {"contains": {"const": value}} if test == Comparison.INCLUDES else {"minItems": 1}
    if test in (Comparison.ANSWERED, Comparison.NOT_ANSWERED):
        return ANSWERED
    if question.kind == QuestionKind.DATE:
        return {"pattern": text_patterns.days(value, test)}
    if question.kind in (QuestionKind.NUMBER, QuestionKind.MONEY):
        return _comparing(read_number(value), test)
    return {"const": value}


def _comparing(limit: Decimal, test: str) -> dict:
    """Of a number as a text, or as an integer."""
    match test:
        case Comparison.AT_LEAST:
            pattern, bounds = number_patterns.at_least(limit), {"minimum": limit}
        case Comparison.AT_MOST:
            pattern, bounds = number_patterns.at_most(limit), {"maximum": limit}
        case _:
            pattern, bounds = number_patterns.equal_to(limit), {"const": limit}
    whole = limit == limit.to_integral_value()
    plain = {name: int(bound) if whole else float(bound) for name, bound in bounds.items()}
    return {"anyOf": [{"type": "string", "pattern": pattern}, {"type": "integer", **plain}]}
