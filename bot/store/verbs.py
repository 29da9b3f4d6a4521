"""What every group of verbs stands on: the database and the clock.

Knows no table.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database

Clock = Callable[[], datetime]


class Verbs:
    """A database and a clock; the groups of verbs add themselves to it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock


def lock_number(name: str) -> int:
    """The number of PostgreSQL's advisory lock for a name."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


async def remove(connection: AsyncConnection, statement: Delete) -> int:
    """Delete and count: RETURNING tells the truth on both drivers, `rowcount` does not."""
    rows: Any = await connection.execute(statement.returning(statement.table.c[0]))
    return len(rows.all())
