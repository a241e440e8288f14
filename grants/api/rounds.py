"""Rounds, and their questions as JSON Schema."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from grants.api.fields import Verbs
from grants.api.form_schema import form_schema
from grants.api.things import SLUG, Listed, Shown, Things
from grants.applications.services.submitting import declaration_of
from grants.programs.lifecycle import RoundState
from grants.programs.models import Criterion, PlannedMilestone, Round


class CriterionSerializer(serializers.ModelSerializer):
    label = serializers.CharField(read_only=True)
    help = serializers.CharField(read_only=True)

    class Meta:
        model = Criterion
        fields = ["key", "label", "help", "weight", "scale"]
        read_only_fields = fields


class PlannedMilestoneSerializer(serializers.ModelSerializer):
    title = serializers.CharField(read_only=True)

    class Meta:
        model = PlannedMilestone
        fields = ["title", "share", "due_after_days"]
        read_only_fields = fields


class RoundRow(serializers.ModelSerializer):
    fund = serializers.CharField(source="program.fund.slug", read_only=True)
    program = serializers.CharField(source="program.slug", read_only=True)
    title = serializers.CharField(read_only=True, help_text=_("In the language of the answer."))
    summary = serializers.CharField(read_only=True)
    currency = serializers.CharField(read_only=True)
    is_open = serializers.BooleanField(read_only=True)
    verbs = Verbs(())

    class Meta:
        model = Round
        fields = [
            "slug",
            "fund",
            "program",
            "title",
            "title_zh",
            "title_en",
            "summary",
            "opens_at",
            "closes_at",
            "budget",
            "award_min",
            "award_max",
            "currency",
            "reviews_wanted",
            "is_blind",
            "is_open",
            "state",
            "verbs",
        ]
        read_only_fields = fields


class RoundSerializer(RoundRow):
    declaration = serializers.SerializerMethodField(help_text=_("What who submits declares."))
    criteria = CriterionSerializer(many=True, read_only=True)
    milestones = PlannedMilestoneSerializer(source="planned_milestones", many=True, read_only=True)

    class Meta(RoundRow.Meta):
        fields = [
            *RoundRow.Meta.fields,
            "needs_sign_off",
            "declaration",
            "criteria",
            "milestones",
        ]
        read_only_fields = fields

    def get_declaration(self, round) -> str:
        return declaration_of(round)


class RoundFilters(FilterSet):
    state = ChoiceFilter(choices=RoundState.choices)
    program = CharFilter(field_name="program__slug")


@extend_schema_view(
    list=extend_schema(summary=_("List rounds")),
    retrieve=extend_schema(summary=_("Show a round with its criteria and milestones")),
)
class Rounds(Listed, Shown, Things):
    queryset = Round.objects.select_related("program__fund")
    serializer_class = RoundSerializer
    row_class = RoundRow
    filterset_class = RoundFilters
    lookup_field = "slug"
    lookup_value_regex = SLUG

    @extend_schema(
        summary=_("The questions as JSON Schema"),
        description=_("JSON Schema 2020-12 of the `answers` of an application."),
        responses={(200, "application/schema+json"): OpenApiTypes.OBJECT},
    )
    @action(detail=True, methods=["get"])
    def form(self, request, slug):
        return Response(form_schema(self.get_object().form), content_type="application/schema+json")
