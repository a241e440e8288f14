"""Payout batches: prepared by one person, approved by another."""

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation

from grants.api.fields import Body, Reason, Verb, Verbs
from grants.api.things import REFERENCE, Listed, Shown, Things, verb
from grants.applications.models import kept_from
from grants.core.policy import require
from grants.payouts.lifecycle import BatchState
from grants.payouts.models import FileFormat, Payout, PayoutBatch, RailName
from grants.payouts.services import approving, bank_files, batches, releasing

MOST_PAYOUTS = 10_000
VERBS = (
    Verb("submit", "prepare_batch", ("submit",)),
    Verb("approve", "approve_batch", ("approve",)),
    Verb("reject", "approve_batch", ("reject",)),
    Verb("release", "approve_batch", ("release",)),
)


def _currency():
    rows = Payout.objects.filter(batch=OuterRef("pk")).order_by("pk")
    return Subquery(
        rows.values("milestone__award__application__round__program__fund__currency")[:1]
    )


class BatchRow(serializers.ModelSerializer):
    prepared_by = serializers.EmailField(source="prepared_by.email", read_only=True)
    approved_by = serializers.SerializerMethodField()
    second_approved_by = serializers.SerializerMethodField()
    currency = serializers.CharField(
        read_only=True, allow_null=True, help_text=_("null where it holds no payout.")
    )
    digest = serializers.CharField(
        read_only=True, help_text=_("Of the rows that were submitted; empty before that.")
    )
    verbs = Verbs(VERBS)

    class Meta:
        model = PayoutBatch
        fields = [
            "reference",
            "rail",
            "total",
            "count",
            "currency",
            "digest",
            "state",
            "verbs",
            "prepared_by",
            "prepared_at",
            "submitted_at",
            "approved_by",
            "approved_at",
            "send_on",
            "needs_second",
            "second_approved_by",
            "second_approved_at",
            "released_at",
        ]
        read_only_fields = fields

    def get_approved_by(self, batch) -> str | None:
        return batch.approved_by.email if batch.approved_by else None

    def get_second_approved_by(self, batch) -> str | None:
        return batch.second_approved_by.email if batch.second_approved_by else None


class BatchSerializer(BatchRow):
    payouts = serializers.SerializerMethodField(help_text=_("References, in the order made."))

    class Meta(BatchRow.Meta):
        fields = [*BatchRow.Meta.fields, "payouts"]
        read_only_fields = fields

    def get_payouts(self, batch) -> list[str]:
        return list(batch.payouts.order_by("pk").values_list("reference", flat=True))


class NewBatch(Body):
    payouts = serializers.ListField(
        child=serializers.CharField(max_length=20),
        allow_empty=False,
        max_length=MOST_PAYOUTS,
        help_text=_("References of payouts that are due."),
    )

    rail = serializers.ChoiceField(
        RailName.choices, required=False, help_text=_("The usual way where it is left out.")
    )

    def validate_payouts(self, references: list[str]) -> list[Payout]:
        """The payouts, found by one query."""
        user = self.context["request"].user
        require(user, "prepare_batch")
        hidden = kept_from(user, "milestone__award__application__")
        rows = Payout.objects.visible_to(user).filter(~hidden, reference__in=references)
        found = {payout.reference: payout for payout in rows}
        message = _("There is no such payout.")
        wrong = {
            number: [serializers.ErrorDetail(str(message), code="does_not_exist")]
            for number, reference in enumerate(references)
            if reference not in found
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return list(found.values())


class Approval(Body):
    digest = serializers.CharField(
        max_length=64, required=False, help_text=_("Of the rows that you looked at.")
    )


class AnyFormat(DefaultContentNegotiation):
    """`?format=` is ours here: it says which file, and not how JSON is written."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class BatchFilters(FilterSet):
    state = ChoiceFilter(choices=BatchState.choices)


@extend_schema_view(
    list=extend_schema(summary=_("List payout batches")),
    retrieve=extend_schema(summary=_("Show a payout batch")),
)
class PayoutBatches(Listed, Shown, Things):
    queryset = PayoutBatch.objects.select_related(
        "prepared_by", "approved_by", "second_approved_by"
    ).annotate(currency=_currency())
    serializer_class = BatchSerializer
    row_class = BatchRow
    filterset_class = BatchFilters
    lookup_field = "reference"
    lookup_value_regex = REFERENCE

    @extend_schema(
        summary=_("Prepare a batch of due payouts"),
        request=NewBatch,
        responses={201: BatchSerializer},
    )
    def create(self, request):
        body = self.read(NewBatch, permission="prepare_batch")
        rail = body.get("rail", settings.PAYOUT_RAIL)
        batch = batches.prepare_batch(body["payouts"], by=request.user, rail=rail)
        return self.show(batch, status=201)

    @verb("submit", _("Hand a batch to the controller"), more=_("Fixes total, count and digest."))
    def submit(self, batch):
        batches.submit_batch(batch, by=self.request.user)

    @verb(
        "approve",
        _("Approve a batch"),
        Approval,
        more=_("Refused where a row changed since, and for the person who prepared it."),
    )
    def approve(self, batch, **body):
        approving.approve_batch(batch, by=self.request.user, **body)

    @verb("reject", _("Send a batch back"), Reason)
    def reject(self, batch, **body):
        approving.reject_batch(batch, by=self.request.user, **body)

    @verb(
        "release",
        _("Hand the money to the rail"),
        more=_("Fixes one payment number for each payout; workers then send them."),
    )
    def release(self, batch):
        releasing.release_batch(batch, by=self.request.user)

    @extend_schema(
        summary=_("Take the bank file of a batch"),
        description=_(
            "Of a released batch by bank_file. It holds whole account numbers: each time it is"
            " taken is recorded. The same batch always gives the same bytes. Give the bank one"
            " format only."
        ),
        parameters=[
            OpenApiParameter(
                "format", str, enum=FileFormat.values, default=FileFormat.PAIN001.value
            )
        ],
        responses={
            (200, maker.media_type): OpenApiTypes.BINARY for maker in bank_files.MAKERS.values()
        },
        filters=False,
    )
    @action(
        detail=True,
        methods=["get"],
        content_negotiation_class=AnyFormat,
        more_errors=(400, 403, 409),
    )
    def file(self, request, reference):
        batch = self.get_object()
        wanted = request.query_params.get("format", FileFormat.PAIN001)
        if wanted not in FileFormat.values:
            raise ValidationError({"format": _("There is no such format.")})
        made = bank_files.file_of(batch, wanted, by=request.user)
        return HttpResponse(
            made.content,
            content_type=made.content_type,
            headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
        )
