"""A lock by name that also holds between processes.

PostgreSQL: an advisory lock. SQLite: a row with an end, so that a killed holder blocks nobody for long.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from weakref import WeakValueDictionary

from sqlalchemy import delete, text

from bot.errors import StoreError
from bot.store import tables
from bot.store.database import Database
from bot.store.explain import DATABASE_ERRORS, explain
from bot.store.verbs import Clock, Verbs, lock_number

LEASE = timedelta(seconds=60)
_POLL_SECONDS = 0.05


class Locks(Verbs):
    """The one verb for doing something alone."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def locked(self, key: str, *, patience_seconds: float = 30.0) -> AsyncIterator[None]:
        """Hold `key` alone; the body must be over within a minute (LEASE).

        Raises StoreError when it is not free within `patience_seconds`.
        """
        here = self._here.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(patience_seconds):
                await here.acquire()
        except TimeoutError:
            raise _busy() from None
        try:
            hold = self._leased if self._database.is_sqlite else self._advised
            async with hold(key, patience_seconds):
                yield
        finally:
            here.release()

    @asynccontextmanager
    async def _advised(self, key: str, patience_seconds: float) -> AsyncIterator[None]:
        assert self._database.locks is not None
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._database.locks.connect())
                await connection.execute(text(f"SET LOCAL lock_timeout = {max(1, int(patience_seconds * 1000))}"))
                await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number(key)})
            except DATABASE_ERRORS as error:
                raise explain(error, is_sqlite=False) from None
            yield

    @asynccontextmanager
    async def _leased(self, key: str, patience_seconds: float) -> AsyncIterator[None]:
        holder = secrets.token_hex(8)
        give_up = time.monotonic() + patience_seconds
        while not await self._take_lease(key, holder):
            if time.monotonic() > give_up:
                raise _busy()
            await asyncio.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            leases = tables.leases.c
            async with self._database.writing() as connection:
                await connection.execute(delete(tables.leases).where(leases.key == key, leases.holder == holder))

    async def _take_lease(self, key: str, holder: str) -> bool:
        now = self._clock()
        values = {"holder": holder, "expires_at": now + LEASE}
        insert = self._database.insert(tables.leases).values(key=key, **values)
        statement = insert.on_conflict_do_update(
            index_elements=["key"], set_=values, where=tables.leases.c.expires_at <= now
        ).returning(tables.leases.c.holder)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).first() is not None


def _busy() -> StoreError:
    return StoreError("database: a lock was not free in time; it is tried again by itself")
