"""Who is alive: a name that stays taken exactly as long as its process lives, so that a killed worker is known at once.

PostgreSQL: an advisory lock of a session of its own. SQLite: a locked file beside the database. Knows no claims.
"""

import asyncio
import fcntl
import math
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.explain import DATABASE_ERRORS, explain
from bot.store.verbs import Clock, Verbs, lock_number

WATCHED = "@"
"""How a name begins that can be told to be gone; of any other nothing is known."""

_BEAT_SECONDS = 1.0
SETTLE_SECONDS = 5.0
# So that the server notices within half a minute when a whole machine goes away without a word.
_KEEPALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"


class Presence(Verbs):
    """The verb for being there, and the question who is not."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._settled_at: dict[str, float] = {}

    @asynccontextmanager
    async def present(self, *, settle_seconds: float = SETTLE_SECONDS) -> AsyncIterator[str]:
        """A new name for a worker, taken until the body ends or the process dies. Raises StoreError.

        `settle_seconds`: how long after a break for all the living may need until each has its name again.
        """
        name = f"{WATCHED}{secrets.token_hex(8)}"
        if self._database.is_sqlite:
            with self._locked_file(name):
                yield name
            return
        held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        keeper = asyncio.create_task(self._keep(name, held, settle_seconds))
        try:
            await asyncio.wait([held, keeper], return_when=asyncio.FIRST_COMPLETED)
            if keeper.done():
                keeper.result()
            yield name
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    def _is_settled(self, name: str) -> bool:
        """Whether this name was held for so long that everyone alive has theirs; a file's lock is never lost."""
        return self._database.is_sqlite or self._settled_at.get(name, math.inf) <= time.monotonic()

    async def _gone(self, connection: AsyncConnection, names: Iterable[str]) -> list[str]:
        """Those of the names that nobody holds any more."""
        watched = [name for name in names if name.startswith(WATCHED)]
        if self._database.is_sqlite:
            folder = self._folder
            return [name for name in watched if folder is not None and _is_free(folder / name)]
        free = text("SELECT pg_try_advisory_xact_lock(:number)")
        return [name for name in watched if await connection.scalar(free, {"number": lock_number(name)})]

    async def _keep(self, name: str, held: asyncio.Future[None], settle_seconds: float) -> None:
        """Hold the name, and after a break of the connection hold it again."""
        assert self._database.locks is not None
        while True:
            try:
                async with self._database.locks.connect() as connection:
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                    for statement in _KEEPALIVE.split("; "):
                        await connection.execute(text(statement))
                    await connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": lock_number(name)})
                    self._settled_at[name] = time.monotonic() + settle_seconds
                    if not held.done():
                        held.set_result(None)
                    while True:
                        await asyncio.sleep(_BEAT_SECONDS)
                        await connection.execute(text("SELECT 1"))
            except DATABASE_ERRORS as error:
                if not held.done():
                    raise explain(error, is_sqlite=False) from None
            finally:
                self._settled_at.pop(name, None)
            await asyncio.sleep(_BEAT_SECONDS)

    @property
    def _folder(self) -> Path | None:
        file = self._database.file
        return file and file.with_name(f"{file.name}-workers")

    @contextmanager
    def _locked_file(self, name: str) -> Iterator[None]:
        """A database in memory has no other process to tell."""
        if self._folder is None:
            yield
            return
        path = self._folder / name
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            for left in path.parent.iterdir():
                _is_free(left)
            file = _lock(path)
        except OSError as error:
            raise explain(error, is_sqlite=True) from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(file)


def _lock(path: Path) -> int:
    """Make and lock a file; made anew when somebody cleared it away in between."""
    while True:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_nlink:
            return file
        os.close(file)


def _is_free(path: Path) -> bool:
    """Whether the file's holder is gone; a file left behind is cleared away."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True
