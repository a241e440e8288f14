"""Bank statements at the desk: finance uploads what the bank gives; each file is there once."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.admin.forms import show_refusal
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.core.errors import Refused
from grants.core.policy import require
from grants.payouts.models import BankStatement, StatementLine
from grants.payouts.services.statements import Upload, upload_statement


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The bank's file"),
        help_text=gettext_lazy("camt.053, pain.002 or the bank's CSV, just as the bank gave it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.csv,.txt"}),
        allow_empty_file=True,
    )


@desk.page(
    "statements/",
    name="statement-list",
    permission="view_money",
    section="money",
    menu=gettext_lazy("Statements"),
    order=60,
)
def statement_list(request):
    is_upload = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_upload else UploadForm()
    if is_upload:
        require(request.user, "match_line")
        done = _upload(form, request.user)
        if done:
            messages.success(request, _told(done))
            return redirect("admin:statement-detail", pk=done.statement.pk)
    rows = BankStatement.objects.visible_to(request.user).select_related("uploaded_by")
    context = {
        "form": form,
        "may_upload": request.user.has_perm("grants.match_line"),
        "page": page_of(request, rows),
    }
    return desk.render(request, "admin/money/statements.html", context, title=_("Bank statements"))


def _upload(form: UploadForm, user) -> Upload | None:
    """What was uploaded; None where it was refused, and then the form says why."""
    if not form.is_valid():
        return None
    try:
        return upload_statement(form.cleaned_data["file"], by=user)
    except Refused as refused:
        show_refusal(form, refused)
        return None


def _told(done: Upload) -> str:
    if done.was_known:
        return _("This file was uploaded before. This is its statement.")
    words = {"count": done.statement.count, "matched": done.matched}
    return _("The statement was read: %(count)s lines, %(matched)s matched.") % words


@desk.page(
    "statements/<int:pk>/", name="statement-detail", permission="view_money", section="money"
)
def statement_detail(request, pk):
    visible = BankStatement.objects.visible_to(request.user).select_related("uploaded_by")
    statement = get_object_or_404(visible, pk=pk)
    seen = StatementLine.objects.visible_to(request.user).filter(statement=statement)
    lines = seen.select_related("statement", "reconciliation__attempt")
    context = {
        "statement": statement,
        "page": page_of(request, lines),
        "open": seen.filter(state="open").count(),
    }
    trail = [(_("Bank statements"), reverse("admin:statement-list"))]
    return desk.render(
        request, "admin/money/statement.html", context, title=statement.name, trail=trail
    )
