"""Words for what happens to people and organisations."""

from django.utils.translation import gettext_lazy as _

from grants.events.words import register

register(
    "user",
    {
        "confirm": _("E-mail address confirmed"),
        "change": _("Details changed"),
        "grant_role": _("Role given"),
        "remove_role": _("Role taken away"),
    },
)
register("organisation", {"create": _("Organisation registered"), "change": _("Details changed")})
register("membership", {"join": _("Member added"), "leave": _("Member left")})
register("apikey", {"create": _("API key made"), "revoke": _("API key revoked")})
