"""Those who apply."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from grants.accounts.models import Organisation, OrganisationKind
from grants.accounts.services import create_organisation
from grants.api.fields import Body
from grants.api.things import NUMBER, Listed, Shown, Things


class OrganisationSerializer(serializers.ModelSerializer):
    role = serializers.SerializerMethodField(help_text=_("Yours in it, or empty."))

    class Meta:
        model = Organisation
        fields = ["id", "kind", "name", "credit_code", "website", "created_at", "role"]
        read_only_fields = fields

    def get_role(self, organisation) -> str:
        return organisation.role_of(self.context["request"].user)


class NewOrganisation(Body):
    kind = serializers.ChoiceField(OrganisationKind.choices)
    name = serializers.CharField(max_length=140)
    credit_code = serializers.CharField(max_length=18, required=False, allow_blank=True)
    website = serializers.URLField(max_length=200, required=False, allow_blank=True)


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
    queryset = Organisation.objects.all()
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilters
    lookup_value_regex = NUMBER

    @extend_schema(
        summary=_("Register an organisation"),
        request=NewOrganisation,
        responses={201: OrganisationSerializer},
    )
    def create(self, request):
        organisation = create_organisation(by=request.user, **self.read(NewOrganisation))
        return self.show(organisation, status=201)
