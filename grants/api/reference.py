"""The schema in the order in which a person reads it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

NAMES = {
    "organisations": _("Organisations"),
    "members": _("Members"),
    "invitations": _("Invitations"),
    "join-requests": _("Requests to join"),
    "rounds": _("Rounds"),
    "applications": _("Applications"),
    "signals": _("Signals"),
    "uploads": _("Uploads"),
    "assignments": _("Assignments"),
    "reviews": _("Reviews"),
    "conflicts": _("Conflicts of interest"),
    "decisions": _("Decisions"),
    "awards": _("Awards"),
    "milestones": _("Milestones"),
    "payees": _("Payees"),
    "payouts": _("Payouts"),
    "payout-batches": _("Payout batches"),
    "bank-statements": _("Bank statements"),
    "statement-lines": _("Bank lines"),
    "ledger": _("Ledger"),
    "events": _("Events"),
}


@dataclass(frozen=True)
class Value:
    """A parameter or a field; `kind` is its type in words such as `string · date-time`."""

    name: str
    kind: str
    words: str
    is_required: bool


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    words: str
    parameters: list[Value]
    body: list[Value]
    media_types: list[str]
    answer: list[Value]
    statuses: list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    anchor: str
    name: str
    operations: list[Operation]


def sections_of(schema: dict) -> list[Part]:
    """The operations by resource, in the order of a grant's way."""
    found: dict[str, list[Operation]] = {tag: [] for tag in NAMES}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append(_operation(schema, path, method, operation))
    return [Part(tag, str(NAMES[tag]), operations) for tag, operations in found.items()]


def _operation(schema: dict, path: str, method: str, operation: dict) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    body = next((media["schema"] for media in content.values()), {})
    good = next((each for code, each in operation["responses"].items() if code < "300"), {})
    answer = next((media["schema"] for media in good.get("content", {}).values()), {})
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        words=operation.get("description", ""),
        parameters=[
            Value(
                each["name"],
                _kind(schema, each["schema"]),
                each.get("description", ""),
                each.get("required", False),
            )
            for each in operation.get("parameters", [])
        ],
        body=_fields(schema, body),
        media_types=list(content),
        answer=_fields(schema, _rows(schema, answer)),
        statuses=[
            (code, response.get("description", ""))
            for code, response in operation["responses"].items()
        ],
    )


def _resolved(schema: dict, shape: dict) -> dict:
    for wrapper in ("allOf", "oneOf"):
        if wrapper in shape and any("$ref" in each for each in shape[wrapper]):
            shape = next(each for each in shape[wrapper] if "$ref" in each)
    if "$ref" not in shape:
        return shape
    return schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]


def _rows(schema: dict, answer: dict) -> dict:
    """What a list holds, for a list."""
    resolved = _resolved(schema, answer)
    results = resolved.get("properties", {}).get("results")
    return results["items"] if results else resolved


def _fields(schema: dict, shape: dict) -> list[Value]:
    resolved = _resolved(schema, shape)
    needed = resolved.get("required", [])
    return [
        Value(name, _kind(schema, field), field.get("description", ""), name in needed)
        for name, field in resolved.get("properties", {}).items()
    ]


def _kind(schema: dict, shape: dict) -> str:
    resolved = _resolved(schema, shape)
    if "enum" in resolved:
        return " | ".join(str(value) for value in resolved["enum"] if value is not None)
    if "oneOf" in resolved and all("const" in each for each in resolved["oneOf"]):
        return " | ".join(each["const"] for each in resolved["oneOf"])
    kinds = resolved.get("type", "")
    words = " | ".join(kinds) if isinstance(kinds, list) else kinds
    if words == "array":
        return f"[{_kind(schema, resolved['items'])}]"
    return " · ".join(filter(None, [words, resolved.get("format", "")]))
