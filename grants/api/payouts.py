"""Payouts, each with its attempts."""

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet, IsoDateTimeFilter
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from grants.accounts.models import DESK_READERS
from grants.api.fields import MaybeReason, OrganisationName, Reason, Verb, Verbs
from grants.api.things import REFERENCE, Listed, Shown, Things, verb
from grants.payouts.lifecycle import PayoutState
from grants.payouts.models import Payee, PaymentAttempt, Payout
from grants.payouts.services import due


def _is_free(payout) -> bool:
    return not (payout.batch_id and payout.state == "due")


VERBS = (
    Verb("hold", "hold_payout", ("hold",), _is_free),
    Verb("release-hold", "hold_payout", ("release_hold",)),
    Verb("cancel", "hold_payout", ("cancel",), _is_free),
)


class PayoutPayee(serializers.ModelSerializer):
    account = serializers.CharField(source="account_tail", read_only=True)

    class Meta:
        model = Payee
        fields = ["id", "holder_name", "bank_name", "account"]
        read_only_fields = fields


class AttemptSerializer(serializers.ModelSerializer):
    class Meta:
        model = PaymentAttempt
        fields = [
            "number",
            "rail",
            "state",
            "code",
            "message",
            "rail_reference",
            "asked",
            "prepared_at",
            "called_at",
            "next_ask_at",
            "settled_at",
        ]
        read_only_fields = fields


class PayoutRow(serializers.ModelSerializer):
    """The batch and the reason are for the desk; others see null."""

    application = serializers.CharField(
        source="milestone.award.application.reference", read_only=True
    )
    award = serializers.CharField(source="milestone.award.reference", read_only=True)
    milestone = serializers.IntegerField(source="milestone_id", read_only=True)
    organisation = OrganisationName(source="milestone.award.organisation", read_only=True)
    payee = PayoutPayee(read_only=True)
    batch = serializers.SerializerMethodField()
    currency = serializers.CharField(read_only=True)
    reason = serializers.SerializerMethodField()
    verbs = Verbs(VERBS)

    class Meta:
        model = Payout
        fields = [
            "reference",
            "application",
            "award",
            "milestone",
            "organisation",
            "payee",
            "batch",
            "gross",
            "withheld",
            "net",
            "currency",
            "reason",
            "state",
            "verbs",
            "due_at",
            "sent_at",
            "paid_at",
        ]
        read_only_fields = fields

    def _is_desk(self) -> bool:
        return self.context["request"].user.has_role(*DESK_READERS)

    def get_batch(self, payout) -> str | None:
        return payout.batch.reference if payout.batch and self._is_desk() else None

    def get_reason(self, payout) -> str | None:
        return payout.reason if self._is_desk() else None


class PayoutSerializer(PayoutRow):
    attempts = serializers.SerializerMethodField(
        help_text=_("Every try to pay; empty but for those who see the money.")
    )

    class Meta(PayoutRow.Meta):
        fields = [*PayoutRow.Meta.fields, "attempts"]
        read_only_fields = fields

    @extend_schema_field(AttemptSerializer(many=True))
    def get_attempts(self, payout):
        if not self.context["request"].user.has_perm("grants.view_money"):
            return []
        return AttemptSerializer(payout.attempts.all(), many=True).data


class PayoutFilters(FilterSet):
    state = ChoiceFilter(choices=PayoutState.choices)
    application = CharFilter(field_name="milestone__award__application__reference")
    award = CharFilter(field_name="milestone__award__reference")
    batch = CharFilter(field_name="batch__reference")
    due_from = IsoDateTimeFilter(field_name="due_at", lookup_expr="gte")
    due_before = IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")
    paid_from = IsoDateTimeFilter(field_name="paid_at", lookup_expr="gte")
    paid_before = IsoDateTimeFilter(field_name="paid_at", lookup_expr="lt")


@extend_schema_view(
    list=extend_schema(summary=_("List payouts")),
    retrieve=extend_schema(summary=_("Show a payout with its attempts")),
)
class Payouts(Listed, Shown, Things):
    queryset = Payout.objects.with_way()
    serializer_class = PayoutSerializer
    row_class = PayoutRow
    filterset_class = PayoutFilters
    lookup_field = "reference"
    lookup_value_regex = REFERENCE

    def get_queryset(self):
        payouts = super().get_queryset()
        if self.action == "list":
            return payouts
        return payouts.prefetch_related(Prefetch("attempts", PaymentAttempt.objects.order_by("pk")))

    @verb("hold", _("Put a payout on hold"), Reason)
    def hold(self, payout, **body):
        due.hold(payout, by=self.request.user, **body)

    @verb("release-hold", _("Lift the hold of a payout"), MaybeReason)
    def release_hold(self, payout, **body):
        due.release_hold(payout, by=self.request.user, **body)

    @verb(
        "cancel",
        _("Give a payout up"),
        Reason,
        more=_("Its money is committed to the award again."),
    )
    def cancel(self, payout, **body):
        due.cancel(payout, by=self.request.user, **body)
