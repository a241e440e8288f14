"""The keys of people's software, and the answers kept for its repeated calls."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import ApiKey, IdempotentCall, User
from grants.core.errors import Refused
from grants.events.services import record

LABEL_LENGTH = 80
CALLS_ARE_KEPT = timedelta(days=30)


def hash_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def create_api_key(user: User, *, label: str, by) -> tuple[ApiKey, str]:
    """Makes a key; returns its row and, this once, the key itself (256 random bits)."""
    label = label.strip()
    if not 1 <= len(label) <= LABEL_LENGTH:
        raise Refused(
            _("Say in 1 to %(limit)s characters what the key is for.") % {"limit": LABEL_LENGTH},
            field="label",
        )
    key = "amos_" + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(user=user, label=label, prefix=key[:12], key_hash=hash_key(key))
    record(row, "create", by=by, data={"label": label, "owner": user.email})
    return row, key


@transaction.atomic
def revoke_api_key(row: ApiKey, *, by) -> None:
    """Ends a key at once. No effect where it is ended."""
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        record(row, "revoke", by=by)


def forget_idempotent_calls() -> int:
    """Deletes the answers of POSTs that are older than a month; returns how many."""
    old = IdempotentCall.objects.filter(at__lt=timezone.now() - CALLS_ARE_KEPT)
    deleted, _by_model = old.delete()
    return deleted


def user_of_key(key: str) -> User | None:
    """The active owner of a key that is not revoked; notes its use, at most once a minute."""
    row = ApiKey.objects.select_related("user").filter(key_hash=hash_key(key)).first()
    if row is None or row.revoked_at or not row.user.is_active:
        return None
    now = timezone.now()
    if row.last_used_at is None or (now - row.last_used_at).total_seconds() > 60:
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)
    return row.user
