"""Reviewing: the application on the left, the own scores on the right; never somebody else's."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.accounts.models import DESK_READERS, Role
from grants.admin.answers import sent_answers
from grants.admin.conflicts import SAID
from grants.admin.paging import page_of
from grants.admin.review_form import ReviewForm
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin, plain
from grants.admin.verbs import Verb, WithReason, carry_out, offers
from grants.applications.models import ConflictKind
from grants.reviews import services
from grants.reviews.models import STANDING, Assignment, Review


class WhyRecuse(WithReason):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=SAID,
        required=False,
        initial=ConflictKind.OTHER.value,
        widget=forms.RadioSelect,
    )

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or ConflictKind.OTHER.value

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What the conflict is")
        self.fields["reason"].help_text = _("You will then see nothing of this application.")


class WhyDecline(WithReason):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


ANSWERS = [
    Verb(
        "accept",
        gettext_lazy("I have no conflict of interest and will review it"),
        gettext_lazy("Thank you. You can give your scores now."),
        "view_assignment",
        services.accept,
        tone="primary",
    ),
    Verb(
        "decline",
        gettext_lazy("I cannot do it"),
        gettext_lazy("You declined. The officers will ask somebody else."),
        "view_assignment",
        services.decline,
        WhyDecline,
    ),
    Verb(
        "recuse",
        gettext_lazy("I have a conflict of interest"),
        gettext_lazy("You stepped back. You see nothing of that application any more."),
        "view_assignment",
        services.recuse,
        WhyRecuse,
    ),
]
OFFICERS = [
    Verb(
        "reopen",
        gettext_lazy("Reopen the review"),
        gettext_lazy("The reviewer can change the review again."),
        "reopen_review",
        services.reopen_review,
        WithReason,
    )
]


def seen_by(user):
    return Review.objects.visible_to(user).select_related(
        "assignment__application__round__program__fund",
        "assignment__application__organisation",
        "assignment__application__form",
        "assignment__reviewer",
    )


def found(request, pk: int) -> Review:
    return get_object_or_404(seen_by(request.user).prefetch_related("scores__criterion"), pk=pk)


@desk.page(
    "reviews/",
    name="review-list",
    roles=[Role.REVIEWER],
    section="reviews",
    menu=gettext_lazy("My reviews"),
)
def review_list(request):
    rows = seen_by(request.user).filter(
        assignment__reviewer=request.user, assignment__state__in=STANDING
    )
    context = {"page": page_of(request, rows)}
    return desk.render(request, "admin/desk/reviews.html", context, title=_("My reviews"))


@desk.page(
    "reviews/<int:pk>/",
    name="review-detail",
    roles=[Role.REVIEWER, *DESK_READERS],
    section="reviews",
)
def review_detail(request, pk):
    """A reviewer's own review; a POST saves it, or sends it where the button was “send”."""
    review = found(request, pk)
    if review.assignment.reviewer_id != request.user.pk:
        return _read(request, review)
    if request.method != "POST":
        return _score(request, review)
    form = ReviewForm(request.POST, review, _criteria(review))
    is_sent = "send" in request.POST
    if form.send(by=request.user) if is_sent else form.save(by=request.user):
        told = _("Your review is submitted. Thank you.") if is_sent else _("Your draft is saved.")
        messages.success(request, told)
        return HttpResponseRedirect(reverse("admin:review-detail", args=[pk]))
    return _score(request, found(request, pk), form=form)


@desk.page(
    "reviews/<int:pk>/<slug:verb>/",
    name="review-verb",
    roles=[Role.REVIEWER, *DESK_READERS],
    section="reviews",
)
def review_verb(request, pk, verb):
    review = found(request, pk)
    page = reverse("admin:review-detail", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(page)
    is_own = review.assignment.reviewer_id == request.user.pk
    if not is_own and not request.user.has_perm("grants.reopen_review", review):
        raise PermissionDenied
    thing, verbs = (review.assignment, ANSWERS) if is_own else (review, OFFICERS)
    back = page if verb in ("accept", "reopen") else reverse("admin:review-list")
    if verb == "reopen":
        case = review.assignment.application.reference
        back = reverse("admin:application-detail", args=[case])
    done = carry_out(request, thing, verbs, verb, back=back)
    if isinstance(done, HttpResponseRedirect):
        return done
    show = _score if is_own else _read
    return show(request, found(request, pk), refused=done)


def _criteria(review: Review) -> list:
    return list(review.assignment.application.round.criteria.all())


def _url_of(review: Review):
    return lambda verb: reverse("admin:review-verb", args=[review.pk, verb])


def _score(request, review: Review, *, form=None, refused=None):
    """The reviewer's page: nothing tells who applies where the round is blind."""
    assignment = review.assignment
    application = assignment.application
    is_open = assignment.state == "accepted" and application.state == "in_review"
    if form is None and is_open:
        form = ReviewForm(None, review, _criteria(review))
    blind = not request.user.has_perm("grants.know_applicant", application)
    context = {
        "review": review,
        "assignment": assignment,
        "application": application,
        "blind": blind,
        "sent": sent_answers(application, application.latest),
        "form": form,
        "refused": refused,
        "offers": offers(assignment, request.user, ANSWERS, _url_of(review), refused),
    }
    trail = [(_("My reviews"), reverse("admin:review-list"))]
    return desk.render(
        request, "admin/desk/review.html", context, title=application.reference, trail=trail
    )


def _read(request, review: Review, *, refused=None):
    """A submitted review as the deciding desk reads it."""
    application = review.assignment.application
    case = reverse("admin:application-detail", args=[application.reference])
    is_open = application.state == "in_review"
    shown = offers(review, request.user, OFFICERS, _url_of(review), refused)
    context = {
        "review": review,
        "application": application,
        "offers": shown if is_open or refused else [],
    }
    trail = [(_("Applications"), reverse("admin:application-list")), (application.reference, case)]
    return desk.render(
        request, "admin/desk/review_read.html", context, title=_("Review"), trail=trail
    )


class OfCases(ReadOnlyAdmin):
    """Reviewers have their own pages; here the desk reads."""

    section = "reviews"
    view_permission = "view_scores"


@admin.register(Assignment)
class AssignmentAdmin(OfCases):
    list_display = ["application", "reviewer", "state", "at"]
    list_select_related = ["application", "reviewer"]
    list_filter = ["state"]
    fields = ["application", "person", "state", "officer", "at", "reason"]
    person = plain("reviewer", gettext_lazy("reviewer"))
    officer = plain("assigned_by", gettext_lazy("assigned by"))


@admin.register(Review)
class ReviewAdmin(OfCases):
    list_display = ["assignment", "recommendation", "state", "submitted_at"]
    list_select_related = ["assignment__application", "assignment__reviewer"]
    list_filter = ["state"]
    fields = [
        "assignment", "recommendation", "amount", "confidence", "comment", "state", "submitted_at",
    ]  # fmt: skip
