"""Answers as they come in and go out: texts, lists of chosen values, rows."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grants.api.fields import Body

CELL = {"type": ["string", "number", "boolean", "null"]}
ROW = {"type": "object", "additionalProperties": CELL}
KEPT_ROW = {"type": "object", "additionalProperties": {"type": "string"}}
KEPT = {
    "oneOf": [
        {"type": "string"},
        {"type": "array", "items": {"oneOf": [{"type": "string"}, KEPT_ROW]}},
    ]
}


class Cell(serializers.CharField):
    """A text, a number, yes or no; null and an empty text clear the answer."""

    def __init__(self, **kwargs):
        super().__init__(allow_blank=True, allow_null=True, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data):
        return data if isinstance(data, bool) else super().to_internal_value(data)


class Part(serializers.Field):
    """A chosen value, or a row."""

    cell = Cell()
    row = serializers.DictField(child=Cell())

    def to_internal_value(self, data):
        return (self.row if isinstance(data, dict) else self.cell).run_validation(data)


@extend_schema_field({"anyOf": [CELL, {"type": "array", "items": {"anyOf": [CELL, ROW]}}]})
class Answer(serializers.Field):
    """One text, a list of chosen values, or a list of rows: which, is said by the form."""

    cell = Cell()
    parts = serializers.ListField(child=Part())

    def __init__(self, **kwargs):
        super().__init__(allow_null=True, **kwargs)

    def to_internal_value(self, data):
        return (self.parts if isinstance(data, list) else self.cell).run_validation(data)


@extend_schema_field({"type": "object", "additionalProperties": KEPT})
class KeptAnswers(serializers.Field):
    """Question key → text, chosen values or rows."""


class PlanRow(Body):
    """One milestone of a plan; the service says what is wrong with it."""

    title = serializers.CharField(allow_blank=True)
    due_on = serializers.CharField(allow_blank=True, help_text="2027-01-31")
    share = serializers.CharField(allow_blank=True, help_text="40")
