"""Stock pages of models: who may see and change is asked of the policies; most are read-only."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property

from grants.admin.site import desk
from grants.admin.verbs import timeline

MOST = 10_000


def plain(name: str, label):
    """A column that names a person, without the link to a page that most may not open."""

    @admin.display(description=label)
    def shown(self, thing):
        return getattr(thing, name)

    return shown


class CappedPaginator(Paginator):
    """Counts no further than `MOST` rows: older ones are found by the filters."""

    @cached_property
    def count(self) -> int:
        return self.object_list[:MOST].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Readers read; nobody adds, changes or deletes. `view_permission` is the name of a policy."""

    section = ""
    view_permission = ""
    actions = None
    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def changelist_view(self, request, extra_context=None):
        """A filter that no column can hold is answered as the stock one answers a wrong filter."""
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            return HttpResponseRedirect(f"{request.path}?e=1")
        return super().changelist_view(request, extra_context)

    def has_module_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(f"grants.{self.view_permission}")

    def has_add_permission(self, request, *args) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def history_view(self, request, object_id, extra_context=None):
        """What the events tell; the stock admin's own log knows only what its forms did."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        rows = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return desk.render(
            request,
            "admin/desk/history.html",
            {"events": timeline(thing)},
            title=str(thing),
            trail=[(self.opts.verbose_name_plural, rows)],
        )


class SetUpAdmin(ReadOnlyAdmin):
    """What officers make and change with the stock forms; nothing is ever deleted."""

    section = "rounds"
    view_permission = "manage_rounds"
    change_permission = "change_round"

    def get_changeform_initial_data(self, request) -> dict:
        """Nothing is filled in from the address."""
        return {}

    def has_add_permission(self, request, *args) -> bool:
        return request.user.has_perm(f"grants.{self.change_permission}")

    def has_change_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(f"grants.{self.change_permission}")
