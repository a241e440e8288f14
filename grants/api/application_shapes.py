"""What an application looks like to its members, the desk and its reviewers."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet, NumberFilter
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grants.accounts.models import Organisation
from grants.accounts.policies import is_member
from grants.api.answer_fields import Answer, KeptAnswers, PlanRow
from grants.api.fields import Amount, Body, ById, ByReference, OrganisationName, Reason, Verb, Verbs
from grants.api.problems import listed
from grants.applications.information import open_keys
from grants.applications.lifecycle import ApplicationState
from grants.applications.models import Application, Submission
from grants.applications.selectors import plan_key
from grants.applications.services.drafts import TITLE_LENGTH, missing
from grants.awards.models import Outcome
from grants.programs.models import Round

VERBS = (
    Verb("submit", "submit_application", ("submit",), lambda it: it.is_editable),
    Verb(
        "ask-signature",
        "edit_application",
        ("submit",),
        lambda it: it.is_editable and it.round.needs_sign_off,
    ),
    Verb("withdraw", "withdraw_application", ("withdraw",)),
    Verb("return", "return_application", ("return",)),
    Verb(
        "screen",
        "screen_application",
        ("begin_screening", "pass"),
        lambda it: not it.round.is_open,
    ),
    Verb(
        "propose-decision",
        "propose_decision",
        ("decide",),
        lambda it: it.is_reviewed and not it.is_proposed,
    ),
)


class FieldProblemSerializer(serializers.Serializer):
    field = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)


class SubmissionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Submission
        fields = ["number", "sha256", "at"]
        read_only_fields = fields


class ApplicationRow(serializers.ModelSerializer):
    """Members see the draft; everybody else what was submitted last."""

    round = serializers.CharField(source="round.slug", read_only=True)
    organisation = serializers.SerializerMethodField(
        help_text=_("null for reviewers of a blind round.")
    )
    title = serializers.SerializerMethodField()
    requested_amount = serializers.SerializerMethodField()
    currency = serializers.CharField(read_only=True)
    verbs = Verbs(VERBS)

    class Meta:
        model = Application
        fields = [
            "reference",
            "round",
            "organisation",
            "title",
            "requested_amount",
            "currency",
            "state",
            "verbs",
            "created_at",
            "saved_at",
            "submitted_at",
        ]
        read_only_fields = fields

    def sees_draft(self, application) -> bool:
        return is_member(self.context["request"].user, application.organisation)

    @extend_schema_field(OrganisationName(allow_null=True))
    def get_organisation(self, application):
        user = self.context["request"].user
        if not user.has_perm("grants.know_applicant", application):
            return None
        return OrganisationName(application.organisation).data

    def get_title(self, application) -> str:
        return application.title if self.sees_draft(application) else application.sent_title or ""

    @extend_schema_field(Amount(allow_null=True))
    def get_requested_amount(self, application):
        if self.sees_draft(application):
            amount = application.requested_amount
            return None if amount is None else str(amount)
        return application.sent_amount


class ApplicationSerializer(ApplicationRow):
    answers = serializers.SerializerMethodField(help_text=_("Question key → answer."))
    milestones = serializers.SerializerMethodField(
        help_text=_("The plan, where the form asks for one.")
    )
    return_reason = serializers.SerializerMethodField(help_text=_("What the fund asks."))
    open_questions = serializers.SerializerMethodField(
        help_text=_("The only ones that can be changed now; null: all of the form.")
    )
    form_version = serializers.IntegerField(
        source="form.number", read_only=True, help_text=_("The version of the form it answers.")
    )
    left_over = serializers.SerializerMethodField(
        help_text=_("Old answers that do not fit the form, by question key, in words.")
    )
    submission = SubmissionSerializer(
        source="latest", allow_null=True, read_only=True, help_text=_("The last one.")
    )
    missing = serializers.SerializerMethodField(
        help_text=_("What stands in the way of submitting; for members while it can be changed.")
    )

    class Meta(ApplicationRow.Meta):
        fields = [
            *ApplicationRow.Meta.fields,
            "answers",
            "form_version",
            "left_over",
            "milestones",
            "return_reason",
            "open_questions",
            "submission",
            "missing",
        ]
        read_only_fields = fields

    def get_left_over(self, application) -> dict[str, str]:
        if not self.sees_draft(application):
            return {}
        return {key: text for key, _label, text in application.left_over}

    @extend_schema_field(KeptAnswers)
    def get_answers(self, application):
        if self.sees_draft(application):
            return application.answers
        return application.latest.content["answers"] if application.latest else {}

    @extend_schema_field(PlanRow(many=True))
    def get_milestones(self, application):
        key = plan_key(application)
        return self.get_answers(application).get(key, []) if key else []

    def get_return_reason(self, application) -> str:
        knows = self.sees_draft(application) or self.context["request"].user.has_perm(
            "grants.view_application", application
        )
        return application.return_reason if knows else ""

    def get_open_questions(self, application) -> list[str] | None:
        keys = open_keys(application) if self.get_return_reason(application) else None
        return None if keys is None else sorted(keys)

    @extend_schema_field(FieldProblemSerializer(many=True))
    def get_missing(self, application):
        if self.sees_draft(application) and application.is_editable:
            return listed(missing(application))
        return []


class ApplicationFilters(FilterSet):
    state = ChoiceFilter(choices=ApplicationState.choices)
    round = CharFilter(field_name="round__slug")
    organisation = NumberFilter(field_name="organisation_id", min_value=1, max_value=2**63 - 1)


class NewApplication(Body):
    round = ByReference(slug_field="slug", queryset=Round.objects.select_related("program__fund"))
    organisation = ById(queryset=Organisation.objects.all())


class Was(Body):
    title = serializers.CharField(required=False, allow_blank=True)
    requested_amount = Amount(required=False, allow_null=True)
    answers = serializers.DictField(child=Answer(), required=False)


class Changes(Body):
    title = serializers.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True)
    requested_amount = Amount(required=False)
    answers = serializers.DictField(child=Answer(), required=False)
    milestones = serializers.ListField(
        child=PlanRow(),
        required=False,
        help_text=_("The answer to the question of the form that asks for a plan."),
    )
    was = Was(required=False, help_text=_("What you read before; refused where it has changed."))


class Declaration(Body):
    declares = serializers.BooleanField(
        required=False, default=True, help_text=_("Left out, it is yes.")
    )


class Screening(Body):
    is_eligible = serializers.BooleanField()
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text=_("Needed for a “no”.")
    )


class Asking(Reason):
    questions = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=200,
        help_text=_(
            "Keys of the questions that are open again, also “title” and “requested_amount”; none:"
            " all of them."
        ),
    )


class Proposal(Body):
    outcome = serializers.ChoiceField(Outcome.choices)
    amount = Amount(required=False, help_text=_("For an award."))
    reasons = serializers.CharField(max_length=10000)
    feedback = serializers.CharField(max_length=10000, required=False, allow_blank=True)
