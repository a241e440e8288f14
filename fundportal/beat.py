"""Celery's schedule, for clocks that are set back.

Celery finds a task due once the clock is far enough past its last run. Where the clock ran hours
ahead and is put right, nothing would be due for hours, also after a new start: the last runs are
kept in a file.
"""

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """A last run that lies ahead of the clock counts as made just now."""

    def tick(self, *args, **kwargs):
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at > now:
                entry.last_run_at = now
                self._heap = None  # ordered by times that never come
        return super().tick(*args, **kwargs)
