"""Keeping views of the list of applications."""

from django.db import transaction
from django.utils.translation import gettext as _

from grants.core.errors import Refused
from grants.core.policy import require
from grants.core.texts import one_line
from grants.events.services import record
from grants.screening.models import SavedView

MOST_VIEWS = 50


@transaction.atomic
def save_view(*, by, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Saves a view under its name; the same name of the same person is that view, changed."""
    require(by, "view_application")
    name = one_line(name)
    if not name:
        raise Refused(_("Give the view a name."), field="name")
    own = SavedView.objects.filter(owner=by)
    if own.exclude(name=name).count() >= MOST_VIEWS:
        raise Refused(_("You have %(most)s views. Remove one first.") % {"most": MOST_VIEWS})
    view, _is_new = SavedView.objects.update_or_create(
        owner=by, name=name, defaults={"query": query, "is_shared": is_shared}
    )
    record(view, "create", by=by, data={"name": name, "query": query, "is_shared": is_shared})
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by) -> None:
    """Removes an own view."""
    if view.owner_id != by.pk:
        raise Refused(_("Only who saved a view removes it."))
    record(view, "remove", by=by, data={"name": view.name})
    view.delete()
