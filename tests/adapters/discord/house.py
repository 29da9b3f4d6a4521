"""The bot's inside for the Discord tests: real desk, real store, the made-up episode."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from bot.adapters.desk import Desk
from bot.adapters.limits import RateLimit
from bot.answer.library import Library
from bot.answer.service import Answers
from bot.episode.model import Insight
from bot.retrieval.index import Index
from bot.store.store import Store
from bot.telemetry import Telemetry
from tests.made_up import episode_with_transcript


def first(insights: Sequence[Insight]) -> Insight:
    """No chance in a test."""
    return insights[0]


@asynccontextmanager
async def open_desk(folder: Path, *, answers: Answers | None = None, per_minute: int = 1000) -> AsyncIterator[Desk]:
    """A desk over SQLite in a folder."""
    store = await Store.open(f"sqlite:///{folder}/store.sqlite", clock=lambda: datetime.now(UTC))
    told = answers or Answers(Index.build(episode_with_transcript()), choose=first)
    try:
        yield Desk(
            library=Library({told.episode.id: told}, default=told.episode.id),
            store=store,
            telemetry=Telemetry(),
            user_limit=RateLimit(per_minute, monotonic),
            place_limit=RateLimit(per_minute * 10, monotonic),
            key=b"test key",
        )
    finally:
        await store.close()
