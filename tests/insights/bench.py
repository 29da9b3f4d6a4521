"""Benches: a runner, or the service beside one, with platform and store, and ways to look at them. Knows no test."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from bot.errors import StoreError
from bot.insights.daily import Channel, Daily, DailyReply, Typed
from bot.insights.runner import Runner
from bot.insights.sending import Handled
from bot.store.model import Claim, Delivery, State, Subscription
from bot.store.store import Store
from tests.insights.fakes import Clock, Platform, episode, subscription

DUE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HERE = Channel(platform="discord", workspace_id="w1", channel_id="c1", admin_contact="admin-1")
NINE = Typed(time="9:00", zone="berlin")


class Bench:
    """A runner, its platform and its store, and a way to look at them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.platform = Platform()
        self.known = {"e1": episode()}
        self.results: list[State] = []
        self.slept: list[float] = []
        self.runner = self.new_runner()

    def new_runner(self, sleep: Callable[[float], object] | None = None) -> Runner:
        async def note(seconds: float) -> None:
            self.slept.append(seconds)
            if sleep is not None:
                sleep(seconds)

        def observe(claim: Claim, handled: Handled) -> None:
            self.results.append(handled.state)

        return Runner(
            store=self.store,
            episodes=lambda: self.known,
            posters={"discord": self.platform},
            clock=self.clock,
            sleep=note,
            random=Random(1),
            observe=observe,
        )

    async def subscribe(self, **changes: object) -> Subscription:
        return await self.store.subscribe(subscription(**changes), next_due_at=DUE)

    async def work(self, runner: Runner | None = None, **by: float) -> None:
        self.clock.move(**by)
        while await (runner or self.runner).tick():
            pass

    async def last(self, item: Subscription) -> Delivery:
        return (await self.store.deliveries_of(item.id))[0]

    async def now(self, item: Subscription) -> Subscription:
        found = await self.store.subscription(item.id)
        assert found is not None
        return found


async def run_until(bench: Bench, is_enough: Callable[[], bool]) -> None:
    """Run the loop until it sleeps with enough done; the sleep gives the loop away."""
    task: asyncio.Task[None] | None = None

    def stop(seconds: float) -> None:
        if is_enough() and task is not None:
            task.cancel()

    task = asyncio.create_task(bench.new_runner(stop).run())
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await task


class DailyBench:
    """The service beside a runner, on one store and one platform."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock, self.platform = store, clock, Platform()
        self.known = {"e1": episode(), "e2": episode(id="e2", title="Another talk", guest="Eve")}
        common: dict[str, Any] = {
            "store": store,
            "episodes": lambda: self.known,
            "posters": {"discord": self.platform},
            "clock": clock,
            "random": Random(1),
        }
        self.daily, self.runner = Daily(**common), Runner(**common)

    async def run_until(self, text: str) -> None:
        self.clock.now = datetime.fromisoformat(text).replace(tzinfo=UTC)
        while await self.runner.tick():
            pass

    async def posted(self) -> list[str]:
        return [post.insight.id for _, post in self.platform.posts]


def lines(reply: DailyReply) -> dict[str, str]:
    return dict(reply.lines)


def failing(verb: Callable[..., Awaitable[Any]], times: int) -> Any:
    """A verb of the store that meets a database in trouble so many times, and is itself afterwards."""
    left = [True] * times

    async def sometimes(*given: Any, **named: Any) -> Any:
        if left:
            left.pop()
            raise StoreError("database: away")
        return await verb(*given, **named)

    return sometimes
