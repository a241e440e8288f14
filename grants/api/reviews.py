"""Assignments of reviewers, and their reviews."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from grants.accounts.models import User
from grants.api.fields import Amount, Body, ByReference, MaybeReason, Reason, Verb, Verbs
from grants.api.things import NUMBER, Listed, Shown, Things, verb
from grants.applications.models import Application, ConflictKind
from grants.core.money import ZERO
from grants.reviews import services
from grants.reviews.lifecycle import AssignmentState, ReviewState
from grants.reviews.models import Assignment, Confidence, Recommendation, Review

ASSIGNMENT_VERBS = (
    Verb("accept", "answer_assignment", ("accept",)),
    Verb("decline", "answer_assignment", ("decline",)),
    Verb("recuse", "answer_assignment", ("recuse",)),
)
REVIEW_VERBS = (
    Verb(
        "submit",
        "submit_review",
        ("submit",),
        lambda it: it.assignment.application.state == "in_review",
    ),
)


class AssignmentSerializer(serializers.ModelSerializer):
    application = serializers.CharField(source="application.reference", read_only=True)
    round = serializers.CharField(source="application.round.slug", read_only=True)
    reviewer = serializers.EmailField(source="reviewer.email", read_only=True)
    review = serializers.SerializerMethodField(
        help_text=_("The id of the review; null for others until it was submitted.")
    )
    verbs = Verbs(ASSIGNMENT_VERBS)

    class Meta:
        model = Assignment
        fields = ["id", "application", "round", "reviewer", "review", "state", "verbs", "at"]
        read_only_fields = fields

    def get_review(self, assignment) -> int | None:
        review = assignment.review
        is_own = assignment.reviewer_id == self.context["request"].user.pk
        return review.pk if is_own or review.state == "submitted" else None


class AssignmentFilters(FilterSet):
    state = ChoiceFilter(choices=AssignmentState.choices)
    application = CharFilter(field_name="application__reference")
    reviewer = CharFilter(field_name="reviewer__email", lookup_expr="iexact")


class NewAssignment(Body):
    application = ByReference(
        slug_field="reference",
        queryset=Application.objects.select_related("round", "organisation"),
    )
    reviewer = serializers.EmailField()

    def validate(self, attrs):
        """Whether an address has an account is told only to those who may assign."""
        user = self.context["request"].user
        if not user.has_perm("grants.assign_reviewer", attrs["application"]):
            raise PermissionDenied
        reviewer = User.objects.filter(email__iexact=attrs["reviewer"], is_active=True).first()
        if reviewer is None:
            message = _("Nobody has signed up with this address.")
            raise serializers.ValidationError({"reviewer": message}, code="does_not_exist")
        return {"application": attrs["application"], "reviewer": reviewer}


class Recusal(Reason):
    kind = serializers.ChoiceField(ConflictKind.choices, required=False)


@extend_schema_view(
    list=extend_schema(summary=_("List assignments")),
    retrieve=extend_schema(summary=_("Show an assignment")),
)
class Assignments(Listed, Shown, Things):
    queryset = Assignment.objects.select_related(
        "application__round", "application__organisation", "reviewer", "review"
    )
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilters
    lookup_value_regex = NUMBER

    @extend_schema(
        summary=_("Ask a reviewer"),
        description=_("Where the reviewer was asked already, gives that assignment."),
        request=NewAssignment,
        responses={201: AssignmentSerializer},
    )
    def create(self, request):
        assignment = services.assign(
            by=request.user, **self.read(NewAssignment, permission="assign_reviewer")
        )
        return self.show(assignment, status=201)

    @verb("accept", _("Accept an assignment"))
    def accept(self, assignment):
        services.accept(assignment, by=self.request.user)

    @verb("decline", _("Decline an assignment"), MaybeReason, is_last_sight=True)
    def decline(self, assignment, **body):
        services.decline(assignment, by=self.request.user, **body)

    @verb(
        "recuse",
        _("Step back because of a conflict"),
        Recusal,
        is_last_sight=True,
        more=_("The reviewer then sees nothing of the application any more."),
    )
    def recuse(self, assignment, **body):
        services.recuse(assignment, by=self.request.user, **body)


class Mark(serializers.Field):
    """A number on the criterion's scale, or “na” for not applicable."""

    default_error_messages = {"invalid": _("Give a number, or “na”.")}

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        return data

    def to_representation(self, value):
        return services.NOT_APPLICABLE if value is None else float(value)


MARK_SCHEMA = {"oneOf": [{"type": "number", "minimum": 0}, {"const": services.NOT_APPLICABLE}]}
MARKS_SCHEMA = {"type": "object", "additionalProperties": MARK_SCHEMA}


class ReviewSerializer(serializers.ModelSerializer):
    application = serializers.CharField(source="assignment.application.reference", read_only=True)
    assignment = serializers.IntegerField(source="assignment_id", read_only=True)
    reviewer = serializers.EmailField(source="assignment.reviewer.email", read_only=True)
    scores = serializers.SerializerMethodField(help_text=_("Criterion key → score or “na”."))
    comments = serializers.SerializerMethodField(help_text=_("Criterion key → comment."))
    mean = serializers.SerializerMethodField(
        help_text=_("The weighted mean on a scale of 0 to 100.")
    )
    recommendation = serializers.SerializerMethodField()
    currency = serializers.CharField(source="assignment.application.currency", read_only=True)
    verbs = Verbs(REVIEW_VERBS)

    class Meta:
        model = Review
        fields = [
            "id",
            "application",
            "assignment",
            "reviewer",
            "scores",
            "comments",
            "mean",
            "recommendation",
            "amount",
            "currency",
            "confidence",
            "comment",
            "state",
            "verbs",
            "saved_at",
            "submitted_at",
        ]
        read_only_fields = fields

    @extend_schema_field(MARKS_SCHEMA)
    def get_scores(self, review):
        mark = Mark()
        return {
            score.criterion.key: mark.to_representation(score.value)
            for score in review.scores.all()
        }

    @extend_schema_field(serializers.ChoiceField(Recommendation.choices, allow_null=True))
    def get_recommendation(self, review):
        return review.recommendation or None

    def get_comments(self, review) -> dict[str, str]:
        return {score.criterion.key: score.comment for score in review.scores.all()}

    @extend_schema_field(serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True))
    def get_mean(self, review):
        mean = review.weighted_mean
        return None if mean is None else str(mean)


class ReviewChanges(Body):
    scores = extend_schema_field(MARKS_SCHEMA)(serializers.DictField)(child=Mark(), required=False)
    comments = serializers.DictField(
        child=serializers.CharField(max_length=5000, allow_blank=True), required=False
    )
    recommendation = serializers.ChoiceField(
        Recommendation.choices, required=False, allow_blank=True
    )
    amount = Amount(required=False, min_value=ZERO)
    confidence = serializers.ChoiceField(Confidence.choices, required=False)
    comment = serializers.CharField(max_length=20000, required=False, allow_blank=True)


class ReviewFilters(FilterSet):
    state = ChoiceFilter(choices=ReviewState.choices)
    application = CharFilter(field_name="assignment__application__reference")


@extend_schema_view(
    list=extend_schema(summary=_("List reviews")),
    retrieve=extend_schema(summary=_("Show a review")),
)
class Reviews(Listed, Shown, Things):
    queryset = Review.objects.select_related(
        "assignment__application__round__program__fund",
        "assignment__application__organisation",
        "assignment__reviewer",
    ).prefetch_related("scores__criterion")
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilters
    lookup_value_regex = NUMBER

    @extend_schema(
        summary=_("Change a review"),
        description=_("Changes only what is named."),
        request=ReviewChanges,
        responses={200: ReviewSerializer},
    )
    def partial_update(self, request, pk):
        review = self.get_object()
        changes = self.read(ReviewChanges, permission="edit_review", thing=review)
        services.save_review(review, by=request.user, **changes)
        return self.show(review)

    @verb("submit", _("Submit a review"))
    def submit(self, review):
        services.submit_review(review, by=self.request.user)
