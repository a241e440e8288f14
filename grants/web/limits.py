"""How often one address may ask for what costs us something, or could be guessed."""

from django.core.cache import cache
from django.http import HttpRequest

WINDOW_S = 60


def is_too_often(request: HttpRequest, what: str, most: int) -> bool:
    """Counts this request; whether its address asked more than `most` times within the minute."""
    key = f"limit:{what}:{request.META.get('REMOTE_ADDR', '')}"
    if cache.add(key, 1, WINDOW_S):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:  # the minute ended between the two
        return False
