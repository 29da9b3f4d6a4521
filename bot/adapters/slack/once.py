"""Each event once, though Slack delivers some of them up to four times, to any process.

Knows keys only. Without the store, or with one that hangs, each process still agrees with itself.
"""

from collections import OrderedDict
from datetime import timedelta

import structlog

from bot.adapters.desk import soon
from bot.errors import StoreError
from bot.store.store import Store

KEPT = timedelta(hours=2)
_KEYS_HERE = 20_000
log = structlog.get_logger()


class Once:
    """True for the first of many who ask with one key, in all processes on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._here: OrderedDict[str, None] = OrderedDict()

    async def is_first(self, key: str) -> bool:
        """Whether this delivery is the one to handle; one without a key always is."""
        if not key:
            return True
        if key in self._here:
            return False
        self._here[key] = None
        if len(self._here) > _KEYS_HERE:
            self._here.popitem(last=False)
        try:
            return not await soon(self._store.seen_before(f"slack:{key}", keep=KEPT))
        except StoreError as error:
            log.warning("events_not_compared_between_processes", reason=str(error))
            return True
