"""`Authorization: Bearer <key>`: whose software is calling."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from grants.accounts.services import user_of_key

SCHEME = "Bearer"


class ApiKeyAuthentication(BaseAuthentication):
    """An API key; answers are then in the language of its owner's profile, where one is set."""

    def authenticate(self, request):
        scheme, _space, key = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        user = user_of_key(key.strip().decode("latin-1"))
        if user is None:
            raise AuthenticationFailed(_("This key is wrong, or it was revoked."))
        if user.language:
            translation.activate(user.language)
        return user, None

    def authenticate_header(self, request) -> str:
        return f'{SCHEME} realm="api"'
