"""Driver errors, told in one clear line each.

Knows no verbs; never repeats a driver's own text, which may hold what a person typed.
"""

import asyncio

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import StoreError

DATABASE_ERRORS = (
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    asyncio.TimeoutError,
)

_SQLITE = {
    "disk is full": "the disk is full; nothing was written. Free some space, the bot goes on by itself",
    "is locked": "another process holds the file; nothing was written. It is tried again by itself",
    "readonly database": "the file cannot be written; check its owner and the folder's rights",
    "unable to open": "the file cannot be opened; check DATA_DIR and the folder's rights",
    "not a database": "the file is no SQLite database; move it away or restore a backup",
    "malformed": "the file is damaged; restore a backup",
    "disk i/o error": "the disk reports an error; check it, nothing was written",
}
_POSTGRESQL = {
    "53100": "PostgreSQL's disk is full; nothing was written. Free some space, the bot goes on by itself",
    "53300": "PostgreSQL takes no more connections; raise max_connections or run fewer replicas",
    "28P01": "PostgreSQL refuses the password in DATABASE_URL",
    "28000": "PostgreSQL refuses the user in DATABASE_URL; check pg_hba.conf",
    "3D000": "PostgreSQL has no database of that name; create it or correct DATABASE_URL",
    "42501": "the user in DATABASE_URL lacks rights on the tables; grant them",
    "25006": "PostgreSQL is read-only just now; it is tried again by itself",
    "55P03": "a lock was not free in time; it is tried again by itself",
}
_LOST = "no connection to PostgreSQL; check that it runs and that DATABASE_URL is right"


def explain(error: BaseException, *, is_sqlite: bool) -> StoreError:
    """The StoreError to raise for a driver's error: what is wrong and what to do, in one line."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if is_sqlite:
        return StoreError(f"database: {_sqlite_line(original)}")
    code = getattr(original, "sqlstate", None) or getattr(original.__cause__, "sqlstate", None)
    if code in _POSTGRESQL:
        return StoreError(f"database: {_POSTGRESQL[code]}")
    if code is None or code[:2] in ("08", "57"):
        return StoreError(f"database: {_LOST}")
    return StoreError(f"database: PostgreSQL refused the statement (code {code}); nothing was written")


def _sqlite_line(error: BaseException) -> str:
    text = str(error).lower()
    for sign, line in _SQLITE.items():
        if sign in text:
            return line
    return f"SQLite refused the statement ({type(error).__name__}); nothing was written"
