"""Decisions: confirmed by another person than the one who proposed them."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from grants.accounts.models import DESK_READERS
from grants.api.fields import Verb, Verbs
from grants.api.things import NUMBER, Listed, Shown, Things, verb
from grants.awards import services
from grants.awards.lifecycle import DecisionState
from grants.awards.models import Decision, Outcome

VERBS = (
    Verb("confirm", "confirm_decision", ("confirm",)),
    Verb("release", "release_decision", ("release",)),
)


def decisions():
    return Decision.objects.select_related(
        "application__round__program__fund",
        "application__organisation",
        "award",
        "proposed_by",
        "confirmed_by",
    )


class DecisionSerializer(serializers.ModelSerializer):
    """The reasons and the names are for the desk; others see null."""

    application = serializers.CharField(source="application.reference", read_only=True)
    award = serializers.SerializerMethodField(help_text=_("The award that was confirmed."))
    currency = serializers.CharField(read_only=True)
    reasons = serializers.SerializerMethodField()
    proposed_by = serializers.SerializerMethodField()
    confirmed_by = serializers.SerializerMethodField()
    verbs = Verbs(VERBS)

    class Meta:
        model = Decision
        fields = [
            "id",
            "application",
            "award",
            "outcome",
            "amount",
            "currency",
            "reasons",
            "feedback",
            "state",
            "verbs",
            "proposed_by",
            "proposed_at",
            "confirmed_by",
            "confirmed_at",
            "released_at",
        ]
        read_only_fields = fields

    def _is_desk(self, decision) -> bool:
        user = self.context["request"].user
        own = decision.application.organisation.role_of(user)
        return user.has_role(*DESK_READERS) and not own

    def get_award(self, decision) -> str | None:
        return decision.award.reference if hasattr(decision, "award") else None

    def get_reasons(self, decision) -> str | None:
        return decision.reasons if self._is_desk(decision) else None

    def get_proposed_by(self, decision) -> str | None:
        return decision.proposed_by.email if self._is_desk(decision) else None

    def get_confirmed_by(self, decision) -> str | None:
        is_shown = decision.confirmed_by and self._is_desk(decision)
        return decision.confirmed_by.email if is_shown else None


class DecisionFilters(FilterSet):
    state = ChoiceFilter(choices=DecisionState.choices)
    outcome = ChoiceFilter(choices=Outcome.choices)
    application = CharFilter(field_name="application__reference")


@extend_schema_view(
    list=extend_schema(summary=_("List decisions")),
    retrieve=extend_schema(summary=_("Show a decision")),
)
class Decisions(Listed, Shown, Things):
    queryset = decisions()
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilters
    lookup_value_regex = NUMBER

    @verb(
        "confirm",
        _("Confirm a proposed decision"),
        more=_("An award commits its money from the round."),
    )
    def confirm(self, decision):
        services.confirm(decision, by=self.request.user)

    @verb("release", _("Tell the applicant"))
    def release(self, decision):
        services.release(decision, by=self.request.user)
