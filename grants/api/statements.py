"""Bank statements and their lines: what the bank says, and which payment each line is about."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from grants.api.fields import Body, Reason, Verb, Verbs
from grants.api.things import NUMBER, Listed, Shown, Things, verb
from grants.payouts.lifecycle import LineState
from grants.payouts.models import BankStatement, MatchedBy, Says, StatementKind, StatementLine
from grants.payouts.services import matching, statements

VERBS = (
    Verb("match", "match_line", ("match",)),
    Verb("unmatch", "match_line", ("unmatch",)),
    Verb("set-aside", "match_line", ("set_aside",)),
    Verb("take-up", "match_line", ("take_up",)),
)


class StatementSerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account_tail", read_only=True, help_text=_("The last four characters.")
    )
    count = serializers.IntegerField(read_only=True, help_text=_("Lines in the file."))
    repeated = serializers.IntegerField(
        read_only=True, help_text=_("Of them, those that other statements had already.")
    )
    uploaded_by = serializers.EmailField(source="uploaded_by.email", read_only=True)

    class Meta:
        model = BankStatement
        fields = [
            "id",
            "kind",
            "name",
            "sha256",
            "account",
            "currency",
            "opening",
            "closing",
            "count",
            "repeated",
            "money_in",
            "money_out",
            "uploaded_by",
            "uploaded_at",
        ]
        read_only_fields = fields


class NewStatement(Body):
    file = serializers.FileField(
        allow_empty_file=True, help_text=_("camt.053, pain.002 or the bank's CSV.")
    )


class StatementFilters(FilterSet):
    kind = ChoiceFilter(choices=StatementKind.choices)


@extend_schema_view(
    list=extend_schema(summary=_("List bank statements")),
    retrieve=extend_schema(summary=_("Show a bank statement")),
)
class BankStatements(Listed, Shown, Things):
    queryset = BankStatement.objects.select_related("uploaded_by")
    serializer_class = StatementSerializer
    filterset_class = StatementFilters
    parser_classes = [MultiPartParser]
    lookup_value_regex = NUMBER

    @extend_schema(
        summary=_("Upload a bank statement"),
        description=_(
            "Its lines are matched where it is clear which payment they are about. The same file"
            " again is the same statement, answered with 200."
        ),
        request={"multipart/form-data": NewStatement},
        responses={201: StatementSerializer, 200: StatementSerializer},
    )
    def create(self, request):
        body = self.read(NewStatement, permission="match_line")
        done = statements.upload_statement(body["file"], by=request.user)
        return self.show(done.statement, status=200 if done.was_known else 201)


class MatchSerializer(serializers.Serializer):
    number = serializers.CharField(source="attempt.number", read_only=True)
    payout = serializers.CharField(source="attempt.payout.reference", read_only=True)
    how = serializers.ChoiceField(MatchedBy.choices, read_only=True)
    confidence = serializers.IntegerField(read_only=True, help_text=_("In percent."))
    is_settling = serializers.BooleanField(
        read_only=True, help_text=_("Whether the line moved the payout.")
    )
    matched_at = serializers.DateTimeField(read_only=True)


class LineSerializer(serializers.ModelSerializer):
    statement = serializers.IntegerField(source="statement_id", read_only=True)
    amount = serializers.DecimalField(
        max_digits=18,
        decimal_places=2,
        read_only=True,
        help_text=_("Plus for money in, minus for money out."),
    )
    currency = serializers.CharField(source="statement.currency", read_only=True)
    account = serializers.CharField(
        source="account_tail", read_only=True, help_text=_("The last four characters.")
    )
    match = serializers.SerializerMethodField(help_text=_("null where it is not matched."))
    verbs = Verbs(VERBS)

    class Meta:
        model = StatementLine
        fields = [
            "id",
            "reference",
            "statement",
            "booked_on",
            "amount",
            "currency",
            "says",
            "number",
            "bank_reference",
            "holder_name",
            "account",
            "remark",
            "code",
            "match",
            "reason",
            "state",
            "verbs",
        ]
        read_only_fields = fields

    def get_match(self, line) -> MatchSerializer(allow_null=True):
        found = getattr(line, "reconciliation", None)
        return MatchSerializer(found).data if found else None


class LineFilters(FilterSet):
    state = ChoiceFilter(choices=LineState.choices)
    says = ChoiceFilter(choices=Says.choices)
    number = CharFilter()
    since = DateFilter(field_name="booked_on", lookup_expr="gte")
    until = DateFilter(field_name="booked_on", lookup_expr="lte")

    class Meta:
        model = StatementLine
        fields: list[str] = []


class Match(Body):
    number = serializers.CharField(max_length=64, help_text=_("Of the payment: PAY-…-1."))


@extend_schema_view(
    list=extend_schema(summary=_("List the lines of bank statements")),
    retrieve=extend_schema(summary=_("Show a line of a bank statement")),
)
class StatementLines(Listed, Shown, Things):
    queryset = StatementLine.objects.select_related("statement", "reconciliation__attempt__payout")
    serializer_class = LineSerializer
    filterset_class = LineFilters
    lookup_value_regex = NUMBER

    @verb(
        "match",
        _("Say which payment a line is about"),
        Match,
        more=_("Books what the line says; refused where amount or state speak against it."),
    )
    def match(self, line, **body):
        matching.match_number(line, by=self.request.user, **body)

    @verb("unmatch", _("Undo a match that moved nothing"), Reason)
    def unmatch(self, line, **body):
        matching.unmatch(line, by=self.request.user, **body)

    @verb("set-aside", _("Set a line aside that is about no payout"), Reason)
    def set_aside(self, line, **body):
        statements.set_aside(line, by=self.request.user, **body)

    @verb("take-up", _("Put a line on the work-list again"))
    def take_up(self, line):
        statements.take_up(line, by=self.request.user)
