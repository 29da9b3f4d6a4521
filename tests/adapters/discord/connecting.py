"""Adapters of a test's own process that connect to the fake Discord."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.adapters.desk import Desk
from bot.adapters.discord.adapter import DiscordAdapter
from bot.adapters.discord.config import Config
from bot.adapters.discord.pictures import Pictures
from bot.adapters.discord.poster import DiscordPoster
from bot.adapters.discord.verbs import Privacy
from bot.insights.daily import Daily
from bot.settings import Secret
from tests.fakes.discord.server import TOKEN


def adapter_of(
    desk: Desk,
    *,
    token: str = TOKEN,
    drain_seconds: float = 5.0,
    daily: Daily | None = None,
    poster: DiscordPoster | None = None,
    answer_seconds: float = 10.0,
    pictures: Pictures | None = None,
    **config: Any,
) -> DiscordAdapter:
    """An adapter with such a configuration."""
    return DiscordAdapter(
        config=Config(token=Secret(token), **config),
        desk=desk,
        privacy=Privacy(days=30, is_keeping=False),
        drain_seconds=drain_seconds,
        daily=daily,
        poster=poster,
        pictures=pictures,
        answer_seconds=answer_seconds,
    )


@asynccontextmanager
async def connected(desk: Desk, **options: Any) -> AsyncIterator[DiscordAdapter]:
    """An adapter that was started, and is stopped at the end."""
    adapter = adapter_of(desk, **options)
    await adapter.start()
    try:
        yield adapter
    finally:
        await adapter.stop()
