"""The registry of working pages, tabs and waiting work; how to use it is said in `site.py`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
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
    order: int = 50

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
class Shortcut:
    """A card beside the waiting work: something to do now and then."""

    label: str
    text: str
    url: str
    action: str


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
    links: list[tuple[tuple[str, ...], Callable]] = field(default_factory=list)

    def page(
        self,
        route: str,
        *,
        name: str,
        roles: Iterable[str] = (),
        permission: str = "",
        section: str = "",
        menu: str = "",
        order: int = 50,
    ) -> Callable:
        """Puts a view `(request, **captured) -> response` under /admin/<route>.

        The tabs of a section stand in the order of their `order`, then of the modules' names.
        """
        door = Door(f"admin:{name}", tuple(roles), permission, section, menu, order)

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

    def shortcut(self, *roles: str) -> Callable:
        """Registers `() -> Shortcut` for the home page of people with one of `roles`."""

        def register(link: Callable) -> Callable:
            self.links.append((roles, link))
            return link

        return register

    def shortcuts_for(self, user) -> list[Shortcut]:
        return [link() for roles, link in self.links if user.has_role(*roles)]

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
        tabs = [door for door in self.doors.values() if door.section == section and door.menu]
        return sorted((door for door in tabs if door.is_for(user)), key=lambda door: door.order)

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
