"""The loop that reads the clock: claims what is due and has it carried out. Any number may run at once.

Knows no platform; whatever goes wrong with one claim or the database, the loop goes on.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfoNotFoundError

from bot.errors import StoreError
from bot.insights.due import RULES_MAY_MOVE, next_due_at
from bot.insights.planning import planner
from bot.insights.poster import Poster
from bot.insights.sending import LEASE, Clock, Episodes, Handled, Sender, Sleep
from bot.store.model import Claim, Subscription
from bot.store.store import Store

BATCH = 500
_AT_ONCE = 20
_SLEEP = 1.0  # so that what a killed process held goes on within 5 s, what it was sending too
_LONGEST_PAUSE = 4.0  # so that insights flow again within 5 s of the database
_LOG = logging.getLogger(__name__)

Observe = Callable[[Claim, Handled], None]


class Runner:
    """Posts every due insight of the platforms it has a poster for."""

    def __init__(
        self,
        *,
        store: Store,
        episodes: Episodes,
        posters: Mapping[str, Poster],
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        random: Random,
        observe: Observe = lambda claim, handled: None,
        batch: int = BATCH,
        at_once: int = _AT_ONCE,
    ) -> None:
        """`observe` hears what became of each claim, for metrics. `batch` claims are held, `at_once` sent together."""
        self._store = store
        self._episodes = episodes
        self._platforms = sorted(posters)
        self._sender = Sender(store=store, episodes=episodes, posters=posters, clock=clock, sleep=sleep, random=random)
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._observe = observe
        self._batch = batch
        self._at_once = at_once
        self.worker = secrets.token_hex(8)  # `run` takes one that others can tell to be gone

    async def run(self) -> None:
        """Go on until cancelled; what a cancelled or killed runner held, another takes over."""
        failures, is_fresh = 0, False
        while True:
            try:
                async with self._store.present() as self.worker:
                    if not is_fresh:
                        await self.refresh()
                        is_fresh = True
                    while True:
                        while await self.tick():
                            pass
                        failures = 0
                        await self._sleep(_SLEEP)
            except StoreError as error:
                failures += 1
                _LOG.warning("daily insights wait for the database: %s", error)
                await self._sleep(self._pause_after(failures))
            except Exception:
                failures += 1
                _LOG.exception("daily insights broke off and begin again")
                await self._sleep(self._pause_after(failures))

    def _pause_after(self, failures: int) -> float:
        return min(_LONGEST_PAUSE, 2.0 ** min(failures, 6)) * self._random.uniform(0.5, 1.0)

    async def tick(self) -> int:
        """One batch of claims left behind and one of what is due, carried out; how much there was to do.

        Together, so that one that breaks time and again keeps nobody else waiting.
        """
        left_behind = await self._store.take_over(
            platforms=self._platforms, lease=LEASE, worker=self.worker, limit=self._batch
        )
        due = await self.claim()
        await self._carry_out([*left_behind, *(due or ())])
        return len(left_behind) + (0 if due is None else max(1, len(due)))

    async def claim(self) -> tuple[Claim, ...] | None:
        """Claim one batch of what is due now; None when nothing is."""
        now = self._clock()
        return await self._store.claim_due(
            until=now,
            platforms=self._platforms,
            lease=LEASE,
            worker=self.worker,
            limit=self._batch,
            plan=planner(self._episodes(), now),
        )

    async def refresh(self) -> None:
        """Work out every next due time anew: the zone rules may be newer than what was written."""
        last = ""
        while page := await self._store.subscriptions_after(last, limit=self._batch):
            await self._store.put_next_due(_corrections(page, self._clock()))
            last = page[-1].id

    async def _carry_out(self, claims: Iterable[Claim]) -> None:
        """Side by side, a few at once. Raises StoreError at the end if the database failed for any.

        Then `run` goes on under a new name, and takes over what it held under the old one.
        """
        room, failed = asyncio.Semaphore(self._at_once), list[StoreError]()

        async def one(claim: Claim) -> None:
            async with room:
                try:
                    self._observe(claim, await self._sender.carry_out(claim))
                except StoreError as error:
                    failed.append(error)
                except Exception:
                    _LOG.exception("a delivery broke off; its lease ends by itself")

        async with asyncio.TaskGroup() as group:
            for claim in claims:
                group.create_task(one(claim))
        if failed:
            raise failed[0]


def _corrections(page: Iterable[Subscription], now: datetime) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Of those not yet due: id -> (as written, as it is by today's rules), where the two differ.

    A slot that today's rules put before now becomes due at once, and planning drops it if its date has a delivery.
    """
    found: dict[str, tuple[datetime | None, datetime | None]] = {}
    for item in page:
        if item.next_due_at is None or item.next_due_at <= now:
            continue
        try:
            is_due = next_due_at(item, item.next_due_at - RULES_MAY_MOVE)
        except ZoneInfoNotFoundError:
            continue
        if is_due != item.next_due_at:
            found[item.id] = (item.next_due_at, is_due)
    return found
