"""What officers fill in on the page of an application."""

from django import forms
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import Role, User
from grants.admin.asking import QuestionsField
from grants.admin.forms import VerbForm
from grants.admin.verbs import Verb
from grants.applications.models import Application
from grants.applications.services import screening
from grants.awards import services as awards
from grants.awards.models import Outcome
from grants.reviews import services as reviews
from grants.reviews.models import Assignment
from grants.screening.services import deciding


def pass_screening(application: Application, *, by) -> None:
    deciding.screen(application, by=by, is_eligible=True)


def fail_screening(application: Application, *, by, reason: str) -> None:
    deciding.screen(application, by=by, is_eligible=False, reason=reason)


def waits_for_screening(application: Application) -> bool:
    """Only once its round has closed: until then applicants may change their answers."""
    return application.state in ("submitted", "screening") and not application.round.is_open


class QuestionToApplicant(VerbForm):
    reason = forms.CharField(
        label=_("What you need to know"),
        help_text=_("The applicant reads this and can change the answers until they are sent."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    questions = QuestionsField()


class NotEligible(VerbForm):
    reason = forms.CharField(
        label=_("Why it is not eligible"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


SCREENING = [
    Verb(
        "pass",
        _("Pass to review"),
        _("The application is in review now."),
        "screen_application",
        pass_screening,
        tone="primary",
        is_possible=waits_for_screening,
    ),
    Verb(
        "return",
        _("Ask for more information"),
        _("The applicant is asked for more information."),
        "return_application",
        screening.return_for_information,
        QuestionToApplicant,
    ),
    Verb(
        "fail",
        _("Not eligible"),
        _("The application was found not eligible."),
        "screen_application",
        fail_screening,
        NotEligible,
        is_possible=waits_for_screening,
    ),
]


class ReviewerField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, reviewer) -> str:
        return _("%(person)s (%(open)s open)") % {"person": reviewer, "open": reviewer.open}


class AssignForm(VerbForm):
    """Reviewers who may still be asked: neither of the applicant, nor asked before."""

    reviewers = ReviewerField(
        label=_("Reviewers"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one reviewer.")},
    )

    def __init__(self, data, application: Application):
        super().__init__(data, auto_id="id_assign_%s")
        asked = Assignment.objects.filter(application=application).values("reviewer")
        open_ones = Q(assignments__state__in=["invited", "accepted"])
        self.fields["reviewers"].queryset = (
            User.objects.with_role(Role.REVIEWER)
            .exclude(memberships__organisation=application.organisation_id)
            .exclude(pk__in=asked)
            .annotate(open=Count("assignments", filter=open_ones, distinct=True))
            .order_by("open", "name", "pk")
        )


@transaction.atomic
def assign_all(application: Application, *, by, reviewers) -> None:
    for reviewer in reviewers:
        reviews.assign(application, reviewer, by=by)


class ProposeForm(VerbForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    amount = forms.CharField(
        label=_("Amount of the award"),
        required=False,
        max_length=20,
        help_text=_("Only for an award, in yuan."),
        widget=forms.TextInput(attrs={"class": "num", "inputmode": "decimal"}),
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("For the file; not shown to applicants."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    feedback = forms.CharField(
        label=_("Feedback to the applicant"),
        required=False,
        help_text=_("Shown with the decision once it is released."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data, application: Application):
        super().__init__(data, auto_id="id_propose_%s", initial={"amount": _plain(application)})

    def clean_amount(self) -> str:
        return self.cleaned_data["amount"].replace(",", "").replace("¥", "").strip()


def _plain(application: Application) -> str:
    most = min(application.requested_amount or 0, application.round.award_max)
    return f"{most:.2f}" if most else ""


def propose(application: Application, *, by, **values) -> None:
    awards.propose(application, by=by, **values)
