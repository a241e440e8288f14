"""What people may do with a batch, as forms and buttons."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.forms import VerbForm
from grants.admin.verbs import Verb, WithReason
from grants.core.errors import Refused
from grants.payouts.lifecycle import BatchState
from grants.payouts.models import Payout, PayoutBatch
from grants.payouts.services import approving, batches, releasing


class DigestForm(VerbForm):
    """Approves what was shown, and nothing else."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class TakeOutForm(VerbForm):
    reference = forms.CharField(label=gettext_lazy("Payout"), max_length=20)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=1000)


def _named(batch: PayoutBatch, reference: str) -> Payout:
    payout = batch.payouts.select_related("batch").filter(reference=reference.strip()).first()
    if payout is None:
        raise Refused(_("No payout of this batch is so named."), field="reference")
    return payout


def _take_out(batch: PayoutBatch, *, reference: str, reason: str, by) -> None:
    batches.take_out(_named(batch, reference), by=by, reason=reason)


def _recall(batch: PayoutBatch, *, reference: str, reason: str, by) -> None:
    approving.recall_payout(_named(batch, reference), by=by, reason=reason)


VERBS = [
    Verb(
        "submit",
        gettext_lazy("Submit for approval"),
        gettext_lazy("The batch waits for the controller's approval."),
        "prepare_batch",
        batches.submit_batch,
        tone="primary",
    ),
    Verb(
        "approve",
        gettext_lazy("Approve"),
        gettext_lazy("Your approval is recorded."),
        "approve_batch",
        approving.approve_batch,
        DigestForm,
        tone="primary",
    ),
    Verb(
        "release",
        gettext_lazy("Release: send the money"),
        gettext_lazy("The batch is released: the payouts are being sent."),
        "approve_batch",
        releasing.release_batch,
        tone="primary",
    ),
    Verb(
        "reject",
        gettext_lazy("Reject"),
        gettext_lazy("The batch went back to its preparer."),
        "approve_batch",
        approving.reject_batch,
        WithReason,
        tone="danger",
    ),
    Verb(
        "recall",
        gettext_lazy("Send one payout back"),
        gettext_lazy("The payout was taken out; what is left must be approved."),
        "approve_batch",
        _recall,
        TakeOutForm,
        is_possible=lambda batch: batch.state in (BatchState.SUBMITTED, BatchState.APPROVED),
    ),
    Verb(
        "take_out",
        gettext_lazy("Take a payout out"),
        gettext_lazy("The payout was taken out of the batch; it is due as before."),
        "prepare_batch",
        _take_out,
        TakeOutForm,
        is_possible=lambda batch: batch.state == BatchState.OPEN,
    ),
    Verb(
        "cancel",
        gettext_lazy("Dissolve the batch"),
        gettext_lazy("The batch was dissolved; its payouts are due as before."),
        "prepare_batch",
        batches.cancel_batch,
        tone="danger",
    ),
]
