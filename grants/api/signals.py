"""Signals from outside: software brings them, the desk reads them."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, FilterSet, NumberFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from grants.api.fields import Body
from grants.api.things import Listed, Things
from grants.screening.models import Signal, SignalImport
from grants.screening.services.signals import LONGEST_SOURCE, import_rows

MOST_SIGNALS = 2000


class SignalSerializer(serializers.ModelSerializer):
    application = serializers.CharField(
        source="application.reference", read_only=True, allow_null=True, default=None
    )
    organisation = serializers.IntegerField(
        source="organisation_id", read_only=True, allow_null=True
    )
    source = serializers.CharField(source="batch.source", read_only=True)
    date = serializers.DateField(source="as_of", read_only=True)

    class Meta:
        model = Signal
        fields = ["id", "application", "organisation", "source", "name", "value", "date"]
        read_only_fields = fields


class NewSignal(Body):
    reference = serializers.CharField(
        max_length=20, help_text=_("Of an application, or a credit code.")
    )
    name = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=24, help_text=_("A number as a text."))
    date = serializers.CharField(max_length=10, help_text=_("Of what day it is: 2026-11-30."))


class NewSignals(Body):
    source = serializers.CharField(max_length=LONGEST_SOURCE)
    signals = NewSignal(many=True, max_length=MOST_SIGNALS, allow_empty=False)


class ImportSerializer(serializers.ModelSerializer):
    class Meta:
        model = SignalImport
        fields = ["id", "source", "count", "sha256", "at"]
        read_only_fields = fields


class SignalFilters(FilterSet):
    application = CharFilter(field_name="application__reference")
    organisation = NumberFilter(field_name="organisation_id", min_value=1, max_value=2**63 - 1)
    name = CharFilter()

    class Meta:
        model = Signal
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary=_("List signals from outside")))
class Signals(Listed, Things):
    queryset = Signal.objects.select_related("batch", "application")
    serializer_class = SignalSerializer
    filterset_class = SignalFilters

    @extend_schema(
        summary=_("Bring signals"),
        description=_(
            "All are taken or none. The same signals of the same source again are the same import,"
            " answered with 200."
        ),
        request=NewSignals,
        responses={201: ImportSerializer, 200: ImportSerializer},
    )
    def create(self, request):
        if not request.user.has_perm("grants.import_signals"):
            raise PermissionDenied
        given = self.read(NewSignals)
        taken = import_rows(given["signals"], by=request.user, source=given["source"])
        return Response(ImportSerializer(taken.batch).data, 200 if taken.was_known else 201)
