"""People and their roles, and the keys of their software."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from grants.accounts import services
from grants.accounts.models import ApiKey, Organisation, Role, User
from grants.admin.forms import VerbForm
from grants.admin.paging import page_of
from grants.admin.site import desk
from grants.admin.stock import ReadOnlyAdmin
from grants.applications.models import organisations_kept_from
from grants.applications.selectors import organisations_at_desk

for model in (Group, EmailAddress):
    admin.site.unregister(model)


class PeopleFilter(forms.Form):
    search = forms.CharField(label=gettext_lazy("Name or e-mail address"), required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=[("", gettext_lazy("All people")), *Role.choices],
    )

    def narrow(self, rows):
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("role"):
            rows = rows.filter(groups__name=values["role"])
        words = values.get("search", "").strip()
        if words:
            rows = rows.filter(Q(name__icontains=words) | Q(email__icontains=words))
        return rows


class PersonForm(VerbForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As the browser says")), *User.language.field.choices],
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles at the desk"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("May sign in"),
        required=False,
    )


@transaction.atomic
def change(user: User, *, by, roles: list[str], **details) -> None:
    services.change_person(user, by=by, **details)
    for role in sorted(set(roles) - user.roles):
        services.grant_role(user, role, by=by)
    for role in sorted(user.roles - set(roles)):
        services.remove_role(user, role, by=by)


@desk.page(
    "people/",
    name="person-list",
    permission="manage_people",
    section="people",
    menu=gettext_lazy("People"),
)
def person_list(request):
    form = PeopleFilter(request.GET)
    rows = form.narrow(User.objects.prefetch_related("groups"))
    context = {"page": page_of(request, rows), "form": form, "roles": Role.choices}
    return desk.render(request, "admin/desk/people.html", context, title=_("People"))


@desk.page("people/<int:pk>/", name="person-detail", permission="manage_people", section="people")
def person_detail(request, pk):
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        form = PersonForm(request.POST)
        if form.carry_out(change, person, by=request.user):
            messages.success(request, _("The changes are saved."))
            return HttpResponseRedirect(reverse("admin:person-detail", args=[pk]))
        person = get_object_or_404(User, pk=pk)
    else:
        shown = {name: getattr(person, name) for name in ("name", "language", "is_active")}
        form = PersonForm(None, initial=shown | {"roles": sorted(person.roles)})
    context = {
        "person": person,
        "form": form,
        "memberships": person.memberships.filter(
            ~organisations_kept_from(request.user, "organisation__")
        )
        .select_related("organisation")
        .order_by("pk"),
        "keys": person.api_keys.order_by("-pk"),
    }
    trail = [(_("People"), reverse("admin:person-list"))]
    return desk.render(request, "admin/desk/person.html", context, title=str(person), trail=trail)


class KeyForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("What the key is for"),
        max_length=80,
        help_text=gettext_lazy("For example: nightly export of the accounting system."),
    )


@desk.page("keys/", name="key-list", section="people", menu=gettext_lazy("My API keys"))
def key_list(request):
    """The own keys; a new one is shown on the answer to the POST and never again."""
    form, made = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _row, made = services.create_api_key(
            request.user, label=form.cleaned_data["label"], by=request.user
        )
        form = KeyForm()
    context = {"form": form, "made": made, "keys": request.user.api_keys.order_by("-pk")}
    return desk.render(request, "admin/desk/keys.html", context, title=_("My API keys"))


@desk.page("keys/<int:pk>/revoke/", name="key-revoke", section="people")
@require_POST
def key_revoke(request, pk):
    """Ends an own key, or anybody's by who manages people."""
    manages = request.user.has_perm("grants.manage_people")
    rows = ApiKey.objects.all() if manages else ApiKey.objects.filter(user=request.user)
    key = get_object_or_404(rows.select_related("user"), pk=pk)
    services.revoke_api_key(key, by=request.user)
    messages.success(request, _("The key no longer works."))
    if key.user_id == request.user.pk:
        return HttpResponseRedirect(reverse("admin:key-list"))
    return HttpResponseRedirect(reverse("admin:person-detail", args=[key.user_id]))


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Only to look: people are changed on their own page, through the services."""

    section = "people"
    view_permission = "manage_people"
    list_display = ["email", "name", "is_active", "joined_at"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "joined_at", "last_login"]


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    section = "people"
    view_permission = "view_organisation"
    list_display = ["named", "kind", "credit_code", "created_at"]
    list_display_links = None
    list_filter = ["kind"]
    search_fields = ["name", "=credit_code"]
    fields = ["kind", "name", "credit_code", "identity_tail", "region", "website", "created_at"]

    def get_queryset(self, request):
        seen = organisations_at_desk(request.user).values("pk")
        return super().get_queryset(request).filter(pk__in=seen)

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, organisation):
        url = reverse("admin:organisation-detail", args=[organisation.pk])
        return format_html('<a href="{}">{}</a>', url, organisation.name)


desk.tab(
    "admin:grants_organisation_changelist",
    section="people",
    menu=gettext_lazy("Organisations"),
    permission="view_organisation",
)
