"""Why a person of the fund must not see an application."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications import lifecycle
from grants.applications.lifecycle import ConflictState
from grants.applications.models.cases import Application
from grants.core.lifecycle import StateField, known_states
from grants.core.triggers import fixed, kept, only_moves

BARRING = (ConflictState.REPORTED, ConflictState.CONFIRMED)


class ConflictKind(models.TextChoices):
    EMPLOYMENT = "employment", _("Works or worked there")
    OWNERSHIP = "ownership", _("Owns a share")
    FAMILY = "family", _("Family")
    FRIENDSHIP = "friendship", _("Close to somebody there")
    COLLABORATION = "collaboration", _("Works with them")
    COMPETITION = "competition", _("Competes with them")
    MEMBERSHIP = "membership", _("Same organisation")
    SHARED_MEMBER = "shared_member", _("A member of both")
    DOMAIN = "domain", _("Same e-mail domain")
    PHONE = "phone", _("Same telephone number")
    ACCOUNT = "account", _("Same bank account")
    REPRESENTATIVE = "representative", _("Same legal representative")
    JOINT_AWARD = "joint_award", _("An earlier award together")
    OTHER = "other", _("Something else")


class ConflictSource(models.TextChoices):
    DECLARED = "declared", _("Declared by the person")
    DETECTED = "detected", _("Found in the data")
    STANDING = "standing", _("Standing conflict")
    OFFICER = "officer", _("Recorded by an officer")


class ConflictQuerySet(models.QuerySet):
    def barring(self) -> "ConflictQuerySet":
        """Reported or confirmed: until an officer dismisses it, the person sees nothing."""
        return self.filter(state__in=BARRING)


class ConflictOfInterest(models.Model):
    """One reason. `evidence` says what was found: `{"what": …}`, its keys by kind."""

    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="conflicts",
        verbose_name=_("application"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="conflicts",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ConflictKind.choices)
    source = models.CharField(_("known by"), max_length=10, choices=ConflictSource.choices)
    evidence = models.JSONField(
        _("evidence"), default=dict, blank=True, encoder=DjangoJSONEncoder, editable=False
    )
    note = models.TextField(_("note"), blank=True)
    state = StateField(ConflictState)
    at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("judged by"),
    )
    judged_at = models.DateTimeField(_("judged"), null=True, editable=False)
    judgement = models.TextField(_("why it was judged so"), blank=True)

    lifecycle = lifecycle.CONFLICT
    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        indexes = [
            models.Index(fields=["person", "state", "application"], name="conflict_person"),
            models.Index(fields=["state", "-id"], name="conflict_state"),
        ]
        constraints = [
            known_states(ConflictState, "conflict"),
            models.UniqueConstraint(
                fields=["application", "person", "kind"], name="conflict_once_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(judged_by=None) | ~Q(judged_by=F("person")),
                name="conflict_not_judged_by_oneself",
            ),
        ]
        triggers = [
            *kept("conflictofinterest"),
            fixed("conflictofinterest", "application_id", "person_id", "kind", "source"),
            only_moves("conflictofinterest", lifecycle.CONFLICT),
        ]

    def __str__(self) -> str:
        return f"{self.application.reference} · {self.person}"

    @property
    def case(self) -> str:
        return self.application.reference
