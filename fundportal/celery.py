import os
import signal

from celery import Celery
from celery.signals import worker_process_init

from fundportal.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundportal.settings")

app = Celery("fundportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["grants"])


@worker_process_init.connect
def end_with_the_worker(**_) -> None:
    """A worker that is killed takes its pool with it; its tasks go to another worker."""
    die_with_parent(signal.SIGKILL)
