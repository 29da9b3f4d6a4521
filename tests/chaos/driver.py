"""Drives the fault test: the clock, the processes, the platform, and the reckoning at the end.

Time moves on only when every living process has nothing left to do at it; a killed one is replaced at once.
"""

import asyncio
import multiprocessing
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from aiohttp import web

from bot.insights.due import slots
from bot.store.model import Delivery, State, Subscription, Wanted, mark_of
from bot.store.store import Store
from tests.chaos.sink import KINDS, Sink
from tests.chaos.worker import Job, main

ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/Lagos", "America/Argentina/Buenos_Aires", "America/Caracas",
    "America/Chicago", "America/Havana", "America/Los_Angeles", "America/New_York", "America/Santiago",
    "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata",
    "Asia/Tokyo", "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin", "Europe/London",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip
START = datetime(2026, 3, 1, tzinfo=UTC)
_SETTLING = timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How much of everything. `step_minutes`: the clock jumps by a random number of minutes between the two."""

    days: float
    subscriptions: int
    workers: int
    deadly: float
    failing: float = 0.05
    step_minutes: tuple[int, int] = (5, 25)
    seed: int = 1


@dataclass(kw_only=True)
class Figures:
    """The reckoning. `doubles` and `missed` must be 0; `untrue` are marks in the store that are not so."""

    expected: int = 0
    posted: int = 0
    doubles: int = 0
    missed: int = 0
    uncertain: int = 0
    uncertain_posted: int = 0
    uncertain_where_visible: int = 0
    untrue: int = 0
    repeated_insights: int = 0
    kills: int = 0
    crashes: int = 0
    refused: int = 0
    lost_answers: int = 0
    repeats_dropped: int = 0
    steps: int = 0
    seconds: float = 0.0


@dataclass
class Driver:
    """One trial on one database."""

    address: str
    trial: Trial
    now: datetime = START
    is_over: bool = False
    step: int = 0
    figures: Figures = field(default_factory=Figures)

    def __post_init__(self) -> None:
        self.random = Random(self.trial.seed)
        self.sink = Sink(clock=lambda: self.now, random=Random(self.trial.seed + 1), failing=self.trial.failing)
        self.moved = asyncio.Condition()
        self.given: dict[int, int] = {}
        self.done: set[int] = set()
        self.processes: set[int] = set()
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tests.chaos.worker"])

    async def run(self) -> Figures:
        """Fill the store, run through the days, reckon."""
        began = asyncio.get_running_loop().time()
        store = await Store.open(self.address, clock=lambda: self.now)
        runner = await self._serve()
        try:
            wanted = await self._fill(store)
            end = START + timedelta(days=self.trial.days)
            async with asyncio.timeout(3600):
                await self._play(end + _SETTLING)
            await self._reckon(store, wanted, end)
        finally:
            await runner.cleanup()
            await store.close()
        self.figures.seconds = round(asyncio.get_running_loop().time() - began, 1)
        return self.figures

    async def _serve(self) -> web.AppRunner:
        app = web.Application()
        app.add_routes(
            [web.post("/post", self.sink.post), web.get("/find", self.sink.find), web.get("/time", self._time)]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.sink_address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _fill(self, store: Store) -> list[Subscription]:
        made = []
        for number in range(self.trial.subscriptions):
            wanted = Wanted(
                platform=("discord", "slack")[number % 2],
                workspace_id="w",
                channel_id=f"{KINDS[number % 3]}-{number}",
                episode_id="e1",
                local_time=time(self.random.randrange(24), self.random.choice([0, 0, 15, 30, 59])),
                zone=ZONES[number % len(ZONES)],
            )
            first = next(slots(wanted, START, START + timedelta(days=3)))
            made.append(await store.subscribe(wanted, next_due_at=first.due_at))
        return made

    async def _play(self, end: datetime) -> None:
        keepers = [asyncio.create_task(self._keep_alive(number)) for number in range(self.trial.workers)]
        try:
            while self.now < end:
                await self._all_done()
                await self._move(timedelta(minutes=self.random.randint(*self.trial.step_minutes)))
            await self._all_done()
        finally:
            async with self.moved:
                self.is_over = True
                self.moved.notify_all()
            await asyncio.gather(*keepers)

    async def _move(self, by: timedelta) -> None:
        async with self.moved:
            self.now += by
            self.step += 1
            self.figures.steps += 1
            self.done.clear()
            self.moved.notify_all()

    async def _all_done(self) -> None:
        async with self.moved:
            await self.moved.wait_for(lambda: len(self.processes) == self.trial.workers and self.processes <= self.done)

    async def _time(self, request: web.Request) -> web.StreamResponse:
        """A worker asks for the time: at once when it is new, else when it has moved."""
        pid = int(request.query["pid"])
        async with self.moved:
            if request.query["done"] == "1":
                self.done.add(pid)
                self.moved.notify_all()
            await self.moved.wait_for(lambda: self.is_over or self.given.get(pid) != self.step)
            self.given[pid] = self.step
        return web.Response(text="" if self.is_over else self.now.isoformat())

    async def _keep_alive(self, number: int) -> None:
        """One process after another in this place, each living until it kills itself or all is over."""
        life = 0
        while not self.is_over:
            life += 1
            seed = self.trial.seed + 1000 * number + 100_000 * life
            job = Job(store=self.address, sink=self.sink_address, seed=seed, deadly=self.trial.deadly)
            process = self.context.Process(target=main, args=(job,))
            process.start()
            assert process.pid is not None
            async with self.moved:
                self.processes.add(process.pid)
            await self._ended(process.sentinel)
            process.join()
            async with self.moved:
                self.processes.discard(process.pid)
                self.figures.kills += process.exitcode == -9
                self.figures.crashes += process.exitcode not in (0, -9)
                self.moved.notify_all()
            process.close()

    async def _ended(self, sentinel: int) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(sentinel)

    async def _reckon(self, store: Store, subscriptions: list[Subscription], end: datetime) -> None:
        """Every slot of the calendar against what the platform shows and what the store says."""
        figures, shown = self.figures, Counter(mark for _, mark, _ in self.sink.posts)
        figures.posted = sum(shown.values())
        figures.doubles = sum(count - 1 for count in shown.values())
        figures.refused, figures.lost_answers = self.sink.refused, self.sink.lost_answers
        figures.repeats_dropped = self.sink.repeats_dropped
        for subscription in subscriptions:
            limit = int(self.trial.days) + 5
            written = {item.local_date: item for item in await store.deliveries_of(subscription.id, limit=limit)}
            for slot in slots(subscription, START, end):
                self._reckon_slot(subscription, slot.local_date, written.get(slot.local_date), shown)
        used = Counter((channel, insight) for channel, _, insight in self.sink.posts)
        figures.repeated_insights = sum(count - 1 for count in used.values()) - figures.doubles

    def _reckon_slot(
        self, subscription: Subscription, day: date, written: Delivery | None, shown: Counter[str]
    ) -> None:
        figures, count = self.figures, shown[mark_of(subscription.id, day)]
        figures.expected += 1
        if written is not None and written.state is State.UNCERTAIN:
            figures.uncertain += 1
            figures.uncertain_posted += count > 0
            figures.uncertain_where_visible += not subscription.channel_id.startswith("blind")
            return
        figures.missed += count == 0
        is_sent = written is not None and written.state is State.SENT
        figures.untrue += is_sent != (count > 0)
