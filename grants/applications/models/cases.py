"""Applications, and what was submitted."""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS, Organisation
from grants.applications import lifecycle
from grants.applications.lifecycle import ApplicationState
from grants.applications.models.conflicts import kept_from
from grants.core.bilingual import pick
from grants.core.lifecycle import StateField, known_states
from grants.core.money import MoneyField
from grants.core.triggers import append_only
from grants.programs.lifecycle import RoundState
from grants.programs.models import FormVersion, Round

PARTS = ("label", "text")
TAKES_LATE = (RoundState.OPEN, RoundState.CLOSED, RoundState.REVIEWING)


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ApplicationQuerySet":
        """Its members see an application; the desk once it was submitted, but for conflicts.

        Reviewers see through their assignments (`reviews`), not here.
        """
        own = Q(organisation__in=user.own_organisations)
        if user.has_role(*DESK_READERS):
            return self.filter(own | ~Q(submitted_at=None) & ~kept_from(user))
        return self.filter(own)

    def of_applicant(self, user) -> "ApplicationQuerySet":
        return self.filter(organisation__in=user.own_organisations)


class Application(models.Model):
    """One organisation's case in one round. `answers` is the draft: question key → value.

    `edits` says who changed an answer last: question key, `title` or `requested_amount` → `by`
    (id of a user), `at` (ISO 8601) and, where it was written on a page, its `page` and `turn`.
    `set_aside` keeps what did not fit a newer form: question key → `label_zh`, `label_en`,
    `text_zh` and `text_en`.
    """

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="applications", verbose_name=_("round")
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("organisation"),
    )
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120, blank=True)
    requested_amount = MoneyField(_("requested amount"), null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    edits = models.JSONField(default=dict, blank=True, editable=False)
    set_aside = models.JSONField(default=dict, blank=True, editable=False)
    state = StateField(ApplicationState)
    return_reason = models.TextField(_("what is asked"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)

    lifecycle = lifecycle.APPLICATION
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = [
            models.Index(fields=["round", "state", "-id"], name="application_round_state"),
            models.Index(fields=["state", "-id"], name="application_state"),
            models.Index(fields=["organisation", "-id"], name="application_organisation"),
            models.Index(fields=["round", "-id"], name="application_round"),
            models.Index(fields=["-submitted_at", "-id"], name="application_submitted"),
        ]
        constraints = [
            known_states(ApplicationState, "application"),
            models.UniqueConstraint(
                fields=["round", "organisation"],
                condition=~Q(state=ApplicationState.WITHDRAWN),
                name="application_once_per_round",
            ),
            models.CheckConstraint(
                condition=Q(requested_amount=None) | Q(requested_amount__gt=0),
                name="application_amount_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()

    @property
    def case(self) -> str:
        return self.reference

    @property
    def currency(self) -> str:
        return self.round.currency

    @property
    def is_editable(self) -> bool:
        """Drafts and submissions until their deadline; returned ones until they are sent."""
        if self.state == ApplicationState.RETURNED:
            return True
        if self.state not in (ApplicationState.DRAFT, ApplicationState.SUBMITTED):
            return False
        if self.round.is_open:
            return True
        return self.round.state in TAKES_LATE and timezone.now() < self.deadline

    @property
    def deadline(self) -> datetime:
        """Until when it can be sent: the close with the grace, or a later extension."""
        given = [extension.until for extension in self.extensions.all()]
        return max([self.round.grace_until, *given])

    @property
    def left_over(self) -> list[tuple[str, str, str]]:
        """What did not fit the newer form and is not answered anew: (key, question, old text)."""
        return [
            (key, *(pick({"zh": row[f"{part}_zh"], "en": row[f"{part}_en"]}) for part in PARTS))
            for key, row in sorted(self.set_aside.items())
            if not self.answers.get(key)
        ]

    @property
    def latest(self) -> "Submission | None":
        return self.submissions.order_by("-number").first()

    @property
    def is_changed_since_submission(self) -> bool:
        return bool(self.submitted_at and self.saved_at > self.submitted_at)


class Extension(models.Model):
    """More time for one application, given by an officer. The latest `until` counts."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="extensions"
    )
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"), max_length=1000)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("given"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["pk"]
        triggers = append_only("extension")

    def __str__(self) -> str:
        return f"{self.application_id} · {self.until:%Y-%m-%d %H:%M}"


class Submission(models.Model):
    """What one act of submitting sent, frozen. `sha256` covers `content`.

    `declaration` is what its sender declared, in the words that were shown.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    declaration = models.TextField(_("declaration"), blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("submitted"), default=timezone.now)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="submission_once")
        ]
        triggers = [
            *append_only("submission"),
            pgtrigger.Trigger(
                name="submission_is_listed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="PERFORM grants_list_submission(NEW.application_id, NEW.content); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.number}"
