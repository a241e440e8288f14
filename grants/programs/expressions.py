"""The small language of rules: a part of Python's expressions, computed by simpleeval.

Of simpleeval only what is listed here is left: no attribute, call, index or power but ours. Names
are the keys of questions (a dash is written as `_`) and `requested_amount`. Numbers and amounts are
exact decimals, yes and no are `yes` and `no`, days are written `day("2027-01-31")`, choices are
texts, several choices and the columns of rows (`costs.amount`) lists. Computing stops with
`NotAnswered` at a number, a text or a day that is not there; `answered(key)` asks for just that.
"""

import ast
import math
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, DivisionByZero, InvalidOperation
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _
from simpleeval import SimpleEval

from grants.core.numbers import read_day

LONGEST = 500
MOST_PARTS, DEEPEST, MOST_DIGITS = 200, 20, 15
WORDS = {"yes": True, "no": False}


class BadRule(ValueError):
    """The sentence says what cannot be computed."""


class NotAnswered(Exception):
    """The rule needs a value that is not there yet."""


class Rows(dict):
    """Rows as their columns: key → the values that are answered."""

    count = 0


def _numbers(sign: str, compute: Callable) -> Callable:
    def operate(*values):
        if not all(isinstance(value, Decimal) for value in values):
            raise BadRule(_("“%(sign)s” works with numbers only.") % {"sign": sign})
        return compute(*values)

    return operate


def _ordered(sign: str, compute: Callable) -> Callable:
    def compare(left, right):
        if type(left) is not type(right) or not isinstance(left, Decimal | date):
            raise BadRule(_("“%(sign)s” compares two numbers or two days.") % {"sign": sign})
        return compute(left, right)

    return compare


def _same(left, right) -> bool:
    if type(left) is not type(right) or isinstance(left, list | Rows):
        raise BadRule(_("“==” and “!=” compare two things of the same kind."))
    return left == right


def _within(part, whole) -> bool:
    if not isinstance(whole, list) or isinstance(part, list | Rows):
        raise BadRule(_("“in” looks for a value in several choices or in a column."))
    return part in whole


def _not(value) -> bool:
    return not _truth(value)


def _truth(value) -> bool:
    if not isinstance(value, bool):
        raise BadRule(_("“and”, “or” and “not” work with what is true or not true."))
    return value


OPERATORS = {
    ast.Add: _numbers("+", lambda left, right: left + right),
    ast.Sub: _numbers("-", lambda left, right: left - right),
    ast.Mult: _numbers("*", lambda left, right: left * right),
    ast.Div: _numbers("/", lambda left, right: left / right),
    ast.USub: _numbers("-", lambda value: -value),
    ast.Lt: _ordered("<", lambda left, right: left < right),
    ast.LtE: _ordered("<=", lambda left, right: left <= right),
    ast.Gt: _ordered(">", lambda left, right: left > right),
    ast.GtE: _ordered(">=", lambda left, right: left >= right),
    ast.Eq: _same,
    ast.NotEq: lambda left, right: not _same(left, right),
    ast.In: _within,
    ast.NotIn: lambda part, whole: not _within(part, whole),
    ast.Not: _not,
}


def _list_of_numbers(name: str, values) -> list[Decimal]:
    if not isinstance(values, list) or not all(isinstance(value, Decimal) for value in values):
        raise BadRule(
            _("“%(name)s” takes a column of numbers, such as costs.amount.") % {"name": name}
        )
    return values


def _sum(values) -> Decimal:
    return sum(_list_of_numbers("sum", values), Decimal(0))


def _extreme(name: str, choose: Callable) -> Callable:
    def find(values) -> Decimal:
        if not _list_of_numbers(name, values):
            raise NotAnswered
        return choose(values)

    return find


def _count(values) -> Decimal:
    if not isinstance(values, list | Rows):
        raise BadRule(_("“count” takes several choices, rows or a column of rows."))
    return Decimal(values.count if isinstance(values, Rows) else len(values))


def _day(text) -> date:
    try:
        return read_day(text)
    except (TypeError, ValueError):
        raise BadRule(_('Write a day as day("2027-01-31").')) from None


def _days(start, end) -> Decimal:
    if not isinstance(start, date) or not isinstance(end, date):
        raise BadRule(_("“days” takes two days and counts from the first to the second."))
    return Decimal((end - start).days)


FUNCTIONS = {
    "sum": _sum,
    "count": _count,
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "day": _day,
    "days": _days,
}
ANSWERED = "answered"
TAKEN = {*FUNCTIONS, *WORDS, ANSWERED, "True", "False", "None", "and", "or", "not", "in"}


class Evaluator(SimpleEval):
    """Computes a parsed rule. A trial looks at every part, also behind `and` and `or`."""

    def __init__(self, names: Mapping[str, object], *, is_trial: bool = False):
        super().__init__(operators=OPERATORS, functions=FUNCTIONS, names=names)
        self.is_trial = is_trial
        self.nodes = {
            ast.Name: self._eval_name,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.BoolOp: self._eval_boolop,
            ast.Compare: self._eval_compare,
            ast.Call: self._eval_call,
            ast.Attribute: self._eval_attribute,
            ast.Constant: self._eval_constant,
        }

    def _eval_name(self, node):
        value = WORDS.get(node.id, self.names.get(node.id))
        if value is None:
            raise NotAnswered
        return value

    def _eval_boolop(self, node):
        is_and = isinstance(node.op, ast.And)
        values = (_truth(self._eval(part)) for part in node.values)
        together = all if is_and else any
        return together(list(values)) if self.is_trial else together(values)

    def _eval_compare(self, node):
        parts = [self._eval(part) for part in (node.left, *node.comparators)]
        pairs = zip(node.ops, pairwise(parts), strict=True)
        results = [self.operators[type(sign)](left, right) for sign, (left, right) in pairs]
        return all(results)

    def _eval_binop(self, node):
        try:
            return super()._eval_binop(node)
        except (DivisionByZero, InvalidOperation):
            if self.is_trial:
                return Decimal(1)
            raise

    def _eval_call(self, node):
        if node.func.id == ANSWERED:
            value = self.names.get(node.args[0].id)
            return bool(value.count) if isinstance(value, Rows) else value not in (None, [])
        return self.functions[node.func.id](*[self._eval(part) for part in node.args])

    def _eval_attribute(self, node):
        rows = self._eval_name(node.value)
        if not isinstance(rows, Rows) or node.attr not in rows:
            part = f"{node.value.id}.{node.attr}"
            raise BadRule(_("“%(part)s” is no column of this form.") % {"part": part})
        return rows[node.attr]

    def _eval_constant(self, node):
        is_number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return Decimal(str(node.value)) if is_number else node.value


@lru_cache(maxsize=512)
def parsed(expression: str) -> ast.expr:
    """The rule as a tree that is neither big nor deep. Raises `BadRule`."""
    if len(expression) > LONGEST:
        raise BadRule(_("A rule has at most %(count)s characters.") % {"count": LONGEST})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise BadRule(
            _("This cannot be read as a rule, such as: sum(costs.amount) <= requested_amount")
        ) from None
    level, seen = [tree], 0
    for _depth in range(DEEPEST):
        seen += len(level)
        if wrong := [node for node in level if not _is_known(node)]:
            part = ast.get_source_segment(expression.strip(), wrong[0]) or ""
            raise BadRule(_("“%(part)s” cannot be used in a rule.") % {"part": part[:60]})
        level = [child for node in level for child in _children(node)]
    if level or seen > MOST_PARTS:
        raise BadRule(_("This rule is too long or too deep. Make two of it."))
    return tree


def _is_known(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=bool() | str()):
            return True
        case ast.Constant(value=int() | float() as number):
            return math.isfinite(number) and len(str(number)) <= MOST_DIGITS
        case ast.Attribute():
            return isinstance(node.value, ast.Name)
        case ast.UnaryOp() | ast.BinOp():
            return type(node.op) in OPERATORS
        case ast.Compare():
            return all(type(sign) in OPERATORS for sign in node.ops)
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            return _is_call(name, node.args)
    return isinstance(node, ast.Name | ast.BoolOp)


def _children(node: ast.expr) -> list[ast.expr]:
    """The parts of a node that are computed."""
    match node:
        case ast.UnaryOp():
            return [node.operand]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.BoolOp():
            return list(node.values)
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.Call():
            return list(node.args)
    return []


def _is_call(name: str, arguments: list) -> bool:
    if name == ANSWERED:
        return len(arguments) == 1 and isinstance(arguments[0], ast.Name)
    return name in FUNCTIONS and len(arguments) == (2 if name == "days" else 1)


def names_in(expression: str) -> list[str]:
    """The names of answers in a rule that can be read, in their order."""
    nodes = list(ast.walk(parsed(expression)))
    calls = {node.func for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name) and node not in calls]
    names.sort(key=lambda node: (node.lineno, node.col_offset))
    return list(dict.fromkeys(node.id for node in names if node.id not in WORDS))
