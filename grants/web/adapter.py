"""What allauth does our way: mails go through the outbox, a confirmed address is an event."""

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.utils.translation import get_language

from grants.accounts.services import confirm_email
from grants.notifications.services import queue_mail


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Queues the mail: a mail server that is down neither fails the page nor loses it."""
        message = self.render_mail(template_prefix, email, {"email": email} | context)
        queue_mail(
            address=email,
            kind=template_prefix.rpartition("/")[2],
            subject=message.subject,
            text=message.body,
            language=get_language() or "",
        )

    @transaction.atomic
    def confirm_email(self, request, email_address) -> bool:
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            confirm_email(email_address.user)
        return confirmed
