"""What a rule can ask, what a check can say, and the states of a run."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.core.lifecycle import Lifecycle
from grants.events.words import register


class RuleKind(models.TextChoices):
    APPLICANT_KIND = "applicant_kind", _("Kind of applicant")
    CREDIT_CODE = "credit_code", _("Valid credit code")
    REGION = "region", _("Region")
    CAP = "cap", _("Applications of one applicant")
    UNFINISHED_AWARDS = "unfinished_awards", _("Earlier awards that are not finished")
    SAME_CODE = "same_code", _("Same credit code as another")
    SAME_ACCOUNT = "same_account", _("Same bank account as another")
    SAME_PACKAGE = "same_package", _("Same app as another")
    SIMILAR_TEXT = "similar_text", _("Nearly the same text as another")
    SIGNAL = "signal", _("Signal from outside")


class CheckOutcome(models.TextChoices):
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not met")
    UNCLEAR = "unclear", _("Unclear")


class ScreeningOutcome(models.TextChoices):
    """Of all checks of an application together; `warned`: only rules that warn failed."""

    PASSED = "passed", _("All passed")
    UNCLEAR = "unclear", _("Something is unclear")
    WARNED = "warned", _("Warned")
    FAILED = "failed", _("Not met")


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")


RUN = Lifecycle(
    RunState,
    [
        ("running", "stop", "stopped"),
        ("stopped", "resume", "running"),
        ("running", "finish", "done"),
    ],
)

register(
    "screeningrun",
    {
        "start": _("Screening started"),
        "stop": _("Screening stopped"),
        "resume": _("Screening goes on"),
        "finish": _("Screening finished"),
    },
)
register(
    "screeningrule",
    {
        "create": _("Rule added"),
        "change": _("Rule changed"),
        "remove": _("Rule removed"),
    },
)
register("eligibilitycheck", {"override": _("Check decided by an officer")})
register("signalimport", {"import": _("Signals taken in")})
register("savedview", {"create": _("View saved"), "remove": _("View removed")})
register("user", {"export_applications": _("Applications exported")})
