"""What the applicant and the fund write to each other about one application."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.messages.policies import writes_for_applicant
from grants.messages.selectors import conversation_of, said_in
from grants.messages.services.writing import write_message
from grants.web.cases import frame, member_case
from grants.web.forms.cases import MessageForm
from grants.web.forms.refusals import posted, show_refusal


@login_required
def message_list(request: HttpRequest, reference: str) -> HttpResponse:
    """For members alone: the desk writes on its own page. Viewers read."""
    application = member_case(request, reference)
    may_write = writes_for_applicant(request.user, application)
    form = MessageForm(posted(request) if may_write else None)
    if form.is_bound and form.is_valid():
        try:
            write_message(application, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Your message was sent. The answer comes by mail, too."))
            return redirect("message-list", reference)
    status = 403 if request.method == "POST" and not may_write else 200
    conversation = conversation_of(application, request.user)
    context = frame(
        request,
        application,
        said=said_in(conversation, for_fund=False),
        form=form if may_write else None,
    )
    return render(request, "applicant/messages.html", context, status=status)
