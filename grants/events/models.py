"""What happened: audit trail, timeline and outbox in one append-only row."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.core.triggers import append_only
from grants.events import words


class EventQuerySet(models.QuerySet):
    def of_case(self, case: str) -> "EventQuerySet":
        """Everything that happened on the way of one grant, oldest first."""
        return self.filter(case=case).select_related("actor").order_by("id")

    def of_thing(self, thing) -> "EventQuerySet":
        return self.filter(thing_type=thing._meta.model_name, thing_id=str(thing.pk)).order_by("id")


class Event(models.Model):
    """`kind` is "<thing>.<verb>"; `case` is the application's reference wherever there is one."""

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    kind = models.CharField(max_length=80)
    thing_type = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=40)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    case = models.CharField(_("case"), max_length=80, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by whom"),
    )
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["thing_type", "thing_id", "id"], name="event_thing"),
            models.Index(fields=["case", "id"], name="event_case"),
            models.Index(fields=["reference", "id"], name="event_reference"),
            models.Index(fields=["kind", "id"], name="event_kind"),
        ]
        triggers = [
            *append_only("event"),
            pgtrigger.Trigger(
                name="event_awaits_its_seal",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO grants_unsealedevent (event_id) VALUES (NEW.id); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.reference}".strip()

    @property
    def label(self) -> str:
        """What happened, in the reader's language."""
        return words.told(self.kind)


class UnsealedEvent(models.Model):
    """An event that the sealer has yet to see; written by a trigger, deleted with the seal."""

    event = models.OneToOneField(
        Event, on_delete=models.DO_NOTHING, primary_key=True, related_name="+"
    )

    class Meta:
        verbose_name = _("unsealed event")
        verbose_name_plural = _("unsealed events")

    def __str__(self) -> str:
        return str(self.event_id)


class EventSeal(models.Model):
    """One link of the hash chain, in the order in which the sealer saw the events committed.

    `hash` is SHA-256 over the previous hash and the event's canonical JSON. The sequence has no
    gaps, so that a reader of events needs to remember one number only.
    """

    sequence = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        triggers = append_only("event_seal")

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class DailySeal(models.Model):
    """The last seal of a day, as it was mailed to the auditors.

    What is kept outside finds out a database that was rewritten as a whole.
    """

    day = models.DateField(_("day"), primary_key=True)
    sequence = models.BigIntegerField(_("last seal"))
    hash = models.CharField(max_length=64)
    events = models.PositiveIntegerField(_("events of the day"))

    class Meta:
        verbose_name = _("seal of a day")
        verbose_name_plural = _("seals of days")
        triggers = append_only("dailyseal")

    def __str__(self) -> str:
        return f"{self.day} {self.hash[:12]}"


class Reader(models.Model):
    """How far a reader of the sealed events has got (notifications, webhooks)."""

    name = models.CharField(max_length=40, primary_key=True)
    sequence = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")

    def __str__(self) -> str:
        return f"{self.name} {self.sequence}"
