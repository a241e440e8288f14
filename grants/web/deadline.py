"""The deadline of an application in words: what holds, what is left, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.applications.models import TAKES_LATE, Application
from grants.core.dates import in_words

LAST_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Deadline:
    """`until` is when sending ends, by the server's clock, which `now` tells the page."""

    closes_at: datetime
    until: datetime
    now: datetime
    grace_minutes: int
    reason: str

    @property
    def closes_words(self) -> str:
        return in_words(self.closes_at)

    @property
    def until_words(self) -> str:
        return in_words(self.until)

    @property
    def is_extended(self) -> bool:
        return bool(self.reason)

    @property
    def is_past_close(self) -> bool:
        return self.now >= self.closes_at

    @property
    def target(self) -> datetime:
        """What the countdown runs to: the close, then the end of the grace or the extension."""
        return self.until if self.is_extended or self.is_past_close else self.closes_at

    @property
    def is_last_day(self) -> bool:
        return timedelta(0) < self.target - self.now <= LAST_DAY

    @property
    def left(self) -> str:
        """The time that is left, in hours and minutes."""
        minutes = max(int((self.target - self.now).total_seconds()) // 60, 0)
        hours, minutes = divmod(minutes, 60)
        parts = []
        if hours:
            parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
        parts.append(
            ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
        )
        return " ".join(parts)

    @property
    def grace_words(self) -> str:
        if not self.grace_minutes or self.is_extended:
            return ""
        end = in_words(self.closes_at + timedelta(minutes=self.grace_minutes))
        return _(
            "What was begun before the close can still be sent until %(when)s, %(count)s minutes"
            " later; nothing after that."
        ) % {"when": end, "count": self.grace_minutes}


def deadline_of(application: Application) -> Deadline | None:
    """None where no deadline holds: what was asked for again has none, what was sent is over."""
    if application.state not in ("draft", "submitted"):
        return None
    if application.round.state not in TAKES_LATE:
        return None
    grace = application.round.grace_until
    longer = [row for row in application.extensions.all() if row.until > grace]
    last = max(longer, key=lambda row: row.until, default=None)
    return Deadline(
        closes_at=application.round.closes_at,
        until=last.until if last else grace,
        now=timezone.now(),
        grace_minutes=application.round.grace_minutes,
        reason=last.reason if last else "",
    )
