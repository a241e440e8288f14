"""What the applicant and the fund's officers write to each other about one application."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.accounts.models import DESK_READERS
from grants.applications.models import Application, kept_from
from grants.core.lifecycle import StateField, known_states
from grants.core.triggers import append_only
from grants.messages import lifecycle
from grants.messages.lifecycle import ConversationState
from grants.reviews.models import Assignment


def conflicted_cases(user):
    """The applications that the person reviews blindly, or stepped back from for a conflict."""
    rows = Assignment.objects.filter(reviewer=user)
    return rows.filter(Q(application__round__is_blind=True) | Q(state="recused")).values(
        "application_id"
    )


class ConversationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ConversationQuerySet":
        """The members of the applicant, and the desk but for those with an interest in the case.

        Reviewers never see what is written: it says who applies.
        """
        own = Q(application__organisation__in=user.own_organisations)
        if not user.has_role(*DESK_READERS):
            return self.filter(own)
        others = ~kept_from(user, "application__") & ~Q(application__in=conflicted_cases(user))
        return self.filter(own | others)


class Conversation(models.Model):
    """One for each application, from the first message on."""

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="conversation"
    )
    state = StateField(ConversationState)
    last_at = models.DateTimeField(_("last message"), default=timezone.now, editable=False)

    lifecycle = lifecycle.CONVERSATION
    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [models.Index(fields=["state", "last_at"], name="conversation_state")]
        constraints = [known_states(ConversationState, "conversation")]

    def __str__(self) -> str:
        return self.application.reference

    @property
    def case(self) -> str:
        return self.application.reference

    @property
    def reference(self) -> str:
        return self.application.reference


class Via(models.TextChoices):
    PAGE = "page", _("On the page")
    MAIL = "mail", _("By mail")


class Message(models.Model):
    """One message, never changed. `mail_key` is the hash of the mail's own id: each mail once.

    `attachments` names the files that a mail brought and that were not taken.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_from_fund = models.BooleanField()
    text = models.TextField(_("message"))
    via = models.CharField(max_length=4, choices=Via.choices, default=Via.PAGE)
    attachments = models.JSONField(default=list)
    mail_key = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "mail_key"],
                condition=~Q(mail_key=""),
                name="message_mail_once",
            )
        ]
        triggers = append_only("message")

    def __str__(self) -> str:
        return f"{self.conversation_id} · {self.pk}"

    @property
    def case(self) -> str:
        return self.conversation.application.reference
