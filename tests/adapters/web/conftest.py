"""A desk, a real SQLite store where a test needs one, and a client without any cleverness of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.adapters.desk import Desk
from bot.episode.model import Episode
from bot.store.store import Store
from tests.adapters.web.served import NoStore, make_desk, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    async with open_store(tmp_path) as store:
        yield store


@pytest.fixture
def desk(told_episode: Episode) -> Desk:
    """A desk that never says "too often"."""
    return make_desk(NoStore(), told_episode)


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client."""
    async with aiohttp.ClientSession() as client:
        yield client
