"""Organisations at the desk: who they are, what happened, and their business licence."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import Verb, WithReason, carry_out, offers
from grants.applications.models import organisations_kept_from
from grants.applications.selectors import organisations_at_desk
from grants.licences.models import Licence
from grants.licences.services import refuse_licence, verify_licence
from grants.reports.history import history_of

VERBS = [
    Verb(
        "verify",
        gettext_lazy("The licence is right"),
        gettext_lazy("The licence is verified."),
        "verify_licence",
        verify_licence,
        tone="primary",
    ),
    Verb(
        "refuse",
        gettext_lazy("The licence is wrong"),
        gettext_lazy("The company is asked for another licence."),
        "verify_licence",
        refuse_licence,
        WithReason,
        tone="danger",
    ),
]


@desk.page(
    "organisations/<int:pk>/",
    name="organisation-detail",
    permission="view_organisation",
    section="people",
)
def organisation_detail(request, pk):
    return _page(request, pk)


@desk.page(
    "licences/<uuid:pk>/<str:verb>/",
    name="licence-verb",
    permission="view_organisation",
    section="people",
)
@require_POST
def licence_verb(request, pk, verb):
    rows = Licence.objects.visible_to(request.user).select_related("organisation")
    licence = get_object_or_404(rows, pk=pk)
    back = reverse("admin:organisation-detail", args=[licence.organisation_id])
    result = carry_out(request, licence, VERBS, verb, back=back)
    if isinstance(result, HttpResponseRedirect):
        return result
    return _page(request, licence.organisation_id, result)


def _page(request, pk, refused=None):
    user = request.user
    organisation = get_object_or_404(organisations_at_desk(user), pk=pk)
    licences = organisation.licences.select_related("uploaded_by", "decided_by")
    licence = licences.standing().first()
    offered = []
    if licence:
        licence.organisation = organisation
        url = lambda verb: reverse("admin:licence-verb", args=[licence.pk, verb])  # noqa: E731
        offered = offers(licence, user, VERBS, url, refused)
    context = {
        "organisation": organisation,
        "licence": licence,
        "offers": offered,
        "refused": refused,
        "members": organisation.memberships.select_related("user").order_by("joined_at"),
        "applications": organisation.applications.exclude(submitted_at=None).order_by("-pk")[:ROWS],
        "events": history_of(organisation, user),
    }
    trail = [(_("Organisations"), reverse("admin:grants_organisation_changelist"))]
    return desk.render(
        request, "admin/desk/organisation.html", context, title=organisation.name, trail=trail
    )


@desk.waiting(Role.OFFICER, order=24)
def licences_to_verify(user):
    rows = Licence.objects.visible_to(user).filter(state="pending")
    rows = rows.filter(~organisations_kept_from(user, "organisation__"))
    return Waiting(
        _("Business licences to verify"),
        rows.count(),
        reverse("admin:grants_organisation_changelist"),
        [
            Row(
                row.name,
                reverse("admin:organisation-detail", args=[row.organisation_id]),
                note=row.credit_code,
                thing=row,
            )
            for row in rows.order_by("uploaded_at", "pk")[:ROWS]
        ],
    )
