"""Supervised background work: kept alive by a reference, failures reported, drained at the end.

Knows nothing of platforms.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Report = Callable[[BaseException], None]


class Tasks:
    """A set of running tasks. `report` gets every failure that a task did not handle itself."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._running: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> bool:
        """Run work in the background; False, with the work closed, once draining has begun."""
        if self._is_closed:
            work.close()
            return False
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._done)
        return True

    async def drain(self, seconds: float) -> int:
        """Take no more work, wait up to so long for what runs, then cancel it; how many were cancelled.

        Cancelled work gets a moment of its own to apologise in its `except CancelledError`.
        """
        self._is_closed = True
        if not self._running:
            return 0
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=2.0)
        return len(late)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._report(error)
