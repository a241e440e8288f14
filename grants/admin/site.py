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

A card with a count of 0 is left out. `forms.VerbForm` calls a service and shows its `Refused`
beside the fields.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

SECTIONS = {
    "rounds": _("Rounds"),
    "applications": _("Applications"),
    "reviews": _("Reviews"),
    "decisions": _("Decisions"),
    "awards": _("Awards"),
    "money": _("Payouts"),
    "reports": _("Reports"),
    "people": _("People"),
    "events": _("Events"),
}
ROWS = 5


@dataclass(frozen=True)
class Door:
    """Who may open a page, and where it stands in the navigation."""

    name: str
    roles: tuple[str, ...] = ()
    permission: str = ""
    section: str = ""
    menu: str = ""

    def is_for(self, user) -> bool:
        if self.permission:
            return user.has_perm(f"grants.{self.permission}")
        return user.has_role(*self.roles) if self.roles else True


@dataclass(frozen=True)
class Row:
    """One line of a card of waiting work; `thing` is what its state chip is of."""

    label: str
    url: str
    note: str = ""
    thing: object = None


@dataclass(frozen=True)
class Waiting:
    title: str
    count: int
    url: str
    rows: Sequence[Row] = ()


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool = False
    exact: bool = False


@dataclass
class Desk:
    """The registry of working pages and of waiting work."""

    pages: list[tuple[str, Door, Callable]] = field(default_factory=list)
    doors: dict[str, Door] = field(default_factory=dict)
    cards: list[tuple[tuple[str, ...], int, Callable]] = field(default_factory=list)

    def page(
        self,
        route: str,
        *,
        name: str,
        roles: Iterable[str] = (),
        permission: str = "",
        section: str = "",
        menu: str = "",
    ) -> Callable:
        """Puts a view `(request, **captured) -> response` under /admin/<route>."""
        door = Door(f"admin:{name}", tuple(roles), permission, section, menu)

        def register(view: Callable) -> Callable:
            guarded = _guarded(view, door)
            self.doors[door.name] = door
            self.pages.append((route, door, guarded))
            return guarded

        return register

    def tab(
        self,
        name: str,
        *,
        section: str,
        menu: str,
        roles: Iterable[str] = (),
        permission: str = "",
    ) -> None:
        """Makes a page of a stock ModelAdmin a tab of a section."""
        self.doors[name] = Door(name, tuple(roles), permission, section, menu)

    def waiting(self, *roles: str, order: int = 50) -> Callable:
        """Registers `(user) -> Waiting | None` for the home page of people with one of `roles`."""

        def register(card: Callable) -> Callable:
            self.cards.append((roles, order, card))
            return card

        return register

    def waiting_for(self, user) -> list[Waiting]:
        cards = sorted(self.cards, key=lambda entry: entry[1])
        found = [card(user) for roles, _order, card in cards if user.has_role(*roles)]
        return [card for card in found if card and card.count]

    def sections_for(self, request) -> list[Tab]:
        """The sections of the header, each leading to its first tab."""
        here = self.section_of(request)
        sections = []
        for key, label in SECTIONS.items():
            first = next(iter(self._doors_of(key, request.user)), None)
            if first:
                url = reverse(first.name)
                sections.append(Tab(label, url, key == here, request.path == url))
        return sections

    def tabs_for(self, request) -> list[Tab]:
        """The tabs of the section where the request is; none where there is only one."""
        here = self.section_of(request)
        tabs = []
        for door in self._doors_of(here, request.user) if here else ():
            url = reverse(door.name)
            tabs.append(Tab(door.menu, url, request.path.startswith(url), request.path == url))
        return tabs if len(tabs) > 1 else []

    def section_of(self, request) -> str:
        match = getattr(request, "resolver_match", None)
        door = self.doors.get(match.view_name) if match else None
        if door:
            return door.section
        model = match and match.url_name and match.url_name.rpartition("_")[0]
        for registered in admin.site._registry.values() if model else ():
            if f"grants_{registered.opts.model_name}" == model:
                return getattr(registered, "section", "")
        return ""

    def _doors_of(self, section: str, user) -> list[Door]:
        return [
            door
            for door in self.doors.values()
            if door.section == section and door.menu and door.is_for(user)
        ]

    def render(
        self,
        request: HttpRequest,
        template: str,
        context: dict | None = None,
        *,
        title: str = "",
        trail: Sequence[tuple[str, str]] = (),
        status: int = 200,
    ) -> TemplateResponse:
        words = {"title": title, "trail": [(_("The desk"), reverse("admin:index")), *trail]}
        shown = admin.site.each_context(request) | words | (context or {})
        request.current_app = admin.site.name
        return TemplateResponse(request, template, shown, status=status)


desk = Desk()


def _guarded(view: Callable, door: Door) -> Callable:
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not admin.site.has_permission(request) or not door.is_for(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(inner)


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
        pages = [
            path(route, view, name=door.name.removeprefix("admin:"))
            for route, door, view in desk.pages
        ]
        return pages + super().get_urls()

    def each_context(self, request) -> dict:
        shown = {"sections": [], "tabs": []}
        if self.has_permission(request):
            shown = {"sections": desk.sections_for(request), "tabs": desk.tabs_for(request)}
        return super().each_context(request) | shown

    def get_app_list(self, request, app_label=None) -> list[dict]:
        """The models by section, in the order of the way, only what the person may see."""
        apps = self._build_app_dict(request, app_label)
        sections: dict[str, list] = {}
        for app in apps.values() if app_label is None else [apps] if apps else []:
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

    def login(self, request, extra_context=None) -> HttpResponse:
        """As the stock one; who is signed in already goes on to where they wanted to go."""
        wanted = request.GET.get("next", "")
        if request.method == "GET" and self.has_permission(request):
            safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
            return HttpResponseRedirect(wanted if safe else reverse("admin:index"))
        return super().login(request, extra_context)

    def index(self, request, extra_context=None) -> TemplateResponse:
        context = {
            "waiting": desk.waiting_for(request.user),
            "models": self.get_app_list(request),
        }
        return desk.render(
            request, "admin/desk/home.html", context | (extra_context or {}), title=_("What waits")
        )
