"""The list of applications: filters, columns, kept views, many at once, and the file."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.admin.case_filter import CaseFilter, ViewForm, cleaned_query
from grants.admin.forms import show_refusal
from grants.admin.paging import Slice, page_of
from grants.admin.site import desk
from grants.applications.models import Application
from grants.core.errors import Refused
from grants.reports.case_list import Column, cell, export_cases, sent_to, with_cells
from grants.screening.models import SavedView
from grants.screening.selectors import UNDECIDED
from grants.screening.services import views


@desk.page(
    "applications/",
    name="application-list",
    permission="view_application",
    section="applications",
    menu=gettext_lazy("Applications"),
    order=10,
)
def application_list(request):
    return _page(request, CaseFilter(request.GET, request.user))


def _page(request, form: CaseFilter, view_form: ViewForm | None = None):
    user = request.user
    rows = form.narrow(sent_to(user)).only("pk", "submitted_at")
    columns = [(column, Column(column).label) for column in form.chosen_columns()]
    page = _whole(page_of(request, rows, by="submitted_at" if form.is_by_day else ""))
    may_decide = user.has_perm("grants.screen_application")
    for row in page:
        row.cells = [(column, label, cell(row, column, user)) for column, label in columns]
        row.may_tick = may_decide and row.state in UNDECIDED
    query = form.query()
    context = {
        "form": form,
        "page": page,
        "columns": columns,
        "may_decide": may_decide,
        "may_tick": any(row.may_tick for row in page),
        "views": SavedView.objects.visible_to(user).select_related("owner").order_by("name", "pk"),
        "view_form": view_form or ViewForm(None, initial={"query": query}),
        "query": query,
        "is_valid": form.is_valid(),
    }
    return desk.render(request, "admin/desk/applications.html", context, title=_("Applications"))


def _whole(page: Slice) -> Slice:
    """The page with all that it shows: joined for its rows alone, not for all that were found."""
    rows = with_cells(Application.objects.all()).in_bulk([row.pk for row in page])
    return replace(page, rows=[rows[row.pk] for row in page])


@desk.page(
    "case-list/export/",
    name="application-export",
    permission="view_application",
    section="applications",
)
@require_POST
def application_export(request):
    """Streams the file; the event of it is there before the first byte."""
    form = CaseFilter(request.POST, request.user)
    if not form.is_valid():
        return _page(request, form)
    try:
        lines = export_cases(form.choice(), by=request.user)
    except Refused as refused:
        show_refusal(form, refused)
        return _page(request, form)
    name = f"applications-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@desk.page(
    "case-list/views/",
    name="application-views",
    permission="view_application",
    section="applications",
)
@require_POST
def view_save(request):
    query = cleaned_query(request.POST.get("query", ""), request.user)
    sent = request.POST.copy()
    sent["query"] = query
    form = ViewForm(sent)
    if form.carry_out(views.save_view, by=request.user):
        messages.success(request, _("The view is saved."))
        return HttpResponseRedirect(f"{reverse('admin:application-list')}?{query}")
    return _page(request, CaseFilter(QueryDict(query), request.user), form)


@desk.page(
    "case-list/views/<int:pk>/remove/",
    name="application-view-remove",
    permission="view_application",
    section="applications",
)
@require_POST
def view_remove(request, pk):
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    views.remove_view(view, by=request.user)
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(reverse("admin:application-list"))
