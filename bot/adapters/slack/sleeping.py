"""Waiting, passed in: how long is decided here, how is the caller's business.

Knows no Slack. One post a second and channel is what Slack takes.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[None]]
SECONDS_A_POST = 1.05
_CHANNELS_KEPT = 5000


class Pace:
    """A turn a channel and second. `clock` gives seconds that only go forward."""

    def __init__(self, clock: Callable[[], float], sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free_at: OrderedDict[str, float] = OrderedDict()

    async def turn(self, channel: str) -> None:
        """Wait for the channel's next free second, and take it."""
        now = self._clock()
        free_at = max(now, self._free_at.pop(channel, now))
        self._free_at[channel] = free_at + SECONDS_A_POST
        while len(self._free_at) > _CHANNELS_KEPT:
            self._free_at.popitem(last=False)
        if free_at > now:
            await self._sleep(free_at - now)
