"""Django's door: loads the policies and makes the role groups after a migration."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

DOMAINS_WITH_POLICIES = (
    "accounts",
    "programs",
    "applications",
    "reviews",
    "licences",
    "messages",
    "awards",
    "milestones",
    "payouts",
    "screening",
    "conflicts",
    "notifications",
)


class GrantsConfig(AppConfig):
    name = "grants"
    verbose_name = _("Grants")

    def ready(self) -> None:
        for domain in DOMAINS_WITH_POLICIES:
            import_module(f"grants.{domain}.policies")
        from grants.accounts.services import make_role_groups
        from grants.core.triggers import never_ignored

        post_migrate.connect(make_role_groups, sender=self, dispatch_uid="role-groups")
        post_migrate.connect(never_ignored, sender=self, dispatch_uid="triggers")


class DeskConfig(AdminConfig):
    """The desk is Django's admin with a site of our own."""

    default_site = "grants.admin.site.DeskSite"

    def ready(self) -> None:
        super().ready()
        package = import_module("grants.admin")
        for module in iter_modules(package.__path__, "grants.admin."):
            import_module(module.name)
