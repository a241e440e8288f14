"""The states of payees, payouts, batches and attempts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class PayeeState(models.TextChoices):
    PENDING = "pending", _("To be verified")
    VERIFIED = "verified", _("Verified")
    LOCKED = "locked", _("Locked")
    SUPERSEDED = "superseded", _("Superseded")
    SUSPENDED = "suspended", _("Suspended")


PAYEE = Lifecycle(
    PayeeState,
    [
        ("pending", "verify", "verified"),
        ("pending", "lock", "locked"),
        (("pending", "verified", "locked", "suspended"), "supersede", "superseded"),
        ("verified", "suspend", "suspended"),
        (("verified", "suspended"), "confirm", "verified"),
    ],
)


class PayoutState(models.TextChoices):
    DUE = "due", _("Due")
    APPROVED = "approved", _("Approved")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    PAID = "paid", _("Paid")
    UNKNOWN = "unknown", _("Outcome unknown")
    FAILED = "failed", _("Failed")
    RETURNED = "returned", _("Returned by the bank")
    HELD = "held", _("On hold")
    CANCELLED = "cancelled", _("Cancelled")


IN_FLIGHT = ("sending", "sent", "unknown")

PAYOUT = Lifecycle(
    PayoutState,
    [
        ("due", "approve", "approved"),
        ("approved", "recall", "due"),
        ("approved", "send", "sending"),
        (("sending", "unknown"), "note_sent", "sent"),
        (IN_FLIGHT, "settle", "paid"),
        (IN_FLIGHT, "fail", "failed"),
        ("sending", "lose_sight", "unknown"),
        ("unknown", "resend", "sending"),
        ("failed", "requeue", "due"),
        ("paid", "return", "returned"),
        ("returned", "requeue", "due"),
        ("due", "hold", "held"),
        ("held", "release_hold", "due"),
        (("due", "held", "failed", "returned"), "cancel", "cancelled"),
    ],
)


class BatchState(models.TextChoices):
    OPEN = "open", _("Being prepared")
    SUBMITTED = "submitted", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    RELEASED = "released", _("Released to the rail")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


BATCH = Lifecycle(
    BatchState,
    [
        ("open", "submit", "submitted"),
        ("submitted", "approve", "approved"),
        (("submitted", "approved"), "reject", "open"),
        ("approved", "recall", "submitted"),
        ("approved", "release", "released"),
        ("released", "finish", "finished"),
        ("open", "cancel", "cancelled"),
    ],
)


class AttemptState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    ACCEPTED = "accepted", _("Accepted by the rail")
    SUCCEEDED = "succeeded", _("Succeeded")
    REJECTED = "rejected", _("Rejected")
    UNKNOWN = "unknown", _("Outcome unknown")
    RETURNED = "returned", _("Came back")


LIVE = ("prepared", "accepted", "unknown")

ATTEMPT = Lifecycle(
    AttemptState,
    [
        (("prepared", "unknown"), "note_accepted", "accepted"),
        (LIVE, "succeed", "succeeded"),
        (LIVE, "reject", "rejected"),
        ("prepared", "lose_sight", "unknown"),
        ("unknown", "resend", "prepared"),
        ("succeeded", "return", "returned"),
    ],
)


class LineState(models.TextChoices):
    OPEN = "open", _("To be matched")
    MATCHED = "matched", _("Matched")
    SET_ASIDE = "set_aside", _("Set aside")


LINE = Lifecycle(
    LineState,
    [
        ("open", "match", "matched"),
        ("matched", "unmatch", "open"),
        ("open", "set_aside", "set_aside"),
        ("set_aside", "take_up", "open"),
    ],
)

register(
    "payee",
    {
        "name": _("Payee named"),
        "verify": _("Payee verified"),
        "lock": _("Payee locked"),
        "supersede": _("Payee replaced"),
        "suspend": _("Payee suspended"),
        "confirm": _("Payee verified again"),
        "show": _("Account number of the payee shown"),
    },
)
register(
    "payout",
    {
        "request": _("Payout due"),
        "approve": _("Payout approved"),
        "recall": _("Payout taken out of its batch"),
        "send": _("Payout being sent"),
        "note_sent": _("Payout accepted by the bank"),
        "settle": _("Paid"),
        "fail": _("Payout refused by the bank"),
        "lose_sight": _("Outcome of the payout unknown"),
        "resend": _("Payout sent again under the same number"),
        "requeue": _("Payout due again"),
        "return": _("Payout returned by the bank"),
        "redirect": _("Payout directed to the new account"),
        "settle_by_hand": _("Outcome of the payout entered by hand"),
        "contradict": _("The rail contradicts what it said of the payment"),
        "hold": _("Payout put on hold"),
        "release_hold": _("Hold lifted"),
        "cancel": _("Payout cancelled"),
    },
)
register(
    "payoutbatch",
    {
        "approve_first": _("Batch approved by a first controller"),
        "file": _("Bank file of the batch made"),
        "take_file": _("Bank file of the batch taken again"),
        "prepare": _("Batch prepared"),
        "submit": _("Batch submitted"),
        "approve": _("Batch approved"),
        "reject": _("Batch rejected"),
        "recall": _("Payout taken out of the batch"),
        "release": _("Batch released"),
        "finish": _("Batch finished"),
        "cancel": _("Batch cancelled"),
    },
)
register(
    "paymentattempt",
    {
        "prepare": _("Payment number fixed"),
        "note_accepted": _("Payment under way"),
        "succeed": _("Payment confirmed"),
        "reject": _("Payment refused"),
        "lose_sight": _("No clear answer: asking"),
        "resend": _("Payment sent again under the same number"),
        "return": _("Payment came back"),
    },
)
register("bankstatement", {"upload": _("Bank statement read")})
register(
    "statementline",
    {
        "match": _("Bank line matched"),
        "unmatch": _("Match of a bank line undone"),
        "set_aside": _("Bank line set aside"),
        "take_up": _("Bank line taken up again"),
    },
)
register("closedday", {"close": _("Day closed")})
register("railhealth", {"stop": _("Rail stopped"), "resume": _("Rail let on again")})
register("bookscheck", {"fail": _("The books do not balance")})
register("user", {"export_payouts": _("Payout report exported")})
register("fund", {"export_payouts": _("Payout report exported")})
