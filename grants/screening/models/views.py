"""Views of the list of applications that officers keep."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ViewQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ViewQuerySet":
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedView(models.Model):
    """A name for filters and columns; `query` is what stands behind the “?” of the address."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name of the view"), max_length=60)
    query = models.TextField(max_length=2000, blank=True)
    is_shared = models.BooleanField(_("everybody at the desk sees it"), default=False)

    objects = ViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="savedview_name_once")
        ]

    def __str__(self) -> str:
        return self.name
