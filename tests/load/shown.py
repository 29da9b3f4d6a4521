"""Who waits for which answer at the fake Slack: a future for each response_url.

Reads the fake's list of calls as it grows; changes nothing in it.
"""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.slack.server import Call, FakeSlack


class _Calls(list[Call]):
    """The fake's list, that tells of each call and keeps none: a load would fill it without end."""

    def __init__(self, waiting: dict[str, asyncio.Future[None]]) -> None:
        super().__init__()
        self._waiting = waiting

    def append(self, call: Call) -> None:
        future = self._waiting.get(str(call.body.get("_hook", "")))
        if future is not None and not future.done():
            future.set_result(None)


class Shown:
    """`with shown.expected() as (hook, answer): ...; await answer`."""

    def __init__(self, slack: FakeSlack) -> None:
        self._numbers = itertools.count()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        slack.calls = _Calls(self._waiting)

    @contextmanager
    def expected(self) -> Iterator[tuple[str, asyncio.Future[None]]]:
        """The name of a response_url, and what ends when something arrives there."""
        hook = f"n{next(self._numbers)}"
        self._waiting[hook] = asyncio.get_running_loop().create_future()
        try:
            yield hook, self._waiting[hook]
        finally:
            del self._waiting[hook]
