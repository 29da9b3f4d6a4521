"""One engine for both databases: connections, transactions, and the tables brought up to date.

Knows no verbs. Every driver error leaves here as a StoreError, with nothing half written.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Self, cast

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StoreError
from bot.store.address import read_address
from bot.store.explain import DATABASE_ERRORS, explain

HEAD = "0001"
_MIGRATION_LOCK = 0x43485650
_CLOSING_SECONDS = 2.0


class Database:
    """An open database. Writes of this process go one after another on SQLite, side by side on PostgreSQL.

    `locks` makes connections for locks, on PostgreSQL alone; `file` is SQLite's, None in memory.
    """

    def __init__(self, engine: AsyncEngine, locks: AsyncEngine | None) -> None:
        self.is_sqlite = locks is None
        self.locks = locks
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self.file = _file_of(engine.url) if self.is_sqlite else None
        self._one_writer: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()
        is_in_memory = self.is_sqlite and self.file is None
        self._one_reader = self._one_writer if is_in_memory else nullcontext()

    @classmethod
    async def open(cls, address: str, *, patience_seconds: float) -> Self:
        """Connect and bring the tables up to date, under a lock that also holds between processes."""
        url, arguments = read_address(address)
        database = cls(*_engines(url, arguments, patience_seconds))
        try:
            if database.file is not None:
                _prepare_file(database.file)
            await database._migrate()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Give every connection back; a server that does not answer is not waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for statements that change nothing."""
        async with self._one_reader:
            try:
                async with self._engine.connect() as connection:
                    yield connection
            except DATABASE_ERRORS as error:
                raise explain(error, is_sqlite=self.is_sqlite) from None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: all of it, or after any error nothing."""
        async with self._one_writer:
            try:
                async with self._writing.begin() as connection:
                    yield connection
            except DATABASE_ERRORS as error:
                raise explain(error, is_sqlite=self.is_sqlite) from None

    def insert(self, table: Table) -> postgresql.Insert:
        """An INSERT that knows ON CONFLICT; both dialects spell it alike."""
        return cast(postgresql.Insert, sqlite.insert(table)) if self.is_sqlite else postgresql.insert(table)

    async def _migrate(self) -> None:
        if await self._revision() == HEAD:
            return
        async with self.writing() as connection:
            if not self.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            await connection.run_sync(_upgrade)

    async def _revision(self) -> str | None:
        """The revision the tables have; None for a new database. Any other trouble is told."""
        async with self.reading() as connection:
            try:
                return cast("str | None", await connection.scalar(text("SELECT version_num FROM alembic_version")))
            except DBAPIError as error:
                if "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "42P01":
                    return None
                raise


def _engines(url: URL, arguments: dict[str, Any], patience: float) -> tuple[AsyncEngine, AsyncEngine | None]:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, hide_parameters=True, connect_args={"timeout": patience})
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine, None
    options = {"hide_parameters": True, "connect_args": arguments}
    engine = create_async_engine(
        url, **options, pool_pre_ping=True, pool_size=5, max_overflow=15, pool_timeout=30, pool_recycle=1800
    )
    return engine, create_async_engine(url, **options, poolclass=NullPool)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """WAL lets readers go on beside the writer; FULL keeps a claim through a power cut."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the file's lock at once: a read that becomes a write could fail half-way."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _file_of(url: URL) -> Path | None:
    return Path(url.database) if url.database and url.database != ":memory:" else None


def _prepare_file(path: Path) -> None:
    """The folder and, readable by nobody else, the file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise explain(sqlite3.OperationalError("unable to open"), is_sqlite=True) from error


def _upgrade(connection: Connection) -> None:
    """Alembic is only imported when there is something to do: it would cost every start a quarter second."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreError("database: it was written by a newer version of the bot; update this one") from None
