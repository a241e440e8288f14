"""Bank files at the desk: what a batch by bank file offers on its page, and the download."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from grants.admin.site import desk
from grants.payouts.models import FileFormat, PayoutBatch, RailName
from grants.payouts.services.bank_files import file_of


def files_on_page(batch: PayoutBatch) -> list[dict]:
    """The formats with what was made of each; none for a batch that has no file. One query."""
    if batch.rail != RailName.BANK_FILE or batch.released_at is None:
        return []
    made = {row.format: row for row in batch.files.all()}
    return [
        {
            "label": label,
            "made": made.get(value),
            "url": reverse("admin:batch-file", args=[batch.reference, value]),
        }
        for value, label in FileFormat.choices
    ]


@desk.page(
    "batches/<slug:reference>/files/<slug:file_format>/",
    name="batch-file",
    permission="view_money",
    section="money",
)
@require_POST
def batch_file(request, reference, file_format):
    """Gives the file; whole account numbers are in it, and that it was taken is recorded."""
    batch = get_object_or_404(PayoutBatch.objects.visible_to(request.user), reference=reference)
    if file_format not in FileFormat.values:
        raise Http404
    made = file_of(batch, file_format, by=request.user)
    return HttpResponse(
        made.content,
        content_type=made.content_type,
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )
