"""Organisations: who applies, and the people who act for them."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models.people import DESK_READERS, User
from grants.core import crypto
from grants.core.regions import REGIONS


class OrganisationKind(models.TextChoices):
    COMPANY = "company", _("Company")
    INDIVIDUAL = "individual", _("Individual developer")


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrganisationQuerySet":
        """Its own members see an organisation; of the desk, those who decide and pay."""
        if user.has_role(*DESK_READERS):
            return self
        return self.filter(pk__in=user.own_organisations)


class Organisation(models.Model):
    """Who applies: a company with its unified social credit code, or an individual developer.

    The identity number of an individual is sealed (AES-GCM, bound to this row); people see its
    tail, and equal numbers are found by the index. Those from before it was asked have none.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind.choices)
    name = models.CharField(
        _("name"), max_length=140, help_text=_("As on the business licence or identity card.")
    )
    credit_code = models.CharField(
        _("unified social credit code"),
        max_length=18,
        blank=True,
        help_text=_("18 characters, for companies only."),
    )
    identity_sealed = models.TextField(blank=True, editable=False)
    identity_index = models.CharField(max_length=64, blank=True, editable=False)
    identity_tail = models.CharField(
        _("identity number"), max_length=20, blank=True, editable=False
    )
    legal_representative = models.CharField(_("legal representative"), max_length=100, blank=True)
    region = models.CharField(_("province"), max_length=2, blank=True, choices=REGIONS)
    website = models.URLField(_("website"), blank=True)
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="organisation_credit_code_once",
            ),
            models.UniqueConstraint(
                fields=["identity_index"],
                condition=~Q(identity_index=""),
                name="organisation_identity_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="company", credit_code__regex=r"^[0-9A-Z]{18}$", identity_index="")
                | Q(kind="individual", credit_code=""),
                name="organisation_company_has_credit_code",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="organisation_is_listed",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("name"),
                condition=pgtrigger.Condition("OLD.name IS DISTINCT FROM NEW.name"),
                func="PERFORM grants_list_name(NEW.id, OLD.name, NEW.name); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """What all events of the organisation and its members are found by."""
        return f"ORG-{timezone.localtime(self.created_at).year}-{self.pk:06d}"

    @property
    def is_company(self) -> bool:
        return self.kind == OrganisationKind.COMPANY

    @property
    def identity_number(self) -> str:
        return crypto.unseal(self.identity_sealed, row=f"organisation.identity.{self.pk}")

    def set_identity(self, number: str) -> None:
        """For a row that has its key already: what is sealed is bound to it."""
        self.identity_sealed = crypto.seal(number, row=f"organisation.identity.{self.pk}")
        self.identity_index = identity_index(number)
        self.identity_tail = "•••• " + number[-4:]

    def reseal_identity(self) -> None:
        """The same number under the first key. Raises `CannotOpen`."""
        row = f"organisation.identity.{self.pk}"
        self.identity_sealed = crypto.seal(self.identity_number, row=row)

    def role_of(self, user) -> str:
        """The person's role here, or an empty text."""
        if not hasattr(user, "_memberships"):
            user._memberships = dict(user.memberships.values_list("organisation_id", "role"))
        return user._memberships.get(self.pk, "")


def identity_index(number: str) -> str:
    return crypto.blind_index(number, column="organisation.identity")


class MemberRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")
    SIGNATORY = "signatory", _("Signatory")


class MembershipQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MembershipQuerySet":
        """Of the organisations that the person sees."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


class Membership(models.Model):
    """A person who acts for an organisation."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=MemberRole.choices)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def reference(self) -> str:
        return self.organisation.reference
