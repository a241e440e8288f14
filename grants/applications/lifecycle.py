"""The states of an application, of its files, of a sign-off and of a conflict of interest."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SCREENING = "screening", _("In screening")
    RETURNED = "returned", _("More information asked")
    INELIGIBLE = "ineligible", _("Not eligible")
    IN_REVIEW = "in_review", _("In review")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DocumentState(models.TextChoices):
    SCANNING = "scanning", _("Being scanned")
    CLEAN = "clean", _("Clean")
    INFECTED = "infected", _("Refused by the virus scanner")
    FAILED = "failed", _("Could not be scanned")


class SignOffState(models.TextChoices):
    ASKED = "asked", _("Waits for the signature")
    SIGNED = "signed", _("Signed")
    REFUSED = "refused", _("Not signed")
    REPLACED = "replaced", _("Replaced")


class ConflictState(models.TextChoices):
    REPORTED = "reported", _("Waits for a judgement")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("No conflict")


class BlindCheckState(models.TextChoices):
    CLEAN = "clean", _("Tells nothing of who applies")
    TELLS = "tells", _("Tells who applies")
    LET_PASS = "let_pass", _("Let pass")


WITHDRAWABLE = ("draft", "submitted", "screening", "returned", "in_review")

APPLICATION = Lifecycle(
    ApplicationState,
    [
        (("draft", "submitted", "returned"), "submit", "submitted"),
        ("submitted", "begin_screening", "screening"),
        ("screening", "pass", "in_review"),
        ("screening", "fail", "ineligible"),
        (("submitted", "screening"), "return", "returned"),
        ("in_review", "decide", "decided"),
        (WITHDRAWABLE, "withdraw", "withdrawn"),
    ],
)

DOCUMENT = Lifecycle(
    DocumentState,
    [
        ("scanning", "clear", "clean"),
        ("scanning", "quarantine", "infected"),
        ("scanning", "give_up_scan", "failed"),
    ],
)

SIGN_OFF = Lifecycle(
    SignOffState,
    [
        ("asked", "sign", "signed"),
        ("asked", "refuse", "refused"),
        ("asked", "replace", "replaced"),
    ],
)

CONFLICT = Lifecycle(
    ConflictState,
    [
        (("reported", "dismissed"), "confirm", "confirmed"),
        (("reported", "confirmed"), "dismiss", "dismissed"),
        ("dismissed", "report", "reported"),
    ],
)

BLIND_CHECK = Lifecycle(BlindCheckState, [("tells", "let_pass", "let_pass")])

register(
    "application",
    {
        "start": _("Application begun"),
        "submit": _("Submitted"),
        "begin_screening": _("Screening began"),
        "pass": _("Found eligible"),
        "fail": _("Found not eligible"),
        "return": _("More information asked"),
        "set_back": _("Unsent changes were set back"),
        "decide": _("Decision released"),
        "withdraw": _("Withdrawn"),
        "extend": _("More time given"),
        "take_form": _("Went on with the new form"),
        "let_go": _("An old answer was let go"),
    },
)
register(
    "document",
    {
        "upload": _("Document added"),
        "remove": _("Document removed"),
        "clear": _("Document found clean"),
        "quarantine": _("Document refused by the virus scanner"),
        "give_up_scan": _("Document could not be scanned"),
    },
)
register(
    "signoff",
    {
        "ask": _("Signature asked for"),
        "sign": _("Signed"),
        "refuse": _("Not signed"),
        "replace": _("Another text is to be signed"),
    },
)
register(
    "conflictofinterest",
    {
        "report": _("Conflict of interest reported"),
        "confirm": _("Conflict of interest confirmed"),
        "dismiss": _("Judged to be no conflict"),
    },
)
register(
    "blindcheck",
    {
        "check": _("Looked through for who applies"),
        "let_pass": _("Let pass to the reviewers"),
    },
)
register(
    "standingconflict",
    {
        "declare": _("Standing conflict declared"),
        "end": _("Standing conflict ended"),
    },
)
