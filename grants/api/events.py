"""What happened to one thing, or on the whole way of one grant."""

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from grants.accounts.models import DESK_READERS, Membership, Organisation
from grants.api.things import Listed, Things
from grants.applications.models import Application
from grants.awards.models import Award
from grants.events.models import Event
from grants.payouts.models import Payout, PayoutBatch
from grants.programs.models import Round
from grants.reports.timeline import FOR_APPLICANTS

TO_ORGANISATION = {
    "APP": (Application, "organisation_id"),
    "AWD": (Award, "application__organisation_id"),
    "PAY": (Payout, "milestone__award__application__organisation_id"),
}


class EventSerializer(serializers.ModelSerializer):
    """`data` and the fund's people are for the desk; others see null."""

    label = serializers.CharField(read_only=True, help_text=_("In the language of the answer."))
    actor = serializers.SerializerMethodField(
        help_text=_("An address; null for the portal itself, and where it is not told.")
    )
    data = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = [
            "id",
            "at",
            "kind",
            "label",
            "reference",
            "case",
            "actor",
            "from_state",
            "to_state",
            "data",
        ]
        read_only_fields = fields

    def get_actor(self, event) -> str | None:
        members = self.context["members"]
        is_told = event.actor and (members is None or event.actor_id in members)
        return event.actor.email if is_told else None

    @extend_schema_field({"type": ["object", "null"]})
    def get_data(self, event):
        return event.data if self.context["members"] is None else None


class EventFilters(FilterSet):
    thing = CharFilter(
        method="of_thing",
        required=True,
        help_text=_("A reference; that of an application gives the whole way of the grant."),
    )
    kind = CharFilter()

    class Meta:
        model = Event
        fields: list[str] = []

    def of_thing(self, events, _name, reference: str):
        own = Q(case=reference) if reference.startswith("APP-") else Q(reference=reference)
        return events.filter(own)


@extend_schema_view(
    list=extend_schema(summary=_("Tell what happened"), responses={200: EventSerializer(many=True)})
)
class Events(Listed, Things):
    """Newest first. The desk sees all with names; applicants see what concerns them."""

    queryset = Event.objects.select_related("actor")
    serializer_class = EventSerializer
    filterset_class = EventFilters
    more_errors = (404,)

    def get_queryset(self):
        return self.queryset.all()

    def filter_queryset(self, queryset):
        events = super().filter_queryset(queryset)
        organisation = self._organisation(self.request.query_params["thing"])
        self.members = self._members(organisation)
        return events if self.members is None else events.filter(kind__in=FOR_APPLICANTS)

    def get_serializer_context(self):
        return super().get_serializer_context() | {"members": getattr(self, "members", None)}

    def _organisation(self, reference: str) -> int | None:
        """Whose case it is; None for what belongs to the fund. Raises Http404 where not visible."""
        user, kind = self.request.user, reference[:3]
        is_desk = user.has_role(*DESK_READERS)
        if kind in TO_ORGANISATION:
            model, column = TO_ORGANISATION[kind]
            rows = model.objects.visible_to(user).filter(reference=reference)
            found = rows.values_list(column, flat=True).first()
            if found is not None:
                return found
        elif PayoutBatch.objects.visible_to(user).filter(reference=reference).exists() or (
            is_desk and Round.objects.visible_to(user).filter(slug=reference).exists()
        ):
            return None
        raise Http404(gettext("Nothing of this name, or nothing that you may see."))

    def _members(self, organisation: int | None) -> set[int] | None:
        """None where the caller may know everything, else whose names may be told."""
        user = self.request.user
        own = organisation is not None and Organisation(pk=organisation).role_of(user)
        if user.has_role(*DESK_READERS) and not own:
            return None
        rows = Membership.objects.filter(organisation_id=organisation)
        return set(rows.values_list("user_id", flat=True))
