"""Rounds, and their questions as JSON Schema."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from grants.api.fields import Reason, Verbs
from grants.api.form_schema import form_schema
from grants.api.things import SLUG, Listed, Shown, Things
from grants.applications.models import Application, Extension, kept_from
from grants.applications.services.extending import extend
from grants.applications.services.submitting import declaration_of
from grants.core.errors import Refused
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


class ExtensionSerializer(serializers.ModelSerializer):
    application = serializers.CharField(source="application.reference", read_only=True)
    given_by = serializers.EmailField(source="given_by.email", read_only=True)

    class Meta:
        model = Extension
        fields = ["id", "application", "until", "reason", "given_by", "at"]
        read_only_fields = fields


class NewExtension(Reason):
    application = serializers.CharField(
        max_length=20, help_text=_("The reference that the applicant finds on every page.")
    )
    until = serializers.DateTimeField()


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

    @extend_schema(
        summary=_("List who was given more time"),
        responses={200: ExtensionSerializer(many=True)},
        filters=False,
    )
    @action(detail=True, methods=["get"], more_errors=(403,))
    def extensions(self, request, slug):
        round = self.get_object()
        if not request.user.has_perm("grants.manage_rounds"):
            raise PermissionDenied
        rows = Extension.objects.filter(
            ~kept_from(request.user, "application__"), application__round=round
        )
        page = self.paginate_queryset(rows.select_related("application", "given_by"))
        return self.get_paginated_response(ExtensionSerializer(page, many=True).data)

    @extend_schema(
        summary=_("Give one applicant more time"),
        description=_("Drafts too; the applicant reads why."),
        request=NewExtension,
        responses={201: ExtensionSerializer},
    )
    @extensions.mapping.post
    def give_extension(self, request, slug):
        round = self.get_object()
        body = self.read(NewExtension, permission="extend_application")
        if not request.user.has_perm("grants.extend_application"):
            raise PermissionDenied
        reference = body.pop("application").strip().upper()
        seen = Application.objects.filter(~kept_from(request.user), round=round)
        application = seen.filter(reference=reference).first()
        if application is None:
            sentence = gettext("This round has no application of this reference.")
            raise Refused(sentence, field="application")
        given = extend(application, by=request.user, **body)
        return Response(ExtensionSerializer(given).data, status=201)
