"""Every address of the portal, from its URL conf: a new door is walked without being named here."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

# Not ours, or nothing of a case: allauth's pages, the languages, the health of the machine.
OUTSIDE = (
    "account_",
    "socialaccount_",
    "mfa_",
    "usersessions_",
    "set_language",
    "healthz",
    "readyz",
)
# Pages that end the session; what a schema says of itself.
LEFT_OUT = {"admin:logout", "admin:password_change", "admin:view_on_site", "api-docs"}
# By these every list is searched, too.
SEARCHES = ("search", "q", "case", "thing", "application", "reference", "owner", "name", "code")


@dataclass(frozen=True)
class Door:
    """`name` as `reverse` knows it; `takes` are the parts of the address that vary."""

    name: str
    takes: tuple[str, ...]

    def addresses(self, candidates: dict[str, list]) -> list[str]:
        """The addresses with each candidate that fits. A part without candidates is a KeyError."""
        model = self.name.removeprefix("admin:grants_").partition("_")[0]
        known = candidates | {"object_id": candidates.get("of_models", {}).get(model, [1])}
        values = [known[part] for part in self.takes]
        found = []
        for chosen in product(*values):
            try:
                found.append(reverse(self.name, kwargs=dict(zip(self.takes, chosen, strict=True))))
            except NoReverseMatch:
                continue
        return list(dict.fromkeys(found))


def _walk(resolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner)
        elif entry.name:
            yield namespace + entry.name, entry


def doors() -> list[Door]:
    found = {}
    for name, entry in _walk(get_resolver()):
        if name.startswith(OUTSIDE) or name in LEFT_OUT:
            continue
        converters = getattr(entry.pattern, "converters", {})
        groups = entry.pattern.regex.groupindex
        door = Door(name, tuple(converters or groups))
        found.setdefault((door.name, door.takes), door)
    return sorted(found.values(), key=lambda door: door.name)
