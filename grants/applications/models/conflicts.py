"""Why a person of the fund must not see an application."""

from dataclasses import dataclass

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS, Membership, Organisation, Role
from grants.applications import lifecycle
from grants.applications.lifecycle import ConflictState
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

    def visible_to(self, user) -> "ConflictQuerySet":
        """Those of the cases that the person may see at the desk; so never one's own."""
        if not user.has_role(*DESK_READERS, Role.ADMINISTRATOR):
            return self.none()
        return self.filter(~kept_from(user, "application__"), ~Q(person=user))


class ConflictOfInterest(models.Model):
    """One reason. `evidence` says what was found: `{"what": …}`, its keys by kind."""

    application = models.ForeignKey(
        "grants.Application",
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


class StandingConflictQuerySet(models.QuerySet):
    def in_force(self) -> "StandingConflictQuerySet":
        return self.filter(ended_at=None)

    def visible_to(self, user) -> "StandingConflictQuerySet":
        """The own ones; to readers of the desk all, but for organisations that bar them."""
        if not user.has_role(*DESK_READERS, Role.ADMINISTRATOR):
            return self.filter(person=user)
        return self.filter(Q(person=user) | ~organisations_kept_from(user, "organisation__"))


class StandingConflict(models.Model):
    """An organisation of whose applications, present and later ones, a person sees nothing.

    The person declares it alone; somebody else ends it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="standing_conflicts",
        verbose_name=_("person"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="standing_conflicts",
        verbose_name=_("organisation"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ConflictKind.choices)
    note = models.TextField(_("note"), blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("declared by"),
    )
    at = models.DateTimeField(_("declared"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    end_reason = models.TextField(_("why it ended"), blank=True)

    objects = StandingConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing conflict")
        verbose_name_plural = _("standing conflicts")
        indexes = [models.Index(fields=["organisation", "person"], name="standing_organisation")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(ended_at=None),
                name="standing_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_by=F("person")),
                name="standing_not_ended_by_oneself",
            ),
        ]
        triggers = [
            *kept("standingconflict"),
            fixed(
                "standingconflict",
                "person_id",
                "organisation_id",
                "kind",
                "note",
                "declared_by_id",
                "at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.person}"

    @property
    def reference(self) -> str:
        return self.organisation.reference


def _barred(user) -> models.QuerySet:
    return ConflictOfInterest.objects.barring().filter(person=user)


def _standing(user) -> models.QuerySet:
    return StandingConflict.objects.in_force().filter(person=user)


def kept_from(user, prefix: str = "") -> Q:
    """The applications of which the person may learn nothing at the desk.

    Those of the own organisations, those with a conflict that is not dismissed, and those of
    organisations with a standing conflict. `prefix` is the path to the application ("award__").
    """
    organisation, case = f"{prefix}organisation__in", f"{prefix or 'pk__'}in"
    return (
        Q(**{organisation: user.own_organisations})
        | Q(**{case: _barred(user).values("application_id")})
        | Q(**{organisation: _standing(user).values("organisation_id")})
    )


def organisations_kept_from(user, prefix: str = "") -> Q:
    """The organisations behind what `kept_from` hides. `prefix` is the path to the organisation."""
    key = f"{prefix or 'pk__'}in"
    return (
        Q(**{key: user.own_organisations})
        | Q(**{key: _barred(user).values("application__organisation_id")})
        | Q(**{key: _standing(user).values("organisation_id")})
    )


@dataclass(frozen=True)
class Barred:
    """What bars a person beside the own memberships: ids of applications and organisations."""

    cases: frozenset[int]
    standing: frozenset[int]
    organisations: frozenset[int]


def _bars_of(user) -> Barred:
    """Read once for each object of a person, by one query."""
    if not hasattr(user, "_bars"):
        cases = _barred(user).values_list("application_id", "application__organisation_id")
        standing = _standing(user).values_list(
            Value(None, models.BigIntegerField()), "organisation"
        )
        rows = list(cases.union(standing, all=True))
        user._bars = Barred(
            cases=frozenset(case for case, _organisation in rows if case),
            standing=frozenset(organisation for case, organisation in rows if not case),
            organisations=frozenset(organisation for _case, organisation in rows),
        )
    return user._bars


def is_kept_from(user, application) -> bool:
    """As `kept_from`, of one."""
    if Organisation(pk=application.organisation_id).role_of(user):
        return True
    bars = _bars_of(user)
    return application.pk in bars.cases or application.organisation_id in bars.standing


def is_kept_from_organisation(user, organisation) -> bool:
    """As `organisations_kept_from`, of one."""
    return bool(organisation.role_of(user)) or organisation.pk in _bars_of(user).organisations


def those_kept_from(applications: models.QuerySet) -> Q:
    """The people whom something keeps from one of these; of `User`."""
    organisations = applications.values("organisation_id")
    barring = ConflictOfInterest.objects.barring().filter(application__in=applications.values("pk"))
    standing = StandingConflict.objects.in_force().filter(organisation__in=organisations)
    return (
        Q(pk__in=Membership.objects.filter(organisation__in=organisations).values("user_id"))
        | Q(pk__in=barring.values("person_id"))
        | Q(pk__in=standing.values("person_id"))
    )


def forget_conflicts(*people) -> None:
    """What bars these people is read again when it is asked next."""
    for person in people:
        person.__dict__.pop("_bars", None)
