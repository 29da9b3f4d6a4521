"""One runner process of the fault test, and the poster and the deaths it is given.

It works whenever the driver says so, and kills itself with SIGKILL at random points of its work.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import aiohttp

from bot.insights.poster import Absent, NotPosted, Outcome, Posted, Sight, Unclear
from bot.insights.posts import DailyPost
from bot.insights.runner import Runner
from bot.store.model import Claim, Delivery, Subscription
from bot.store.store import Store
from tests.insights.fakes import episode

POINTS = ("before claim", "after claim", "before send", "after send", "before mark", "after mark")
INSIGHTS = 90


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a worker needs to begin."""

    store: str
    sink: str
    seed: int
    deadly: float


class Death:
    """SIGKILL with a small chance at each named point."""

    def __init__(self, random: Random, chance: float) -> None:
        self._random = random
        self._chance = chance

    def perhaps(self, point: str) -> None:
        assert point in POINTS
        if self._random.random() < self._chance:
            os.kill(os.getpid(), signal.SIGKILL)


class DeadlyStore(Store):
    """The real store; around its claims and marks the process may die."""

    death: Death

    async def claim_due(self, **how: Any) -> tuple[Claim, ...] | None:
        self.death.perhaps("before claim")
        claims = await super().claim_due(**how)
        if claims:
            self.death.perhaps("after claim")
        return claims

    async def begin_send(self, delivery: Delivery, **how: Any) -> bool:
        begun = await super().begin_send(delivery, **how)
        self.death.perhaps("before send")
        return begun

    async def mark_sent(self, delivery: Delivery, **how: Any) -> bool:
        self.death.perhaps("before mark")
        marked = await super().mark_sent(delivery, **how)
        self.death.perhaps("after mark")
        return marked


class SinkPoster:
    """A poster for the sink, as an adapter would write it."""

    def __init__(self, session: aiohttp.ClientSession, sink: str, death: Death) -> None:
        self._session = session
        self._sink = sink
        self._death = death

    async def post(self, subscription: Subscription, post: DailyPost) -> Outcome:
        body = {"channel": subscription.channel_id, "mark": post.mark, "insight": post.insight.id}
        try:
            async with self._session.post(f"{self._sink}/post", json=body) as response:
                self._death.perhaps("after send")
                if response.status != 200:
                    return NotPosted(reason=f"status {response.status}")
                return Posted(message_ref=(await response.json())["ref"])
        except aiohttp.ClientError:
            return Unclear(reason="the connection broke")

    async def find(self, subscription: Subscription, mark: str, since: datetime) -> Sight:
        query = {"channel": subscription.channel_id, "mark": mark}
        async with self._session.get(f"{self._sink}/find", params=query) as response:
            found = (await response.json())["found"]
        if found is None:
            return Unclear(reason="this platform cannot tell")
        return Posted(message_ref=f"{subscription.channel_id}/{mark}") if found else Absent()

    async def tell_admin(self, subscription: Subscription, text: str) -> bool:
        return True


def main(job: Job) -> None:
    """The process: serve the driver until killed or told to end."""
    asyncio.run(_serve(job))


async def _serve(job: Job) -> None:
    random = Random(job.seed)
    now = [datetime.min]
    death = Death(random, job.deadly)
    async with aiohttp.ClientSession() as session:
        begin = await _next_time(session, job, done=False)
        if begin is None:
            return
        now[0] = begin
        store = await DeadlyStore.open(job.store, clock=lambda: now[0], patience_seconds=20.0)
        store.death = death
        try:
            runner = _runner(store, SinkPoster(session, job.sink, death), lambda: now[0], random)
            async with store.present() as runner.worker:
                await _work(session, job, runner, now)
        finally:
            await store.close()


def _runner(store: Store, poster: SinkPoster, clock: Callable[[], datetime], random: Random) -> Runner:
    known = {"e1": episode(INSIGHTS)}
    return Runner(
        store=store,
        episodes=lambda: known,
        posters={"discord": poster, "slack": poster},
        clock=clock,
        random=random,
        batch=random.choice([3, 10, 50]),
    )


async def _work(session: aiohttp.ClientSession, job: Job, runner: Runner, now: list[datetime]) -> None:
    """At each time the driver gives, work until nothing is left, and say so."""
    while True:
        while await runner.tick():
            pass
        time = await _next_time(session, job, done=True)
        if time is None:
            return
        now[0] = time


async def _next_time(session: aiohttp.ClientSession, job: Job, *, done: bool) -> datetime | None:
    query = {"pid": str(os.getpid()), "done": str(int(done))}
    async with session.get(f"{job.sink}/time", params=query) as response:
        text = await response.text()
    return datetime.fromisoformat(text) if text else None
