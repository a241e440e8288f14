"""The business licence of a company: adding it, and reading the file back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.licences.models import Licence
from grants.licences.services import upload_licence
from grants.web.forms.organisations import LicenceForm
from grants.web.forms.refusals import show_refusal
from grants.web.organisation import organisation_of


@login_required
def licence_upload(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_of(request, pk, "change_organisation")
    is_sent = request.method == "POST"
    form = LicenceForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_bound and form.is_valid():
        try:
            upload_licence(organisation, form.cleaned_data["file"], by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. The fund looks at the licence now."))
            return redirect("organisation-detail")
    context = {"organisation": organisation, "form": form}
    return render(request, "applicant/licence.html", context)


@login_required
def licence_download(request: HttpRequest, pk) -> FileResponse:
    """The bytes, always as a download; for members and the desk's readers."""
    licence = get_object_or_404(Licence.objects.visible_to(request.user), pk=pk)
    try:
        content = licence.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=licence.file_name,
        content_type=licence.content_type,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )
