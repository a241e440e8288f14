"""Beat goes on when the clock of its machine is set back."""

from datetime import timedelta

from fundportal.beat import Scheduler
from fundportal.celery import app


def test_tasks_are_due_soon_although_they_ran_last_in_the_future(tmp_path):
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    ahead = scheduler.schedule["pay"].default_now() + timedelta(hours=3)
    for entry in scheduler.schedule.values():
        entry.last_run_at = ahead

    pause = scheduler.tick()

    lasts = [entry.last_run_at for entry in scheduler.schedule.values()]
    scheduler.close()
    assert max(lasts) <= ahead - timedelta(hours=2)
    assert pause <= 2
