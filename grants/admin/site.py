"""The desk: Django's admin with our sections and a home page of waiting work."""

from django.contrib.admin import AdminSite


class DeskSite(AdminSite):
    def has_permission(self, request) -> bool:
        user = request.user
        return user.is_active and bool(user.is_superuser or getattr(user, "roles", None))
