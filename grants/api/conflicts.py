"""Conflicts of interest: declared, recorded and judged."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from grants.accounts.models import User
from grants.api.fields import Body, Reason, Verb, Verbs
from grants.api.things import NUMBER, Listed, Shown, Things, verb
from grants.applications.lifecycle import ConflictState
from grants.applications.models import ConflictKind, ConflictOfInterest, ConflictSource
from grants.conflicts import words
from grants.conflicts.services import judging
from grants.reviews.selectors import readable_applications

VERBS = (
    Verb("confirm", "judge_conflict", ("confirm",)),
    Verb("dismiss", "judge_conflict", ("dismiss",)),
)


class ConflictSerializer(serializers.ModelSerializer):
    application = serializers.CharField(source="application.reference", read_only=True)
    person = serializers.EmailField(source="person.email", read_only=True)
    found = serializers.SerializerMethodField(help_text=_("What the data told, in words."))
    judged_by = serializers.EmailField(
        source="judged_by.email", read_only=True, allow_null=True, default=None
    )
    verbs = Verbs(VERBS)

    class Meta:
        model = ConflictOfInterest
        fields = [
            "id", "application", "person", "kind", "source", "note", "found", "state", "verbs",
            "at", "judged_by", "judged_at", "judgement",
        ]  # fmt: skip
        read_only_fields = fields

    def get_found(self, conflict) -> str:
        return words.found(conflict)


class ConflictFilters(FilterSet):
    state = ChoiceFilter(choices=ConflictState.choices)
    source = ChoiceFilter(choices=ConflictSource.choices)
    kind = ChoiceFilter(choices=ConflictKind.choices)
    application = CharFilter(field_name="application__reference")
    person = CharFilter(field_name="person__email", lookup_expr="iexact")

    class Meta:
        model = ConflictOfInterest
        fields: list[str] = []


class NewConflict(Body):
    """Without `person` it is the caller's own."""

    application = serializers.CharField(max_length=20)
    person = serializers.EmailField(required=False)
    kind = serializers.ChoiceField(ConflictKind.choices)
    note = serializers.CharField(max_length=1000)

    def validate(self, attrs):
        """An application that the caller may not see does not exist; nor does a stranger."""
        user = self.context["request"].user
        seen = readable_applications(user).filter(reference=attrs["application"])
        application = seen.select_related("organisation", "round").first()
        if application is None:
            message = _("There is no application of this reference that you may see.")
            raise serializers.ValidationError({"application": message}, code="does_not_exist")
        person = None
        if "person" in attrs:
            desk = User.objects.filter(is_active=True, groups__isnull=False)
            person = desk.filter(email__iexact=attrs["person"]).first()
            if person is None:
                message = _("Nobody at the desk has this address.")
                raise serializers.ValidationError({"person": message}, code="does_not_exist")
        return attrs | {"application": application, "person": person}


@extend_schema_view(
    list=extend_schema(summary=_("List conflicts of interest")),
    retrieve=extend_schema(summary=_("Show a conflict of interest")),
)
class Conflicts(Listed, Shown, Things):
    """Never the caller's own: whoever has one sees nothing of the case."""

    queryset = ConflictOfInterest.objects.select_related(
        "application__organisation", "application__round", "person", "judged_by"
    )
    serializer_class = ConflictSerializer
    filterset_class = ConflictFilters
    lookup_value_regex = NUMBER

    @extend_schema(
        summary=_("Declare a conflict, or record somebody's"),
        description=_(
            "It bars at once. Without person it is the caller's own, and answered with 204."
        ),
        request=NewConflict,
        responses={201: ConflictSerializer, 204: None},
    )
    def create(self, request):
        body = self.read(NewConflict)
        application, person = body.pop("application"), body.pop("person")
        if person is None or person.pk == request.user.pk:
            judging.declare(application, by=request.user, **body)
            return Response(status=204)
        conflict = judging.record_for(application, person, by=request.user, **body)
        return self.show(conflict, status=201)

    @verb("confirm", _("Judge that it is a conflict"), Reason)
    def confirm(self, conflict, **body):
        judging.confirm(conflict, by=self.request.user, **body)

    @verb(
        "dismiss",
        _("Judge that it is none"),
        Reason,
        more=_("The person sees the application again, and a recused review counts again."),
    )
    def dismiss(self, conflict, **body):
        judging.dismiss(conflict, by=self.request.user, **body)
