"""Those who apply."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from grants.accounts.models import Organisation, OrganisationKind
from grants.accounts.services import change_organisation, create_organisation
from grants.api.fields import Body
from grants.api.things import NUMBER, Listed, Shown, Things
from grants.applications.selectors import organisations_at_desk
from grants.core.regions import REGIONS
from grants.licences.lifecycle import LicenceState

OUTDATED = ("outdated", _("Of another name or code"))


class OrganisationSerializer(serializers.ModelSerializer):
    role = serializers.SerializerMethodField(help_text=_("Yours in it, or empty."))
    identity_number = serializers.CharField(
        source="identity_tail",
        help_text=_("Of an individual, masked: its last four characters."),
    )
    region = serializers.CharField(
        help_text=_("The province by the first two digits of its code (GB/T 2260), or empty.")
    )
    licence = serializers.SerializerMethodField(
        help_text=_("What the fund found of the business licence; null where there is none.")
    )

    class Meta:
        model = Organisation
        fields = [
            "id", "kind", "name", "credit_code", "identity_number", "legal_representative",
            "region", "website", "created_at", "role", "licence",
        ]  # fmt: skip
        read_only_fields = fields

    def get_role(self, organisation) -> str:
        return organisation.role_of(self.context["request"].user)

    @extend_schema_field(
        serializers.ChoiceField([*LicenceState.choices, OUTDATED], allow_null=True)
    )
    def get_licence(self, organisation) -> str | None:
        standing = [row for row in organisation.licences.all() if row.state != "replaced"]
        if not standing:
            return None
        [licence] = standing
        licence.organisation = organisation
        return licence.state if licence.is_of_today else OUTDATED[0]


class OrganisationChanges(Body):
    name = serializers.CharField(max_length=140, required=False)
    credit_code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    identity_number = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text=_("The resident identity number of an individual, 18 characters."),
    )
    legal_representative = serializers.CharField(max_length=100, required=False, allow_blank=True)
    region = serializers.ChoiceField(REGIONS, required=False, allow_blank=True)
    website = serializers.URLField(max_length=200, required=False, allow_blank=True)


class NewOrganisation(OrganisationChanges):
    kind = serializers.ChoiceField(OrganisationKind.choices)
    name = serializers.CharField(max_length=140)


class OrganisationFilters(FilterSet):
    kind = ChoiceFilter(choices=OrganisationKind.choices)
    credit_code = CharFilter()

    class Meta:
        model = Organisation
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary=_("List organisations")),
    retrieve=extend_schema(summary=_("Show an organisation")),
)
class Organisations(Listed, Shown, Things):
    queryset = Organisation.objects.prefetch_related("licences")
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilters
    lookup_value_regex = NUMBER

    def get_queryset(self):
        seen = organisations_at_desk(self.request.user).values("pk")
        return self.queryset.all().filter(pk__in=seen)

    @extend_schema(
        summary=_("Register an organisation"),
        request=NewOrganisation,
        responses={201: OrganisationSerializer},
    )
    def create(self, request):
        organisation = create_organisation(by=request.user, **self.read(NewOrganisation))
        return self.show(organisation, status=201)

    @extend_schema(
        summary=_("Change an organisation"),
        description=_("Fields that are left out stay. Another name or code needs a new licence."),
        request=OrganisationChanges,
    )
    def partial_update(self, request, pk):
        organisation = self.get_object()
        changes = self.read(
            OrganisationChanges, permission="change_organisation", thing=organisation
        )
        change_organisation(organisation, by=request.user, **changes)
        return self.show(organisation)
