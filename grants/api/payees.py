"""Payees: where an organisation's money goes. Account numbers come in and never go out."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import ChoiceFilter, FilterSet, NumberFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from grants.accounts.models import Organisation
from grants.api.fields import Body, ById, OrganisationName, Reason, Verb, Verbs
from grants.api.things import UUID, Listed, Shown, Things, verb
from grants.payouts.lifecycle import PayeeState
from grants.payouts.models import MONEY_READERS, Payee, PayeeKind
from grants.payouts.services.payees import name_payee, suspend_payee, verify_payee

VERBS = (
    Verb("verify", "verify_payee", ("verify",)),
    Verb("suspend", "verify_payee", ("suspend",)),
)


class PayeeSerializer(serializers.ModelSerializer):
    organisation = OrganisationName(read_only=True)
    account = serializers.CharField(
        source="account_tail", read_only=True, help_text=_("The last four characters.")
    )
    proof = serializers.SerializerMethodField(
        help_text=_("How it was verified; null but for those who see the money.")
    )
    verbs = Verbs(VERBS)

    class Meta:
        model = Payee
        fields = [
            "id",
            "organisation",
            "kind",
            "holder_name",
            "bank_name",
            "cnaps_code",
            "account",
            "proof",
            "state",
            "verbs",
            "named_at",
            "verified_at",
        ]
        read_only_fields = fields

    def get_proof(self, payee) -> str | None:
        return payee.proof if self.context["request"].user.has_role(*MONEY_READERS) else None


class NewPayee(Body):
    organisation = ById(queryset=Organisation.objects.all())
    kind = serializers.ChoiceField(PayeeKind.choices)
    account = serializers.CharField(max_length=100)
    holder_name = serializers.CharField(max_length=140)
    bank_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    cnaps_code = serializers.CharField(max_length=20, required=False, allow_blank=True)


class Proof(Body):
    proof = serializers.CharField(max_length=2000, help_text=_("How you verified the account."))


class PayeeFilters(FilterSet):
    state = ChoiceFilter(choices=PayeeState.choices)
    organisation = NumberFilter(field_name="organisation_id", min_value=1, max_value=2**63 - 1)


@extend_schema_view(
    list=extend_schema(summary=_("List payees")),
    retrieve=extend_schema(summary=_("Show a payee")),
)
class Payees(Listed, Shown, Things):
    queryset = Payee.objects.select_related("organisation")
    serializer_class = PayeeSerializer
    filterset_class = PayeeFilters
    newest_first = ("named_at", "pk")
    lookup_value_regex = UUID

    @extend_schema(
        summary=_("Name an account"),
        description=_("The controller verifies it before anything is paid to it."),
        request=NewPayee,
        responses={201: PayeeSerializer},
    )
    def create(self, request):
        payee = name_payee(by=request.user, **self.read(NewPayee))
        return self.show(payee, status=201)

    @verb(
        "verify",
        _("Verify a payee"),
        Proof,
        more=_("Takes it into use in place of the one before; payouts that waited become due."),
    )
    def verify(self, payee, **body):
        verify_payee(payee, by=self.request.user, **body)

    @verb("suspend", _("Suspend a payee"), Reason)
    def suspend(self, payee, **body):
        suspend_payee(payee, by=self.request.user, **body)
