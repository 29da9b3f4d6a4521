"""Stores for tests: every test that asks for `store` runs on SQLite and on a real PostgreSQL."""

import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.store.store import Store
from tests.store import postgres


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    with postgres.server_address() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/verse.db"
        return
    async with postgres.empty_database(request.getfixturevalue("postgres_address")) as found:
        yield found


@pytest.fixture
async def postgres_database(postgres_address: str) -> AsyncIterator[str]:
    """The address of an empty PostgreSQL database, for what only that can do."""
    async with postgres.empty_database(postgres_address) as found:
        yield found


@pytest.fixture
async def store(address: str, clock: Clock) -> AsyncIterator[Store]:
    """An open store on an empty database."""
    opened = await Store.open(address, clock=clock)
    yield opened
    await opened.close()
