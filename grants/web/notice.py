"""Where Alipay tells of its payments: a signed form comes in, seven bytes go back."""

import logging

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from grants.payouts.rails.notify import BadNotice
from grants.payouts.services import notified

logger = logging.getLogger(__name__)

LONGEST_BODY = 64 * 1024
REFUSED_A_MINUTE = 60


@csrf_exempt
@never_cache
@require_POST
def alipay_notice(request: HttpRequest) -> HttpResponse:
    """Answers `success` once it is booked or known; anything else is told again by Alipay.

    Those that are wrong are answered 429, and no longer logged, from the sixty-first in a minute of
    one address on. A right one is always taken: nobody can shut the rail out.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        return _failure(request, 415, "CONTENT_TYPE", "It is no form.")
    length = request.META.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length) > LONGEST_BODY:
        return _failure(request, 413, "TOO_LONG", f"It is longer than {LONGEST_BODY} bytes.")
    try:
        notified.receive(request.body)
    except notified.NotYet as why:
        logger.warning("a notification has to wait: %s %s", why.code, why)
        return _said("failure", 409)
    except (BadNotice, notified.NotTaken) as why:
        return _failure(request, 400, why.code, str(why))
    return _said("success", 200)


def _failure(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    if _is_flood(request):
        return _said("failure", 429)
    logger.warning("a notification was refused: %s %s", code, sentence)
    return _said("failure", status)


def _is_flood(request: HttpRequest) -> bool:
    """Whether this address sent more wrong ones than a minute allows. Without Redis: no."""
    key = f"refused-notices:{request.META.get('REMOTE_ADDR', '')}"
    try:
        cache.add(key, 0, timeout=60)
        return cache.incr(key) > REFUSED_A_MINUTE
    except (RedisError, OSError, ValueError):
        return False


def _said(word: str, status: int) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain")
