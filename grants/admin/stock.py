"""Stock pages of models: who may see and change is asked of the policies; most are read-only."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST = 10_000


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


class SetUpAdmin(ReadOnlyAdmin):
    """What officers make and change with the stock forms; nothing is ever deleted."""

    section = "rounds"
    view_permission = "manage_rounds"
    change_permission = "change_round"

    def has_add_permission(self, request, *args) -> bool:
        return request.user.has_perm(f"grants.{self.change_permission}")

    def has_change_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(f"grants.{self.change_permission}")
