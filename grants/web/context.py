"""What stands around every page: the portal's name, this person's sections, the languages."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Section:
    label: str
    url: str
    current: bool
    exact: bool


@dataclass(frozen=True)
class Language:
    code: str
    name: str


@dataclass(frozen=True)
class Person:
    name: str
    initial: str


class Portal:
    """Lazy: a page part that shows none of it costs no look at the session."""

    def __init__(self, request):
        self.request = request

    @property
    def name(self):
        return settings.PORTAL_NAME

    @cached_property
    def person(self):
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        name = str(user)
        return Person(name=name, initial=name[:1].upper())

    @cached_property
    def navigation(self):
        user = getattr(self.request, "user", None)
        sections = [(_("Open rounds"), "home"), (_("Awards"), "award-register")]
        if user is not None and user.is_authenticated:
            if user.is_staff:
                sections.append((_("The desk"), "admin:index"))
            else:
                sections.append((_("My applications"), "application-list"))
                sections.append((_("Organisation"), "organisation-detail"))
        return [self._section(label, reverse(name)) for label, name in sections]

    def _section(self, label, url):
        path = self.request.path
        exact = path == url
        return Section(label, url, exact or (url != "/" and path.startswith(url)), exact)

    @cached_property
    def other_languages(self):
        now = get_language()
        codes = [code for code, _name in settings.LANGUAGES if code != now]
        return [Language(code, get_language_info(code)["name_local"]) for code in codes]


def portal(request):
    return {"portal": Portal(request)}
