"""What runs beside the adapters, on a real store and a clock that is moved."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.app.background import PURGE_SECONDS, look_at_database, purge
from bot.app.timed import TimedPoster
from bot.episode.model import Episode
from bot.errors import StoreError
from bot.insights.poster import Absent, NotPosted, Outcome, Sight
from bot.insights.posts import DailyPost, daily_post
from bot.store.model import KeptQuestion, Subscription, Wanted
from bot.store.store import Store
from bot.telemetry import Telemetry

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEEP = timedelta(days=30)


class Clock:
    """Stands until it is moved."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


class Naps:
    """Takes the place of sleeping; ends the work after so many naps."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.left -= 1
        if self.left <= 0:
            raise asyncio.CancelledError


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """An empty store on SQLite."""
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.db", clock=clock)
    yield opened
    await opened.close()


async def _keep_and_vote(store: Store, user: str, at: datetime) -> None:
    kept = KeptQuestion(platform="web", user_hash=user, text="why?", outcome="answer", hit_id="h", asked_at=at)
    await store.keep_question(kept)
    await store.vote(episode_id="e1", hit_id="h", user_hash=user, platform="web", is_up=True)


async def test_the_purge_removes_what_was_kept_long_enough_and_nothing_else(store: Store, clock: Clock) -> None:
    """Questions and votes past their retention go; younger ones stay. It runs at start and once an hour."""
    await _keep_and_vote(store, "old", NOW)
    clock.now = NOW + KEEP - timedelta(hours=1)
    await _keep_and_vote(store, "young", clock.now)
    naps = Naps(1)
    with pytest.raises(asyncio.CancelledError):
        await purge(store, keep=KEEP, sleep=naps)
    clock.now = NOW + KEEP + timedelta(seconds=1)
    with pytest.raises(asyncio.CancelledError):
        await purge(store, keep=KEEP, sleep=naps)
    assert naps.seconds == [PURGE_SECONDS, PURGE_SECONDS]
    assert await store.forget_user("old") == 0
    assert await store.forget_user("young") == 2


class Down:
    """A store that cannot be reached."""

    async def purge(self, **_: object) -> None:
        raise StoreError("database: away")

    async def ping(self) -> None:
        raise StoreError("database: away")


async def test_the_purge_outlives_the_database(store: Store) -> None:
    """A database that is away is tried again in an hour."""
    naps = Naps(3)
    with pytest.raises(asyncio.CancelledError):
        await purge(cast(Store, Down()), keep=KEEP, sleep=naps)
    assert len(naps.seconds) == 3


async def _looked(store: Store, clock: Clock, *platforms: str) -> str:
    telemetry = Telemetry()
    with pytest.raises(asyncio.CancelledError):
        await look_at_database(store, telemetry, clock=clock, platforms=platforms, sleep=Naps(1))
    return telemetry.exposition().decode()


async def test_the_metrics_say_whether_the_database_is_there_and_how_late_insights_are(
    store: Store, clock: Clock
) -> None:
    """An insight due five minutes ago shows as 300 seconds where it is posted; a database that is away is not ready."""
    wanted = Wanted(
        platform="slack", workspace_id="T1", channel_id="C1", episode_id="e1", local_time=time(12), zone="UTC"
    )
    await store.subscribe(wanted, next_due_at=NOW)
    clock.now = NOW + timedelta(minutes=5)
    shown = await _looked(store, clock, "slack")
    assert 'chapterverse_ready{part="database"} 1.0' in shown
    assert "chapterverse_schedule_late_seconds 300.0" in shown
    assert "chapterverse_schedule_late_seconds 0.0" in await _looked(store, clock, "discord")
    away = await _looked(cast(Store, Down()), clock)
    assert 'chapterverse_ready{part="database"} 0.0' in away


class OnePoster:
    """A platform in trouble."""

    async def post(self, subscription: Subscription, post: DailyPost) -> Outcome:
        return NotPosted(reason="busy")

    async def find(self, subscription: Subscription, mark: str, since: datetime) -> Sight:
        return Absent()

    async def tell_admin(self, subscription: Subscription, text: str) -> bool:
        return text == "words"


async def test_sends_are_timed_and_handed_on_unchanged(episode: Episode) -> None:
    """What the platform says comes back as it is; each send and each look is one more in the metrics."""
    telemetry = Telemetry()
    poster = TimedPoster(OnePoster(), telemetry)
    subscription = Subscription(
        platform="slack",
        workspace_id="T1",
        channel_id="C1",
        episode_id=episode.id,
        local_time=time(12),
        zone="UTC",
        created_at=NOW,
        changed_at=NOW,
    )
    post = daily_post(episode, episode.insights[0].id, mark="m")
    assert await poster.post(subscription, post) == NotPosted(reason="busy")
    assert await poster.find(subscription, "m", NOW) == Absent()
    assert await poster.tell_admin(subscription, "words")
    shown = telemetry.exposition().decode()
    assert 'chapterverse_stage_seconds_count{stage="post"} 1.0' in shown
    assert 'chapterverse_stage_seconds_count{stage="find"} 1.0' in shown
