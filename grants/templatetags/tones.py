"""The one table from a state to the tone of its chip; the word on it is the model's own label."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _

NEUTRAL, INFO, GOOD, BAD, CARE = TONES = ("neutral", "info", "good", "bad", "care")

STATES: dict[str, dict[str, str]] = {
    "round": {
        "draft": NEUTRAL,
        "scheduled": INFO,
        "open": GOOD,
        "closed": NEUTRAL,
        "reviewing": INFO,
        "decided": GOOD,
        "archived": NEUTRAL,
    },
    "application": {
        "draft": NEUTRAL,
        "submitted": INFO,
        "screening": INFO,
        "in_review": INFO,
        "decided": NEUTRAL,
        "returned": CARE,
        "ineligible": BAD,
        "withdrawn": NEUTRAL,
    },
    "blindcheck": {"clean": GOOD, "tells": BAD, "let_pass": CARE},
    "calibrationrun": {"requested": INFO, "running": INFO, "done": GOOD, "failed": BAD},
    "conflictofinterest": {"reported": CARE, "confirmed": BAD, "dismissed": NEUTRAL},
    "invitation": {
        "open": INFO,
        "accepted": GOOD,
        "declined": NEUTRAL,
        "withdrawn": NEUTRAL,
        "expired": CARE,
    },
    "joinrequest": {
        "open": INFO,
        "accepted": GOOD,
        "declined": NEUTRAL,
        "withdrawn": NEUTRAL,
    },
    "licence": {"pending": INFO, "verified": GOOD, "refused": BAD, "replaced": NEUTRAL},
    "conversation": {"quiet": NEUTRAL, "waits": CARE},
    "assignment": {
        "invited": INFO,
        "accepted": INFO,
        "completed": GOOD,
        "declined": NEUTRAL,
        "recused": CARE,
        "expired": CARE,
    },
    "review": {"draft": NEUTRAL, "submitted": INFO},
    "decision": {
        "proposed": INFO,
        "confirmed": GOOD,
        "released": GOOD,
        "discarded": NEUTRAL,
    },
    "outcome": {"award": GOOD, "waitlist": CARE, "decline": BAD},
    "meeting": {"planned": NEUTRAL, "running": GOOD, "ended": NEUTRAL},
    "award": {
        "offered": INFO,
        "accepted": INFO,
        "active": GOOD,
        "completed": GOOD,
        "declined": NEUTRAL,
        "suspended": CARE,
        "terminated": BAD,
    },
    "milestone": {
        "planned": NEUTRAL,
        "submitted": INFO,
        "accepted": GOOD,
        "returned": CARE,
        "waived": NEUTRAL,
    },
    "payee": {
        "pending": INFO,
        "verified": GOOD,
        "locked": BAD,
        "superseded": NEUTRAL,
        "suspended": CARE,
    },
    "payout": {
        "due": NEUTRAL,
        "approved": INFO,
        "sending": INFO,
        "sent": INFO,
        "paid": GOOD,
        "unknown": CARE,
        "failed": BAD,
        "returned": BAD,
        "held": CARE,
        "cancelled": NEUTRAL,
    },
    # "Finished" is not success: each payout is judged by its own row.
    "payoutbatch": {
        "open": NEUTRAL,
        "submitted": INFO,
        "approved": INFO,
        "released": INFO,
        "finished": NEUTRAL,
        "cancelled": NEUTRAL,
    },
    "paymentattempt": {
        "prepared": NEUTRAL,
        "accepted": INFO,
        "succeeded": GOOD,
        "rejected": BAD,
        "unknown": CARE,
        "returned": BAD,
    },
    "statementline": {"open": CARE, "matched": GOOD, "set_aside": NEUTRAL},
    "notification": {"waiting": INFO, "sent": GOOD, "dead": BAD},
    "clawback": {
        "proposed": CARE,
        "approved": INFO,
        "notified": INFO,
        "part_recovered": INFO,
        "recovered": GOOD,
        "written_off": NEUTRAL,
    },
    "document": {"scanning": INFO, "clean": GOOD, "infected": BAD, "failed": BAD},
    "eligibilitycheckoutcome": {"passed": GOOD, "failed": BAD, "unclear": CARE},
    "screeningoutcome": {"passed": GOOD, "unclear": CARE, "warned": CARE, "failed": BAD},
    "screeningrun": {"running": INFO, "stopped": CARE, "done": GOOD},
    "signoff": {"asked": CARE, "signed": GOOD, "refused": BAD, "replaced": NEUTRAL},
    "export": {
        "requested": NEUTRAL,
        "running": INFO,
        "done": GOOD,
        "failed": BAD,
        "expired": NEUTRAL,
    },
    "task": {
        "cannot_start": NEUTRAL,
        "not_started": NEUTRAL,
        "in_progress": INFO,
        "done": GOOD,
    },
}

# States that no model holds.
WORDS = {
    "task": {
        "cannot_start": _("Cannot start yet"),
        "not_started": _("Not started"),
        "in_progress": _("In progress"),
        "done": _("Done"),
    }
}

# Kinds that are a field of a model of another name.
FIELDS = {"outcome": ("decision", "outcome")}


def normal(kind: str) -> str:
    return kind.replace("_", "").lower()


def kind_of(thing, field: str) -> str:
    """The row of the table for a field: of that model alone, or of all that have the field."""
    model = thing._meta.model_name
    own = model if field == "state" else model + field
    return own if own in STATES or field == "state" else field


def tone_of(kind: str, state: str) -> str:
    """Neutral where the table says nothing: the word still stands on the chip."""
    return STATES.get(normal(kind), {}).get(state, NEUTRAL)


def word_of(kind: str, state: str):
    """The label that the model gives to this state of it."""
    kind = normal(kind)
    if kind in WORDS:
        return WORDS[kind][state]
    model, field = FIELDS.get(kind, (kind, "state"))
    choices = apps.get_model("grants", model)._meta.get_field(field).flatchoices
    return dict(choices)[state]
