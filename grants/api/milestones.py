"""Milestones: reported with evidence, accepted, paid."""

import base64
import binascii

from django.core.files.base import ContentFile
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import (
    CharFilter,
    ChoiceFilter,
    DateFilter,
    FilterSet,
    TypedChoiceFilter,
)
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from grants.api.documents import DocumentSerializer
from grants.api.fields import Body, Reason, Verb, Verbs
from grants.api.parsers import JSONParser
from grants.api.things import NUMBER, Listed, Shown, Things, verb
from grants.awards.lifecycle import IN_FORCE, AwardState
from grants.milestones import services
from grants.milestones.lifecycle import MilestoneState
from grants.milestones.models import Evidence, Milestone
from grants.payouts.models import Payout
from grants.payouts.services.due import accept_milestone, waive_milestone

REPORT_LENGTH = 20000
MOST_FILES = 20


def _is_at_work(milestone) -> bool:
    return milestone.award.state in IN_FORCE


def _is_going_on(milestone) -> bool:
    return _is_at_work(milestone) or milestone.award.state == AwardState.SUSPENDED


VERBS = (
    Verb("submit", "submit_milestone", ("submit",), _is_at_work),
    Verb("accept", "judge_milestone", ("accept",), _is_at_work),
    Verb("return", "judge_milestone", ("return",), _is_going_on),
    Verb("waive", "judge_milestone", ("waive",), _is_going_on),
)


class MilestoneSerializer(serializers.ModelSerializer):
    reference = serializers.CharField(read_only=True)
    award = serializers.CharField(source="award.reference", read_only=True)
    application = serializers.CharField(source="award.application.reference", read_only=True)
    title = serializers.CharField(read_only=True)
    currency = serializers.CharField(read_only=True)
    is_late = serializers.BooleanField(read_only=True)
    evidence = serializers.SerializerMethodField()
    payout = serializers.SerializerMethodField(help_text=_("The reference of its payout."))
    verbs = Verbs(VERBS)

    class Meta:
        model = Milestone
        fields = [
            "id",
            "reference",
            "award",
            "application",
            "number",
            "title",
            "amount",
            "currency",
            "due_on",
            "is_late",
            "report",
            "answer",
            "evidence",
            "payout",
            "state",
            "verbs",
            "submitted_at",
            "accepted_at",
        ]
        read_only_fields = fields

    def get_evidence(self, milestone) -> DocumentSerializer(many=True):
        documents = [evidence.document for evidence in milestone.evidence.all()]
        return DocumentSerializer(documents, many=True).data

    def get_payout(self, milestone) -> str | None:
        return next((payout.reference for payout in milestone.payouts.all()), None)


class MilestoneFilters(FilterSet):
    state = ChoiceFilter(choices=MilestoneState.choices)
    award = CharFilter(field_name="award__reference")
    application = CharFilter(field_name="award__application__reference")
    due_before = DateFilter(field_name="due_on", lookup_expr="lt")
    is_late = TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda text: text == "true",
        method="late",
    )

    def late(self, milestones, _name, value: bool):
        late = milestones.overdue()
        return late if value else milestones.exclude(pk__in=late.values("pk"))


class InlineFile(Body):
    name = serializers.CharField(max_length=150)
    content = serializers.CharField(help_text=_("The bytes in Base64."), trim_whitespace=False)

    def validate_content(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise serializers.ValidationError(_("This is not Base64.")) from None

    def validate(self, attrs):
        return ContentFile(attrs["content"], name=attrs["name"])


class Report(Body):
    report = serializers.CharField(max_length=REPORT_LENGTH)
    files = InlineFile(many=True, required=False, max_length=MOST_FILES)


class ReportForm(Body):
    report = serializers.CharField(max_length=REPORT_LENGTH)
    files = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=MOST_FILES
    )


class FundAnswer(Body):
    answer = serializers.CharField(max_length=2000)


class MaybeFundAnswer(Body):
    answer = serializers.CharField(max_length=2000, required=False, allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary=_("List milestones")),
    retrieve=extend_schema(summary=_("Show a milestone")),
)
class Milestones(Listed, Shown, Things):
    queryset = Milestone.objects.select_related(
        "award__application__round__program__fund", "award__application__organisation"
    ).prefetch_related(
        Prefetch("evidence", Evidence.objects.select_related("document").order_by("pk")),
        Prefetch("payouts", Payout.objects.exclude(state="cancelled")),
    )
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilters
    lookup_value_regex = NUMBER

    def read(self, body, **asked):
        is_form = self.request.content_type.startswith(MultiPartParser.media_type)
        return super().read(ReportForm if body is Report and is_form else body, **asked)

    @verb(
        "submit",
        _("Report a milestone"),
        Report,
        request={"application/json": Report, MultiPartParser.media_type: ReportForm},
        parser_classes=[JSONParser, MultiPartParser],
        more=_("Files go as multipart, or in Base64 inside the JSON where they are small."),
    )
    def submit(self, milestone, **body):
        services.submit(milestone, by=self.request.user, **body)

    @verb(
        "accept",
        _("Accept a milestone"),
        MaybeFundAnswer,
        more=_(
            "Its payout is due at once where nothing is missing; see `waiting_for` of the award."
        ),
    )
    def accept(self, milestone, **body):
        accept_milestone(milestone, by=self.request.user, **body)

    @verb("return", _("Ask the grantee for more"), FundAnswer)
    def return_report(self, milestone, **body):
        services.return_report(milestone, by=self.request.user, **body)

    @verb("waive", _("Drop a milestone"), Reason, more=_("Its amount goes back to the round."))
    def waive(self, milestone, **body):
        waive_milestone(milestone, by=self.request.user, **body)
