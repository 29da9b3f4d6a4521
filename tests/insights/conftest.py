"""A small made-up episode, a clock that stands, a platform that remembers, and a store in a file."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.store.store import Store
from tests.insights.fakes import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/verse.db", clock=clock)
    yield opened
    await opened.close()
