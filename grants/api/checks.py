"""What the screening found of an application."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from grants.api.fields import Reason
from grants.screening import words
from grants.screening.lifecycle import CheckOutcome, RuleKind
from grants.screening.models import EligibilityCheck, ScreeningRule
from grants.screening.selectors import as_read_by, standing_checks
from grants.screening.services import deciding


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


class Override(Reason):
    rule = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    outcome = serializers.ChoiceField(
        [(outcome, outcome.label) for outcome in (CheckOutcome.PASSED, CheckOutcome.FAILED)]
    )


class Checks:
    """The checks of an application."""

    @extend_schema(
        summary=_("List the checks of an application"),
        description=_("Of each rule of the round the check that stands."),
        responses={200: CheckSerializer(many=True)},
        filters=False,
    )
    @action(detail=True, methods=["get"], more_errors=(403,))
    def checks(self, request, reference):
        application = self.get_object()
        if not request.user.has_perm("grants.view_checks", application):
            raise PermissionDenied
        keys = standing_checks([application.pk]).values("pk")
        rows = EligibilityCheck.objects.filter(pk__in=keys).select_related("rule", "decided_by")
        page = as_read_by(request.user, self.paginate_queryset(rows))
        return self.get_paginated_response(CheckSerializer(page, many=True).data)

    @extend_schema(
        summary=_("Decide a check otherwise"),
        description=_("An officer's own outcome; it stands until the application is sent again."),
        request=Override,
        responses={201: CheckSerializer},
    )
    @checks.mapping.post
    def override(self, request, reference):
        application = self.get_object()
        body = self.read(Override, permission="screen_application", thing=application)
        rules = ScreeningRule.objects.filter(round=application.round_id, removed_at=None)
        rule = get_object_or_404(rules, pk=body.pop("rule"))
        check = deciding.override(application, rule, by=request.user, **body)
        return Response(CheckSerializer(check).data, status=201)
