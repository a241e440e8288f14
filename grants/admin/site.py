"""The desk: Django's admin with our sections, working pages and a home page of waiting work.

How a module of `grants.admin` puts itself on the desk (every module of the package is imported when
Django starts; there is no list to keep):

    from grants.admin.site import Row, Waiting, desk

    @desk.page("payouts/batches/", name="batch-list", roles=(Role.FINANCE, Role.CONTROLLER),
               section="money", menu=_("Batches"))
    def batches(request):
        rows = page_of(request, PayoutBatch.objects.visible_to(request.user))     # paging.py
        return desk.render(request, "admin/money/batches.html", {"rows": rows}, title=_("Batches"))

The page stands at /admin/payouts/batches/ and is `admin:batch-list` for `{% url %}`. Who is not
signed in goes to /admin/login/?next=…; who has none of `roles` (or not the `permission`, a name of
a policy such as "view_money") gets 403; neither of them: everybody at the desk. What a person may
not *see* the page itself answers with 404, by fetching through `visible_to(request.user)`.

`section` is a key of `SECTIONS`; a page with a `menu` label is a tab of its section. A section
stands in the header of those who may open a tab of it, and leads to the first. Lists of stock
ModelAdmins are tabs by `desk.tab("admin:grants_round_changelist", …)`; a ModelAdmin says by its
attribute `section` where its model belongs on the home page.

`desk.render(request, template, context, title=…, trail=[(label, url), …])` adds what
templates/admin/page.html shows: `title`, `trail` (the home of the desk comes first by itself),
`sections`, `tabs`, and the stock admin's context. Blocks to fill there are those of base.html:
eyebrow, heading, chip, lead, actions, way, main, side.

What waits for somebody stands on the home page:

    @desk.waiting(Role.FINANCE)
    def due_payouts(user):
        rows = Payout.objects.visible_to(user).filter(…)
        return Waiting(_("Payouts to put into a batch"), rows.count(), reverse("admin:batch-list"),
                       [Row(p.reference, url, note=str(p.payee), thing=p) for p in rows[:ROWS]])

A card with a count of 0 is left out. `@desk.shortcut(role)` puts a link with a word beside them.
`forms.VerbForm` calls a service and shows its `Refused` beside the fields; `verbs.py` does that for
all verbs of a thing.
"""

from functools import wraps

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from grants.admin.registry import ROWS, SECTIONS, Row, Shortcut, Tab, Waiting, desk

__all__ = ["ROWS", "SECTIONS", "DeskSite", "Row", "Shortcut", "Tab", "Waiting", "desk"]


class DeskSite(AdminSite):
    """The one admin site: `django.contrib.admin.site`."""

    site_header = site_title = index_title = _("The desk")
    enable_nav_sidebar = False

    def has_permission(self, request) -> bool:
        user = request.user
        return user.is_active and bool(user.is_superuser or getattr(user, "roles", None))

    def admin_view(self, view, cacheable=False):
        """As the stock one, but a person without a desk role is told so (403), not signed out."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return inner

    def get_urls(self):
        # A fixed word in an address goes before a place for any word.
        routes = sorted(desk.pages, key=lambda page: page[0].count("<"))
        pages = [
            path(route, view, name=door.name.removeprefix("admin:")) for route, door, view in routes
        ]
        return pages + super().get_urls()

    def each_context(self, request) -> dict:
        shown = {"sections": [], "tabs": []}
        if self.has_permission(request):
            shown = {"sections": desk.sections_for(request), "tabs": desk.tabs_for(request)}
        return super().each_context(request) | shown

    def get_app_list(self, request, app_label=None) -> list[dict]:
        """The models by section, in the order of the way, only what the person may see."""
        sections: dict[str, list] = {}
        for app in self._build_app_dict(request, app_label).values():
            for row in app["models"]:
                key = getattr(self._registry[row["model"]], "section", "people")
                sections.setdefault(key, []).append(row)
        return [
            {
                "name": label,
                "app_label": key,
                "app_url": "",
                "has_module_perms": True,
                "models": sections[key],
            }
            for key, label in SECTIONS.items()
            if key in sections
        ]

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request, extra_context=None) -> HttpResponse:
        """As the stock one, through the portal's limits; who is signed in already goes on."""
        from grants.admin.entrance import DeskSignIn  # here, because it needs the models

        wanted = request.GET.get("next", "")
        if request.method == "GET" and self.has_permission(request):
            safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
            return HttpResponseRedirect(wanted if safe else reverse("admin:index"))
        context = self.each_context(request) | {"app_path": request.get_full_path()}
        return DeskSignIn.as_view(extra_context=context | (extra_context or {}))(request)

    def app_index(self, request, app_label, extra_context=None) -> HttpResponseRedirect:
        """All models are ours and stand on the home page."""
        return HttpResponseRedirect(reverse("admin:index"))

    def index(self, request, extra_context=None) -> TemplateResponse:
        context = {
            "waiting": desk.waiting_for(request.user),
            "shortcuts": desk.shortcuts_for(request.user),
            "models": self.get_app_list(request),
        }
        return desk.render(
            request, "admin/desk/home.html", context | (extra_context or {}), title=_("What waits")
        )
