"""The books, read only."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import (
    CharFilter,
    ChoiceFilter,
    FilterSet,
    IsoDateTimeFilter,
    NumberFilter,
)
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from grants.api.things import Listed, Things
from grants.ledger.models import JournalEntry, LedgerAccount, Place, Posting
from grants.payouts.selectors import accounts_at_desk, entries_at_desk


class AccountSerializer(serializers.ModelSerializer):
    class Meta:
        model = LedgerAccount
        fields = ["id", "place", "owner", "currency", "balance"]
        read_only_fields = fields


class PostingSerializer(serializers.ModelSerializer):
    account = serializers.IntegerField(source="account_id", read_only=True)
    place = serializers.ChoiceField(Place.choices, source="account.place", read_only=True)
    owner = serializers.CharField(source="account.owner", read_only=True)

    class Meta:
        model = Posting
        fields = ["account", "place", "owner", "amount"]
        read_only_fields = fields


class EntrySerializer(serializers.ModelSerializer):
    postings = PostingSerializer(many=True, read_only=True)

    class Meta:
        model = JournalEntry
        fields = ["id", "reference", "memo", "amount", "currency", "at", "postings"]
        read_only_fields = fields


class AccountFilters(FilterSet):
    place = ChoiceFilter(choices=Place.choices)
    owner = CharFilter()

    class Meta:
        model = LedgerAccount
        fields: list[str] = []


class EntryFilters(FilterSet):
    reference = CharFilter()
    account = NumberFilter(field_name="postings__account", min_value=1, max_value=2**63 - 1)
    owner = CharFilter(method="touching")
    since = IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    before = IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = JournalEntry
        fields: list[str] = []

    def touching(self, entries, _name, owner: str):
        legs = Posting.objects.filter(account__owner=owner)
        return entries.filter(pk__in=legs.values("entry"))


class Books(Listed, Things):
    """For those who see the money."""

    more_errors = (403,)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if not request.user.has_perm("grants.view_money"):
            raise PermissionDenied


@extend_schema_view(list=extend_schema(summary=_("List the places where money is")))
class LedgerAccounts(Books):
    queryset = LedgerAccount.objects.all()
    serializer_class = AccountSerializer
    filterset_class = AccountFilters

    def get_queryset(self):
        return accounts_at_desk(self.request.user)


@extend_schema_view(list=extend_schema(summary=_("List the moves of money")))
class LedgerEntries(Books):
    queryset = JournalEntry.objects.all()
    serializer_class = EntrySerializer
    filterset_class = EntryFilters

    def get_queryset(self):
        return entries_at_desk(self.request.user).prefetch_related("postings__account")
