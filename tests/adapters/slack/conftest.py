"""A bot over the made-up episode, its own SQLite file, and a fake Slack on loopback."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.desk import Desk
from bot.adapters.http import HttpReply, HttpRequest
from bot.adapters.slack.adapter import SlackAdapter
from bot.retrieval.index import Index
from bot.store.store import Store
from tests.fakes.slack.house import adapter_of, config, desk_of
from tests.fakes.slack.payloads import as_form, signed
from tests.fakes.slack.server import FakeSlack


@dataclass
class Clock:
    """Stands until it is moved; near the real time, which Slack's own objects look at."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Naps:
    """Takes the place of sleeping: notes how long it would have been, and goes on."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class House:
    """A running bot in HTTP mode: `send` signs a payload as Slack does and puts it through the door."""

    adapter: SlackAdapter
    slack: FakeSlack
    store: Store
    desk: Desk
    clock: Clock
    naps: Naps

    async def request(self, body: bytes, headers: dict[str, str], path: str = "/slack/events") -> HttpReply:
        endpoint = next(one for one in self.adapter.endpoints if one.path == path)
        request = HttpRequest(method=endpoint.method, path=path, headers=headers, query={}, body=body)
        return await endpoint.handle(request)

    async def send(self, payload: dict[str, Any]) -> HttpReply:
        body, kind = as_form(payload)
        return await self.request(body, signed(body, now=self.clock().timestamp(), kind=kind))

    async def ask(self, payload: dict[str, Any], *methods: str) -> dict[str, Any]:
        """Send a payload; the one message that follows."""
        before = len(self.slack.posted(*methods))
        assert (await self.send(payload)).status == 200
        return (await self.slack.until(before + 1, *methods))[before]

    async def settle(self) -> None:
        """Wait until all that was taken over is done."""
        for _ in range(50):
            await asyncio.sleep(0)
        while tasks := list(self.adapter._tasks._running):
            await asyncio.gather(*tasks)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    started = await FakeSlack().start()
    yield started
    await started.stop()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with its tables, to be copied: bringing them up takes longer than a test."""
    path = tmp_path_factory.mktemp("slack") / "empty.db"

    async def make() -> None:
        store = await Store.open(f"sqlite:///{path}", clock=lambda: datetime.now(UTC))
        await store.close()

    with asyncio.Runner() as runner:
        runner.run(make())
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_store(tmp_path: Path, empty_database: Path, clock: Clock) -> Callable[[], Any]:
    """Opens the test's database; several times for several processes' worth."""
    path = tmp_path / "bot.db"
    shutil.copy(empty_database, path)
    return lambda: Store.open(f"sqlite:///{path}", clock=clock)


@pytest.fixture
async def store(open_store: Callable[[], Any]) -> AsyncIterator[Store]:
    opened = await open_store()
    yield opened
    await opened.close()


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test sets differently; a test module may override it."""
    return {}


@pytest.fixture
async def house(
    slack: FakeSlack, store: Store, index: Index, clock: Clock, settings: dict[str, Any]
) -> AsyncIterator[House]:
    naps = Naps()
    made = dict(settings)
    per_minute = made.pop("per_minute", 1000)
    desk = desk_of(store, index, per_minute=per_minute, clock=clock)
    adapter = adapter_of(config(slack.url, socket=False, http=True, **made), desk, clock=clock, sleep=naps)
    await adapter.start()
    yield House(adapter=adapter, slack=slack, store=store, desk=desk, clock=clock, naps=naps)
    await adapter.stop()
