"""Files: adding them to an application and reading them back."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from grants.applications.models import Document
from grants.applications.ranges import serve
from grants.applications.selectors import questions_of
from grants.applications.services.documents import add_document, remove_document
from grants.core.errors import Refused
from grants.reports.papers.archive import archive_of
from grants.reviews.selectors import name_for, readable_applications, readable_documents
from grants.web.cases import application_of, require
from grants.web.uploading import file_fields


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
@require_safe
def files_of_question(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """The list of files of one question, as it is in its section: for scripts to show again."""
    application = application_of(request, reference)
    require(request, "edit_application", application)
    asked = [question for question in questions_of(application) if question.key == key]
    field = file_fields(application, asked, request.user).get(key)
    if field is None:
        raise Http404
    return render(request, "applicant/_files.html", {"field": field})


@login_required
@require_safe
def document_download(request: HttpRequest, pk) -> HttpResponse:
    """The bytes as a download, whole or in part."""
    return _answer(request, _readable(request, pk))


@login_required
@require_safe
def document_view(request: HttpRequest, pk) -> HttpResponse:
    """A picture or a PDF in the browser, which may run and load nothing of it."""
    document = _readable(request, pk)
    if document.is_clean and not document.is_viewable:
        raise Http404
    return _answer(request, document, view=True)


def _readable(request: HttpRequest, pk) -> Document:
    readable = readable_documents(request.user).select_related(
        "application__round", "application__organisation"
    )
    return get_object_or_404(readable, pk=pk)


def _answer(request: HttpRequest, document: Document, *, view: bool = False) -> HttpResponse:
    name = name_for(document, request.user)
    try:
        served = serve(document, request.headers, name=name, view=view)
    except FileNotFoundError:
        raise Http404 from None
    except Refused as refusal:
        return render(request, "applicant/held.html", {"why": str(refusal)}, status=409)
    return StreamingHttpResponse(served.pieces, status=served.status, headers=served.headers)


@login_required
@require_safe
def application_archive(request: HttpRequest, reference: str) -> HttpResponse:
    """Answers and files as a zip, for members, the desk and assigned reviewers."""
    applications = readable_applications(request.user)
    application = get_object_or_404(
        applications.select_related("round__program__fund", "organisation", "form").distinct(),
        reference=reference,
    )
    response = StreamingHttpResponse(
        archive_of(application, request.user), content_type="application/zip"
    )
    response["Content-Disposition"] = content_disposition_header(True, f"{reference}.zip")
    response["Cache-Control"] = "private, no-store"
    return response
