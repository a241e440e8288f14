"""When the clock starts which task."""

from celery.schedules import crontab

WHEN = {
    "tell": {"task": "grants.tasks.tell", "schedule": 2.0, "options": {"expires": 2}},
    "pay": {"task": "grants.tasks.pay", "schedule": 2.0, "options": {"expires": 2}},
    "returns": {
        "task": "grants.tasks.ask_for_returns",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "rounds": {"task": "grants.tasks.keep_calendar", "schedule": 30.0, "options": {"expires": 30}},
    "screen": {"task": "grants.tasks.screen", "schedule": 5.0, "options": {"expires": 5}},
    "check_blind": {"task": "grants.tasks.check_blind", "schedule": 20},
    "find_conflicts": {
        "task": "grants.tasks.find_conflicts",
        "schedule": crontab(hour=2, minute=45),
    },
    "calibrate": {"task": "grants.tasks.calibrate", "schedule": 5.0, "options": {"expires": 5}},
    "calibrate_again": {
        "task": "grants.tasks.calibrate_again",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "check_books": {"task": "grants.tasks.check_books", "schedule": crontab(hour=3, minute=15)},
    "publish_seal": {"task": "grants.tasks.publish_seal", "schedule": crontab(minute=5)},
    "scan": {"task": "grants.tasks.scan", "schedule": 3.0, "options": {"expires": 3}},
    "tidy": {"task": "grants.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
}
