"""Messages at the desk: what waits for an answer, and the conversation of one case."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import DESK_READERS, Role
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.applications.models import Application, kept_from
from grants.messages.models import Conversation, conflicted_cases
from grants.messages.selectors import conversation_of, said_in
from grants.messages.services.writing import LONGEST, settle, write_message


class AnswerForm(VerbForm):
    text = forms.CharField(
        label=gettext_lazy("Your message"),
        widget=forms.Textarea(attrs={"rows": 5, "data-limit": LONGEST}),
    )


def seen_by(user):
    """Conversations of others' cases: an own one is read on the applicant's page."""
    rows = Conversation.objects.visible_to(user)
    return rows.filter(~kept_from(user, "application__")).select_related(
        "application__organisation", "application__round"
    )


@desk.page(
    "messages/",
    name="conversation-list",
    roles=DESK_READERS,
    section="applications",
    menu=gettext_lazy("Messages"),
    order=60,
)
def conversation_list(request):
    rows = seen_by(request.user)
    if request.GET.get("state") == "waits":
        rows = rows.filter(state="waits")
    context = {"page": page_of(request, rows)}
    return desk.render(request, "admin/desk/conversations.html", context, title=_("Messages"))


def _case(request, reference: str) -> Application:
    """404 for a conflict, and for a draft about which nobody wrote."""
    user = request.user
    rows = Application.objects.filter(~kept_from(user))
    application = get_object_or_404(
        rows.exclude(pk__in=conflicted_cases(user)).select_related(
            "organisation", "round__program__fund"
        ),
        reference=reference,
    )
    if application.submitted_at is None and conversation_of(application, user) is None:
        raise Http404
    return application


@desk.page(
    "messages/<slug:reference>/",
    name="conversation-detail",
    roles=DESK_READERS,
    section="applications",
)
def conversation_detail(request, reference):
    application = _case(request, reference)
    may_write = request.user.has_perm("grants.answer_applicant", application)
    form = AnswerForm(request.POST if request.method == "POST" and may_write else None)
    if form.is_bound and form.carry_out(write_message, application, by=request.user):
        messages.success(request, _("The message was sent."))
        return HttpResponseRedirect(reverse("admin:conversation-detail", args=[reference]))
    conversation = conversation_of(application, request.user)
    context = {
        "application": application,
        "conversation": conversation,
        "said": said_in(conversation, for_fund=True),
        "form": form if may_write else None,
    }
    trail = [(_("Messages"), reverse("admin:conversation-list"))]
    return desk.render(
        request, "admin/desk/conversation.html", context, title=application.reference, trail=trail
    )


@desk.page(
    "messages/<slug:reference>/settle/",
    name="conversation-settle",
    permission="answer_applicant",
    section="applications",
)
@require_POST
def conversation_settle(request, reference):
    conversation = get_object_or_404(seen_by(request.user), application__reference=reference)
    settle(conversation, by=request.user)
    messages.success(request, _("It no longer waits for an answer."))
    return HttpResponseRedirect(reverse("admin:conversation-detail", args=[reference]))


@desk.waiting(Role.OFFICER, order=19)
def messages_to_answer(user):
    rows = seen_by(user).filter(state="waits")
    return Waiting(
        _("Messages to answer"),
        rows.count(),
        reverse("admin:conversation-list") + "?state=waits",
        [
            Row(
                row.application.reference,
                reverse("admin:conversation-detail", args=[row.application.reference]),
                note=str(row.application.organisation),
                thing=row,
            )
            for row in rows.order_by("last_at", "pk")[:ROWS]
        ],
    )
