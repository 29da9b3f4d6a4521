"""Who is alive: a name that stays taken exactly as long as its process lives, so that a killed worker is known at once.

PostgreSQL: an advisory lock of a session of its own. SQLite: a locked file beside the database. Knows no claims.
"""

import asyncio
import fcntl
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.explain import DATABASE_ERRORS, explain
from bot.store.verbs import Clock, Verbs, lock_number

WATCHED = "@"
"""How a name begins that can be told to be gone; of any other nothing is known."""

SETTLE_SECONDS = 2.0
"""How long a name must be gone before a send that began is taken over: the living have theirs again by then."""

_BEAT_SECONDS = 0.5
_ANSWER_SECONDS = 5.0
# So that the server notices within half a minute when a whole machine goes away without a word.
_KEEPALIVE = ("SET tcp_keepalives_idle = 10", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 3")


class Presence(Verbs):
    """The verb for being there, and the question who is not."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._held: set[str] = set()
        self._gone_since: dict[str, float] = {}
        file = database.file
        self._folder = file and file.resolve().with_name(f"{file.resolve().name}-workers")

    @asynccontextmanager
    async def present(self) -> AsyncIterator[str]:
        """A new name for a worker, taken until the body ends or the process dies. Raises StoreError."""
        name = f"{WATCHED}{secrets.token_hex(8)}"
        if self._database.is_sqlite:
            with self._locked_file(name):
                self._held.add(name)
                try:
                    yield name
                finally:
                    self._held.discard(name)
            return
        held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        keeper = asyncio.create_task(self._keep(name, held))
        try:
            await asyncio.wait([held, keeper], return_when=asyncio.FIRST_COMPLETED)
            if keeper.done():
                keeper.result()
            yield name
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def keeps_sessions(self) -> bool:
        """False behind a pooler in transaction mode, where the living may seem gone. Raises StoreError."""
        if self._database.locks is None:
            return True
        number = text("SELECT pg_backend_pid()")
        try:
            async with self._database.locks.connect() as one, self._database.locks.connect() as other:
                for connection in (one, other):
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                return bool(await one.scalar(number) != await other.scalar(number))
        except DATABASE_ERRORS as error:
            raise explain(error, is_sqlite=False) from None

    def _is_present(self, name: str | None) -> bool:
        """Whether nobody can think just now that the worker of this name is gone."""
        return name is None or not name.startswith(WATCHED) or name in self._held

    async def _gone(self, connection: AsyncConnection, names: Iterable[str]) -> list[str]:
        """Those of the names that nobody holds just now."""
        watched = [name for name in names if name.startswith(WATCHED)]
        if self._database.is_sqlite:
            folder = self._folder
            return [name for name in watched if folder is not None and _is_free(folder / name)]
        free = text("SELECT pg_try_advisory_xact_lock(:number)")
        return [name for name in watched if await connection.scalar(free, {"number": lock_number(name)})]

    def _gone_for(self, gone: Iterable[str], seconds: float) -> list[str]:
        """Those that were gone at every look of this process for so long. `gone`: all that are at this one."""
        now = time.monotonic()
        self._gone_since = {name: self._gone_since.get(name, now) for name in gone}
        return [name for name, since in self._gone_since.items() if now - since >= seconds]

    async def _keep(self, name: str, held: asyncio.Future[None]) -> None:
        """Hold the name, and after a break of the connection hold it again."""
        assert self._database.locks is not None
        while True:
            try:
                async with self._database.locks.connect() as connection:
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                    for statement in _KEEPALIVE:
                        await connection.execute(text(statement))
                    await connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": lock_number(name)})
                    if not held.done():
                        held.set_result(None)
                    await self._until_broken(connection, name)
            except DATABASE_ERRORS as error:
                if not held.done():
                    raise explain(error, is_sqlite=False) from None
            await asyncio.sleep(_BEAT_SECONDS)

    async def _until_broken(self, connection: AsyncConnection, name: str) -> None:
        self._held.add(name)
        try:
            while True:
                await asyncio.sleep(_BEAT_SECONDS)
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await connection.execute(text("SELECT 1"))
        finally:
            self._held.discard(name)

    @contextmanager
    def _locked_file(self, name: str) -> Iterator[None]:
        """A database in memory has no other process to tell."""
        if self._folder is None:
            yield
            return
        path = self._folder / name
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            for left in path.parent.glob(f"{WATCHED}*"):
                _is_free(left)
            file = _lock(path)
        except OSError as error:
            raise explain(error, is_sqlite=True) from None
        try:
            yield
        finally:
            os.close(file)
            _is_free(path)


def _lock(path: Path) -> int:
    """Make a file that nobody sees before it is locked."""
    beside = path.with_name(f".{path.name}")
    file = os.open(beside, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        beside.rename(path)
    except OSError:
        os.close(file)
        raise
    return file


def _is_free(path: Path) -> bool:
    """Whether the file's holder is gone; a file left behind is cleared away. Of another user's nothing is known."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    with suppress(OSError):
        path.unlink()
    return True
