"""Awards: the promise of money, and the grantee's answer."""

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet, NumberFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from grants.api.fields import MaybeReason, OrganisationName, Reason, Verb, Verbs
from grants.api.things import REFERENCE, Listed, Shown, Things, verb
from grants.awards import services
from grants.awards.lifecycle import AwardState
from grants.awards.models import Award
from grants.milestones.models import Milestone
from grants.milestones.services import accept_award
from grants.payouts.services.due import resume_award, waiting_for

VERBS = (
    Verb("accept", "answer_award", ("accept",), lambda it: it.accept_by is not None),
    Verb("decline", "answer_award", ("decline",), lambda it: it.accept_by is not None),
    Verb("suspend", "manage_award", ("suspend",)),
    Verb("resume", "manage_award", ("resume",)),
    Verb("terminate", "manage_award", ("terminate",)),
)


class AwardMilestone(serializers.ModelSerializer):
    title = serializers.CharField(read_only=True)

    class Meta:
        model = Milestone
        fields = ["id", "number", "title", "amount", "due_on", "state"]
        read_only_fields = fields


class AwardRow(serializers.ModelSerializer):
    application = serializers.CharField(source="application.reference", read_only=True)
    round = serializers.CharField(source="application.round.slug", read_only=True)
    title = serializers.CharField(source="application.title", read_only=True)
    organisation = OrganisationName(read_only=True)
    currency = serializers.CharField(read_only=True)
    milestones = AwardMilestone(
        many=True, read_only=True, help_text=_("Made when the award is accepted.")
    )
    verbs = Verbs(VERBS)

    class Meta:
        model = Award
        fields = [
            "reference",
            "application",
            "round",
            "title",
            "organisation",
            "amount",
            "currency",
            "state",
            "verbs",
            "offered_at",
            "accept_by",
            "accepted_at",
            "milestones",
        ]
        read_only_fields = fields


class AwardSerializer(AwardRow):
    waiting_for = serializers.SerializerMethodField(
        help_text=_("What must still happen before an accepted milestone is paid.")
    )

    class Meta(AwardRow.Meta):
        fields = [*AwardRow.Meta.fields, "waiting_for"]
        read_only_fields = fields

    def get_waiting_for(self, award) -> list[str]:
        return [str(sentence) for sentence in waiting_for(award)]


class AwardFilters(FilterSet):
    state = ChoiceFilter(choices=AwardState.choices)
    round = CharFilter(field_name="application__round__slug")
    application = CharFilter(field_name="application__reference")
    organisation = NumberFilter(
        field_name="application__organisation_id", min_value=1, max_value=2**63 - 1
    )


@extend_schema_view(
    list=extend_schema(summary=_("List awards")),
    retrieve=extend_schema(summary=_("Show an award")),
)
class Awards(Listed, Shown, Things):
    queryset = Award.objects.select_related(
        "application__round__program__fund", "application__organisation", "decision"
    ).prefetch_related(Prefetch("milestones", Milestone.objects.order_by("number")))
    serializer_class = AwardSerializer
    row_class = AwardRow
    filterset_class = AwardFilters
    lookup_field = "reference"
    lookup_value_regex = REFERENCE

    @verb("accept", _("Accept an award"), more=_("Makes its milestones."))
    def accept(self, award):
        accept_award(award, by=self.request.user)

    @verb("decline", _("Decline an award"), MaybeReason)
    def decline(self, award, **body):
        services.decline(award, by=self.request.user, **body)

    @verb("suspend", _("Suspend an award"), Reason)
    def suspend(self, award, **body):
        services.suspend(award, by=self.request.user, **body)

    @verb("resume", _("Resume an award"), MaybeReason)
    def resume(self, award, **body):
        resume_award(award, by=self.request.user, **body)

    @verb(
        "terminate",
        _("Terminate an award"),
        Reason,
        more=_("What is committed and not payable yet goes back to the round."),
    )
    def terminate(self, award, **body):
        services.terminate(award, by=self.request.user, **body)
