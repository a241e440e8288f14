"""Small named predicates behind Django's own `user.has_perm(verb, thing)`."""

from collections.abc import Callable

import rules
from django.core.exceptions import PermissionDenied

PREFIX = "grants."


def policy(name: str) -> Callable:
    """Registers a predicate `(user, thing) -> bool` as the permission `grants.<name>`.

    `thing` is None when the question is asked of no thing in particular. Nobody may anything
    without signing in. Superusers are asked like anybody else (`User.has_perm`): nobody approves
    money by being an administrator.
    """

    def register(predicate: Callable) -> Callable:
        def asked(user, thing=None):
            return user.is_authenticated and bool(predicate(user, thing))

        rules.add_perm(PREFIX + name, rules.predicate(asked, name=name))
        return predicate

    return register


def knows(permission: str) -> bool:
    return rules.perm_exists(permission)


def require(user, name: str, thing=None) -> None:
    """Raises `PermissionDenied` (403) where `user` may not. The system itself (`None`) may."""
    if user is not None and not user.has_perm(PREFIX + name, thing):
        raise PermissionDenied
