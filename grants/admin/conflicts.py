"""Conflicts of interest at the desk: declared, recorded, found and judged."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts.models import Role, User
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import ROWS, Row, Waiting, desk
from grants.admin.verbs import Verb, WithReason, carry_out, offers, timeline
from grants.applications.lifecycle import ConflictState
from grants.applications.models import Application, ConflictKind, ConflictOfInterest, ConflictSource
from grants.conflicts import words
from grants.conflicts.services import finding, judging
from grants.programs.models import Round
from grants.reviews.selectors import readable_applications

# What a person can say; the others are what the data tell.
SAID = [
    (kind.value, kind.label)
    for kind in (
        ConflictKind.EMPLOYMENT, ConflictKind.OWNERSHIP, ConflictKind.FAMILY,
        ConflictKind.FRIENDSHIP, ConflictKind.COLLABORATION, ConflictKind.COMPETITION,
        ConflictKind.OTHER,
    )
]  # fmt: skip
VERBS = [
    Verb(
        "confirm",
        gettext_lazy("It is a conflict"),
        gettext_lazy("The conflict is confirmed."),
        "judge_conflict",
        judging.confirm,
        WithReason,
        tone="primary",
    ),
    Verb(
        "dismiss",
        gettext_lazy("It is no conflict"),
        gettext_lazy("The person sees the application again."),
        "judge_conflict",
        judging.dismiss,
        WithReason,
    ),
]


class ConflictFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All states")), *ConflictState.choices],
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Known by"),
        required=False,
        choices=[("", gettext_lazy("All")), *ConflictSource.choices],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *ConflictKind.choices],
    )

    def narrow(self, rows):
        values = self.cleaned_data if self.is_valid() else {}
        return rows.filter(**{name: value for name, value in values.items() if value})


def seen_by(user):
    return ConflictOfInterest.objects.visible_to(user).select_related(
        "application__organisation", "application__round", "person", "judged_by"
    )


@desk.page(
    "conflicts/",
    name="conflict-list",
    permission="view_conflicts",
    section="reviews",
    menu=gettext_lazy("Conflicts of interest"),
    order=70,
)
def conflict_list(request):
    form = ConflictFilter(request.GET)
    page = page_of(request, form.narrow(seen_by(request.user)))
    may_find = request.user.has_perm("grants.find_conflicts")
    rounds = Round.objects.filter(state__in=["open", "closed", "reviewing"]) if may_find else []
    context = {"form": form, "page": page, "rounds": rounds}
    return desk.render(
        request, "admin/desk/conflicts.html", context, title=_("Conflicts of interest")
    )


@desk.page("conflicts/find/", name="conflict-find", permission="find_conflicts", section="reviews")
@require_POST
def conflict_find(request):
    """Asks the data of one round now."""
    round = get_object_or_404(Round, slug=request.POST.get("round", "")[:50])
    count = finding.look_through(round, by=request.user)
    messages.success(request, _("New conflicts that were found: %(count)s.") % {"count": count})
    return HttpResponseRedirect(reverse("admin:conflict-list"))


@desk.page(
    "conflicts/<int:pk>/", name="conflict-detail", permission="view_conflicts", section="reviews"
)
def conflict_detail(request, pk):
    return _page(request, get_object_or_404(seen_by(request.user), pk=pk))


@desk.page(
    "conflicts/<int:pk>/<slug:verb>/",
    name="conflict-verb",
    permission="view_conflicts",
    section="reviews",
)
@require_POST
def conflict_verb(request, pk, verb):
    conflict = get_object_or_404(seen_by(request.user), pk=pk)
    back = reverse("admin:conflict-detail", args=[pk])
    done = carry_out(request, conflict, VERBS, verb, back=back)
    if isinstance(done, HttpResponseRedirect):
        return done
    return _page(request, get_object_or_404(seen_by(request.user), pk=pk), done)


def _page(request, conflict: ConflictOfInterest, refused=None):
    context = {
        "conflict": conflict,
        "sees_case": request.user.has_perm("grants.view_application", conflict.application),
        "found": words.found(conflict),
        "events": timeline(conflict),
        "refused": refused,
        "offers": offers(
            conflict,
            request.user,
            VERBS,
            lambda verb: reverse("admin:conflict-verb", args=[conflict.pk, verb]),
            refused,
        ),
    }
    trail = [(_("Conflicts of interest"), reverse("admin:conflict-list"))]
    return desk.render(
        request, "admin/desk/conflict.html", context, title=str(conflict), trail=trail
    )


class DeclareForm(VerbForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SAID, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RecordForm(DeclareForm):
    person = forms.ModelChoiceField(
        label=gettext_lazy("Whose conflict it is"), queryset=User.objects.none()
    )
    field_order = ["person", "kind", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.with_role(*Role.values)


@desk.page("case-conflicts/<slug:reference>/<slug:verb>/", name="case-conflict", section="reviews")
def case_conflict(request, reference, verb):
    """Declares an own conflict with an application, or records that of somebody else."""
    forms_of = {
        "declare": (DeclareForm, "declare_conflict", judging.declare),
        "record": (RecordForm, "record_conflict", judging.record_for),
    }
    if verb not in forms_of:
        raise Http404
    form_class, permission, service = forms_of[verb]
    application = get_object_or_404(readable_applications(request.user), reference=reference)
    if not request.user.has_perm(f"grants.{permission}", application):
        raise PermissionDenied
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_bound and form.carry_out(service, application, by=request.user):
        messages.success(request, _("It is recorded. The person sees nothing of the case now."))
        return HttpResponseRedirect(reverse("admin:index"))
    is_own = verb == "declare"
    title = _("I have a conflict of interest") if is_own else _("Record a conflict of interest")
    context = {"form": form, "application": application, "is_own": is_own}
    return desk.render(request, "admin/desk/conflict_form.html", context, title=title)


def conflicts_of(application: Application, user) -> list[ConflictOfInterest]:
    """What the page of an application shows, with `found` in words."""
    if not user.has_perm("grants.view_conflicts", application):
        return []
    rows = list(seen_by(user).filter(application=application).order_by("-pk"))
    for row in rows:
        row.found = words.found(row)
    return rows


@desk.waiting(Role.OFFICER, Role.ADMINISTRATOR, order=23)
def conflicts_to_judge(user):
    rows = seen_by(user).filter(state=ConflictState.REPORTED)
    shown = [
        Row(
            row.application.reference,
            reverse("admin:conflict-detail", args=[row.pk]),
            note=f"{row.person} · {row.get_kind_display()}",
            thing=row,
        )
        for row in rows.order_by("pk")[:ROWS]
    ]
    url = reverse("admin:conflict-list") + "?state=reported"
    return Waiting(_("Conflicts of interest to judge"), rows.count(), url, shown)
