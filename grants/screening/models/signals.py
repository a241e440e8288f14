"""What others know about an applicant: scores, ratings, followers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS, Organisation
from grants.applications.models import Application, kept_from, organisations_kept_from
from grants.core.triggers import append_only


class SignalQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SignalQuerySet":
        """The desk sees signals, but nobody those of a case or an organisation with a conflict."""
        if not user.has_role(*DESK_READERS):
            return self.none()
        organisations = organisations_kept_from(user, "organisation__")
        return self.filter(~kept_from(user, "application__"), ~organisations)


class SignalImport(models.Model):
    """One file or one call that brought signals. The same bytes of the same source come once."""

    source = models.CharField(_("source"), max_length=80)
    name = models.CharField(_("file"), max_length=150, blank=True)
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField(_("signals"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("imported"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("import of signals")
        verbose_name_plural = _("imports of signals")
        constraints = [
            models.UniqueConstraint(fields=["source", "sha256"], name="signalimport_once")
        ]
        triggers = append_only("signalimport")

    def __str__(self) -> str:
        return f"{self.source} · {self.name or self.at:%Y-%m-%d}"

    @property
    def reference(self) -> str:
        return self.source


class Signal(models.Model):
    """One value, of an organisation or of one application, as its source gave it on that day."""

    batch = models.ForeignKey(SignalImport, on_delete=models.PROTECT, related_name="signals")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="signals"
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, related_name="signals"
    )
    name = models.SlugField(_("name"), max_length=40)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    as_of = models.DateField(_("as of"))

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        indexes = [
            models.Index(fields=["organisation", "name", "-as_of"], name="signal_organisation"),
            models.Index(fields=["application", "name", "-as_of"], name="signal_application"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None, application__isnull=False)
                | Q(organisation__isnull=False, application=None),
                name="signal_of_one_thing",
            )
        ]
        triggers = append_only("signal")

    def __str__(self) -> str:
        return f"{self.name} {self.shown}"

    @property
    def shown(self) -> str:
        """The value without the zeros at its end."""
        return f"{self.value.normalize():f}"
