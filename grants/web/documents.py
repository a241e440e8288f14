"""Files: adding them to an application and reading them back."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grants.applications.selectors import questions_of
from grants.applications.services.documents import add_document, remove_document
from grants.core.errors import Refused
from grants.reviews.selectors import name_for, readable_documents
from grants.web.cases import application_of, require


@login_required
@require_POST
def document_upload(request: HttpRequest, reference: str) -> HttpResponse:
    """Adds `file` to the question `question_key`; `Refused` becomes a message."""
    application = application_of(request, reference)
    require(request, "edit_application", application)
    upload = request.FILES.get("file")
    key = request.POST.get("question_key", "")
    asked = {question.key: question for question in questions_of(application)}
    if upload is None:
        raise Refused(_("Choose a file first."), field="file")
    add_document(application, upload, by=request.user, question_key=key)
    return redirect("application-section", reference, asked[key].section.position)


@login_required
@require_POST
def document_remove(request: HttpRequest, pk) -> HttpResponse:
    document = get_object_or_404(readable_documents(request.user), pk=pk)
    application = application_of(request, document.case)
    remove_document(document, by=request.user)
    return redirect("application-detail", application.reference)


@login_required
def document_download(request: HttpRequest, pk) -> FileResponse:
    """The bytes, always as a download: no file is ever shown as a page of the portal."""
    readable = readable_documents(request.user).select_related(
        "application__round", "application__organisation"
    )
    document = get_object_or_404(readable, pk=pk)
    try:
        content = document.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=name_for(document, request.user),
        content_type=document.content_type,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )
