"""How often one may ask: a token bucket a key, with "try again in N s".

Knows keys and a clock, not people. Kept in memory of one process; old keys are dropped.
"""

import math
from collections import OrderedDict
from collections.abc import Callable

KEYS_KEPT = 50_000


class RateLimit:
    """`per_minute` in bursts of as many for each key. `clock` gives seconds that only go forward."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, key: str) -> int:
        """0 and one token taken, or the whole seconds until the next token."""
        now = self._clock()
        tokens, since = self._buckets.pop(key, (float(self._per_minute), now))
        tokens = min(self._per_minute, tokens + (now - since) * self._per_minute / 60)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > KEYS_KEPT:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - tokens) * 60 / self._per_minute))
