"""The mails at the desk: what was told to whom, and whether it arrived at the mail server."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role
from grants.admin.paging import page_of
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import Verb, carry_out, offers, timeline
from grants.notifications import services
from grants.notifications.lifecycle import NotificationState
from grants.notifications.models import Notification

VERBS = [
    Verb(
        "retry",
        gettext_lazy("Try again"),
        gettext_lazy("The mail waits to be sent again."),
        "retry_mails",
        services.retry,
        tone="primary",
        is_possible=lambda mail: mail.state == NotificationState.DEAD,
    )
]


@desk.page(
    "mails/",
    name="mail-list",
    permission="read_mails",
    section="people",
    menu=gettext_lazy("Mails"),
    order=60,
)
def mail_list(request):
    visible = Notification.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    rows = visible.filter(state=state) if state in NotificationState.values else visible
    here = reverse("admin:mail-list")
    context = {
        # The page shows no texts, which may be long.
        "page": page_of(request, rows.defer("text", "html")),
        "states": [
            {
                "label": label,
                "url": f"{here}?state={value}" if value else here,
                "current": value == state,
            }
            for value, label in [("", _("All")), *NotificationState.choices]
        ],
    }
    return desk.render(request, "admin/money/mails.html", context, title=_("Mails"))


@desk.page("mails/<int:pk>/", name="mail-detail", permission="read_mails", section="people")
def mail_detail(request, pk):
    return _page(request, pk)


@desk.page(
    "mails/<int:pk>/<str:verb>/", name="mail-verb", permission="read_mails", section="people"
)
@require_POST
def mail_verb(request, pk, verb):
    mail = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    back = reverse("admin:mail-detail", args=[pk])
    result = carry_out(request, mail, VERBS, verb, back=back)
    return result if isinstance(result, HttpResponseRedirect) else _page(request, pk, result)


def _page(request, pk, refused=None):
    visible = Notification.objects.visible_to(request.user).select_related("person", "event")
    mail = get_object_or_404(visible, pk=pk)
    context = {
        "mail": mail,
        "refused": refused,
        "shows_text": settings.DEBUG or not mail.is_secret,
        "offers": offers(
            mail,
            request.user,
            VERBS,
            lambda verb: reverse("admin:mail-verb", args=[pk, verb]),
            refused,
        ),
        "events": timeline(mail),
    }
    trail = [(_("Mails"), reverse("admin:mail-list"))]
    return desk.render(request, "admin/money/mail.html", context, title=mail.subject, trail=trail)


@desk.waiting(Role.ADMINISTRATOR, order=60)
def dead_mails(user):
    rows = Notification.objects.visible_to(user).filter(state=NotificationState.DEAD)
    return Waiting(
        _("Mails that could not be sent"),
        rows.count(),
        f"{reverse('admin:mail-list')}?state=dead",
        [
            Row(row.subject, reverse("admin:mail-detail", args=[row.pk]), row.address, row)
            for row in rows.order_by("pk")[:ROWS]
        ],
    )
