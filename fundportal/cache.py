"""The cache in Redis, and what stands in for it while Redis does not answer.

The cache holds the counters of sign-in, sign-up and password reset. Nobody is kept out because
Redis is down: each process then counts for itself.
"""

import logging
import time
from collections.abc import Callable
from typing import cast

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE_SECONDS = 5
logger = logging.getLogger(__name__)
_silent_until: dict[str, float] = {}  # by server, for all threads of this process


def _steady(name: str) -> Callable:
    """The method `name` of Redis or, while Redis does not answer, of this process's memory."""

    def method(self, *args, **kwargs):
        if time.monotonic() >= _silent_until.get(self.server, 0):
            try:
                answer = getattr(super(SteadyRedisCache, self), name)(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._note_silence(error)
            else:
                self._note_answer()
                return answer
        return getattr(self.memory, name)(*args, **kwargs)

    return method


class SteadyRedisCache(RedisCache):
    """A Redis cache that never fails. It looks again for a silent Redis every `PAUSE_SECONDS`."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self.server = str(server)
        self.memory = LocMemCache(self.server, params | {"OPTIONS": {}})

    add = _steady("add")
    get = _steady("get")
    set = _steady("set")
    touch = _steady("touch")
    delete = _steady("delete")
    get_many = _steady("get_many")
    has_key = _steady("has_key")
    incr = _steady("incr")
    set_many = _steady("set_many")
    delete_many = _steady("delete_many")
    clear = _steady("clear")

    def _note_silence(self, error: Exception) -> None:
        if self.server not in _silent_until:
            logger.warning("Redis does not answer; each process counts for itself: %s", error)
        _silent_until[self.server] = time.monotonic() + PAUSE_SECONDS

    def _note_answer(self) -> None:
        if _silent_until.pop(self.server, None):
            logger.info("Redis answers again.")


def probe() -> None:
    """Writes to Redis itself; raises `RedisError` or `OSError` where it takes no write."""
    RedisCache.set(cast(SteadyRedisCache, caches["default"]), "probe", 1, timeout=5)
