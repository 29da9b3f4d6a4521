"""The bot's inside for the Discord tests: real desk, real store, the made-up episode."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from bot.adapters.desk import Busy, Desk
from bot.adapters.limits import RateLimit
from bot.answer.library import Library
from bot.answer.model import Answer, Refusal
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
async def open_desk(
    folder: Path, *, answers: Answers | None = None, per_minute: int = 100_000, delay_seconds: float = 0.0
) -> AsyncIterator[Desk]:
    """A desk over SQLite in a folder; `delay_seconds` makes it think that long over every question."""
    store = await Store.open(f"sqlite:///{folder}/store.sqlite", clock=lambda: datetime.now(UTC))
    told = answers or Answers(Index.build(episode_with_transcript()), choose=first)
    try:
        yield _desk_of(delay_seconds)(
            library=Library({told.episode.id: told}, default=told.episode.id),
            store=store,
            telemetry=Telemetry(),
            user_limit=RateLimit(per_minute, monotonic),
            place_limit=RateLimit(per_minute * 10, monotonic),
            key=b"test key",
        )
    finally:
        await store.close()


def _desk_of(delay_seconds: float) -> type[Desk]:
    class SlowDesk(Desk):
        """Thinks before it answers."""

        async def ask(self, *given: Any, **named: Any) -> Answer | Refusal | Busy:
            await asyncio.sleep(delay_seconds)
            return await super().ask(*given, **named)

    return SlowDesk if delay_seconds else Desk
