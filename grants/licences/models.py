"""The business licence of a company, and what the fund found it to be."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS, Organisation
from grants.applications.models import organisations_kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.triggers import fixed, kept, only_moves
from grants.licences import lifecycle
from grants.licences.lifecycle import LicenceState


class LicenceQuerySet(models.QuerySet):
    def visible_to(self, user) -> "LicenceQuerySet":
        """Its own members see a licence, and the desk's readers."""
        own = Q(organisation__in=user.own_organisations)
        if user.has_role(*DESK_READERS):
            return self.filter(own | ~organisations_kept_from(user, "organisation__"))
        return self.filter(own)

    def standing(self) -> "LicenceQuerySet":
        return self.exclude(state=LicenceState.REPLACED)


def private_path(licence: "Licence", _name: str) -> str:
    return f"licences/{licence.id.hex[:2]}/{licence.id.hex}"


class Licence(models.Model):
    """One upload of a licence. `name` and `credit_code` are those that it was uploaded for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="licences"
    )
    name = models.CharField(_("name"), max_length=140)
    credit_code = models.CharField(_("unified social credit code"), max_length=18)
    file = models.FileField(upload_to=private_path)
    file_name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    state = StateField(LicenceState)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True)

    lifecycle = lifecycle.LICENCE
    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("business licence")
        verbose_name_plural = _("business licences")
        indexes = [models.Index(fields=["state", "uploaded_at"], name="licence_state")]
        constraints = [
            known_states(LicenceState, "licence"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=~Q(state=LicenceState.REPLACED),
                name="licence_one_stands",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("uploaded_by")),
                name="licence_two_people",
            ),
        ]
        triggers = [
            *kept("licence"),
            fixed(
                "licence",
                "organisation_id",
                "name",
                "credit_code",
                "file",
                "file_name",
                "content_type",
                "size",
                "sha256",
                "uploaded_by_id",
            ),
            only_moves("licence", lifecycle.LICENCE),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def reference(self) -> str:
        return self.organisation.reference

    @property
    def is_of_today(self) -> bool:
        """Whether the company still has the name and the code that were looked at."""
        now = self.organisation
        return (self.name, self.credit_code) == (now.name, now.credit_code)

    @property
    def is_valid(self) -> bool:
        return self.state == LicenceState.VERIFIED and self.is_of_today
