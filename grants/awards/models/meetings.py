"""Meetings of a committee: an agenda, and one application at a time on everybody's screen."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application
from grants.awards import guards, lifecycle
from grants.awards.lifecycle import MeetingState
from grants.core.lifecycle import StateField, known_states
from grants.programs.models import Round
from grants.reviews.models import STANDING


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MeetingQuerySet":
        """The desk's readers see all; reviewers those of rounds in which they review something."""
        if user.has_role(*DESK_READERS):
            return self
        reviewed = user.assignments.filter(state__in=STANDING).values("application__round")
        return self.filter(round__in=reviewed)


class Meeting(models.Model):
    """`place` is the position of the item that is talked about now, 0 before the first."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("round")
    )
    title = models.CharField(_("title"), max_length=120)
    at = models.DateTimeField(_("begins"))
    place = models.PositiveIntegerField(default=0, editable=False)
    state = StateField(MeetingState)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("planned by"),
    )
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    lifecycle = lifecycle.MEETING
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [models.Index(fields=["round", "-id"], name="meeting_round")]
        constraints = [
            known_states(MeetingState, "meeting"),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.ENDED) | Q(ended_at__isnull=False),
                name="meeting_ended_at_some_time",
            ),
        ]
        triggers = guards.MEETING

    def __str__(self) -> str:
        return self.title


class MeetingItem(models.Model):
    """One application on the agenda, and what the meeting noted about it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="+", verbose_name=_("application")
    )
    position = models.PositiveIntegerField(_("position"))
    note = models.TextField(_("note"), blank=True, max_length=4000)

    class Meta:
        verbose_name = _("item of a meeting")
        verbose_name_plural = _("items of a meeting")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "application"], name="meetingitem_application_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "position"], name="meetingitem_position_once"
            ),
            models.CheckConstraint(condition=Q(position__gt=0), name="meetingitem_position"),
        ]
        triggers = guards.MEETING_ITEM

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.position}"

    @property
    def case(self) -> str:
        return self.application.reference
