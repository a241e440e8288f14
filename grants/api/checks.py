"""What the screening found of an application."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grants.screening import words
from grants.screening.lifecycle import RuleKind
from grants.screening.models import EligibilityCheck


class CheckSerializer(serializers.ModelSerializer):
    """The check that stands of one rule."""

    rule = serializers.IntegerField(source="rule_id", read_only=True)
    kind = serializers.ChoiceField(RuleKind.choices, source="rule.kind", read_only=True)
    is_blocking = serializers.BooleanField(
        source="rule.is_blocking",
        read_only=True,
        help_text=_("Whether a failure makes not eligible; else it warns."),
    )
    asked = serializers.SerializerMethodField(help_text=_("The rule in words."))
    found = serializers.SerializerMethodField(help_text=_("The evidence in words."))
    evidence = serializers.SerializerMethodField(help_text=_("The evidence as data."))
    decided_by = serializers.EmailField(
        source="decided_by.email",
        read_only=True,
        allow_null=True,
        default=None,
        help_text=_("The officer who decided it; null where the portal found it."),
    )

    class Meta:
        model = EligibilityCheck
        fields = [
            "rule",
            "kind",
            "is_blocking",
            "asked",
            "outcome",
            "found",
            "evidence",
            "decided_by",
            "reason",
            "at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_evidence(self, check):
        return check.evidence

    def get_asked(self, check) -> str:
        return words.asked(check.rule)

    def get_found(self, check) -> str:
        return words.found(check)
