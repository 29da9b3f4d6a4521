"""The trial: a cluster under load, its processes killed in turn, its database stopped, and what people saw of it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from bot.retrieval.cache import load_index
from bot.store.store import Store
from tests.app.process import environment
from tests.cluster.asking import People
from tests.cluster.insights import Reckoning, next_minute, posts, subscribe, until_settled
from tests.cluster.nginx import free_ports, in_front_of
from tests.cluster.processes import Supervised
from tests.fakes.slack.server import BOT_TOKEN, FakeSlack
from tests.made_up import FOLDER
from tests.store.postgres import Postgres


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How big and how long. `by_minute`: insights come due at whole minutes, else all of a batch at once."""

    rate: float = 100.0
    web: int = 3
    schedulers: int = 2
    batch: int = 40
    calm_seconds: float = 8.0
    outage_seconds: float = 10.0
    by_minute: bool = True


SHORT = Trial(rate=25.0, batch=15, calm_seconds=0.7, outage_seconds=2.0, by_minute=False)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What came out. `recoveries`: event -> seconds until every question was answered within a second again."""

    outcomes: Counter[str]
    recoveries: dict[str, float]
    insights: Reckoning
    insight_delays: dict[str, float]
    exit_codes: tuple[int, ...]
    slowest_seconds: float
    p99_seconds: float

    @property
    def silences(self) -> int:
        """Questions that got neither an answer nor an apology."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.startswith("silence"))

    def is_clean(self, within_seconds: float = 5.0) -> bool:
        """Nobody met silence, nothing doubled or lost, every recovery in time."""
        in_time = all(one <= within_seconds for one in (*self.recoveries.values(), *self.insight_delays.values()))
        return not (self.silences or self.insights.doubled or self.insights.lost) and in_time


class Cluster:
    """Everything running, and what is done to it."""

    def __init__(self, trial: Trial, folder: Path, database: Postgres, slack: FakeSlack, store: Store) -> None:
        self.trial = trial
        self.slack = slack
        self.store = store
        self.due: dict[str, datetime] = {}
        self.recoveries: dict[str, float] = {}
        self.delays: dict[str, float] = {}
        self._database = database
        self._folder = folder
        ports = free_ports(trial.web + trial.schedulers)
        given = environment(
            folder,
            DATABASE_URL=database.url,
            SECRET_KEY="a key of this trial that is long enough",
            FAKE_SLACK=slack.url,
            KEEP_QUESTIONS="1",
            QUESTIONS_PER_MINUTE="10000",
            SLACK_OPTIONAL_SCOPES="channels:history",
            LOG_LEVEL="warning",
        )
        tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN}
        self.web = [Supervised("web", port, given, folder / f"web-{port}.log") for port in ports[: trial.web]]
        self.schedulers = [
            Supervised("schedule", port, given | tokens, folder / f"schedule-{port}.log") for port in ports[trial.web :]
        ]

    async def __aenter__(self) -> Self:
        load_index(FOLDER, self._folder / "data")  # once, not five times at once
        for one in (*self.web, *self.schedulers):
            await one.start()
        await asyncio.gather(*(one.ready() for one in (*self.web, *self.schedulers)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(one.stop() for one in (*self.web, *self.schedulers)))

    async def batch_due(self, name: str, at: datetime) -> None:
        """A batch of insights for that time."""
        await subscribe(self.store, name, at, self.trial.batch)
        self.due |= {f"C{name}{number:03}": at for number in range(self.trial.batch)}

    async def posted(self, name: str, count: int, seconds: float = 90.0) -> None:
        """Wait until so many of a batch are out."""
        async with asyncio.timeout(seconds):
            while self._out(name) < count:  # noqa: ASYNC110 - a fake's list has no event
                await asyncio.sleep(0.01)

    def _out(self, name: str) -> int:
        return sum(1 for channel in posts(self.slack) if channel.startswith(f"C{name}"))

    async def kill(self, one: Supervised, name: str, people: People) -> None:
        """SIGKILL, and how long people felt it."""
        began = time.monotonic()
        await one.kill()
        await asyncio.sleep(self.trial.calm_seconds)
        self.recoveries[f"kill {name}"] = people.recovery_seconds(began, time.monotonic())
        await one.ready()

    async def outage(self, people: People) -> float:
        """The database stopped for a while; when it was back, as seconds since 1970."""
        began = time.monotonic()
        await asyncio.to_thread(self._database.stop)
        await asyncio.sleep(self.trial.outage_seconds)
        await asyncio.to_thread(self._database.start)
        back = time.time()
        await asyncio.gather(*(one.ready() for one in (*self.web, *self.schedulers)))
        self.delays["ready again after the database"] = time.time() - back
        self.recoveries["stop PostgreSQL"] = people.recovery_seconds(began, time.monotonic())
        return back

    def delay_of(self, name: str, since: float) -> float:
        """From `since` to the last post of a batch that came by itself."""
        return max((times[0] - since for channel, times in posts(self.slack).items() if channel.startswith(f"C{name}")))


@asynccontextmanager
async def _slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    fake.scopes += ",channels:history"
    try:
        yield fake
    finally:
        await fake.stop()


async def carry_out(trial: Trial, folder: Path) -> Figures:
    """The whole trial, in a temporary folder."""
    with Postgres() as database:
        store = await Store.open(database.url, clock=lambda: datetime.now(UTC))
        try:
            async with _slack() as slack, Cluster(trial, folder, database, slack, store) as cluster:
                ports = [one.port for one in cluster.web]
                async with in_front_of(ports, folder / "nginx") as port:
                    people = People(port=port, rate=trial.rate)
                    asking = asyncio.create_task(people.run())
                    await _trouble(cluster, people)
                    people.stop()
                    await asking
                insights = await until_settled(database.url, slack, cluster.due, 60.0)
                exits = await asyncio.gather(*(one.stop() for one in (*cluster.web, *cluster.schedulers)))
                return _figures(cluster, people, insights, tuple(exits))
        finally:
            await store.close()


async def _trouble(cluster: Cluster, people: People) -> None:
    """Everything that may be taken away is taken away once."""
    trial = cluster.trial
    for number, one in enumerate(cluster.web, 1):
        await cluster.kill(one, f"web {number}", people)
    for number, one in enumerate(cluster.schedulers, 1):
        await _kill_at_work(cluster, one, number, people)
    at = next_minute(1) if trial.by_minute else next_minute(0)
    if trial.by_minute:
        await asyncio.sleep(max(0.0, at.timestamp() - time.time() - trial.outage_seconds / 2))
    await cluster.batch_due("outage", at) if trial.by_minute else None
    back = await cluster.outage(people)
    if not trial.by_minute:
        await cluster.batch_due("outage", at)
    await cluster.posted("outage", trial.batch)
    cluster.delays["insights after the database"] = cluster.delay_of("outage", back)


async def _kill_at_work(cluster: Cluster, one: Supervised, number: int, people: People) -> None:
    """Killed between the first post of a batch and the last; the others, who looked away till then, go on with it."""
    name, at = f"k{number}x", next_minute(1 if cluster.trial.by_minute else 0)
    others = [other for other in cluster.schedulers if other is not one]
    if cluster.trial.by_minute:
        await asyncio.sleep(max(0.0, at.timestamp() - time.time() - 5))
    for other in others:
        other.freeze()
    await cluster.batch_due(name, at)
    await cluster.posted(name, 1)
    for other in others:
        other.freeze(frozen=False)
    killed = time.time()
    await cluster.kill(one, f"scheduler {number}", people)
    await cluster.posted(name, cluster.trial.batch)
    cluster.delays[f"insights of killed scheduler {number}"] = cluster.delay_of(name, killed)


def _figures(cluster: Cluster, people: People, insights: Reckoning, exits: tuple[int, ...]) -> Figures:
    took = sorted(one.seconds for one in people.seen)
    return Figures(
        outcomes=people.counts(),
        recoveries=cluster.recoveries,
        insights=insights,
        insight_delays=cluster.delays,
        exit_codes=exits,
        slowest_seconds=took[-1],
        p99_seconds=took[int(len(took) * 0.99)],
    )
