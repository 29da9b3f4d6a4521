"""The store: every verb in one object, on SQLite or PostgreSQL.

Knows which groups of verbs there are, and how old things go; the groups know the rest.
"""

from datetime import timedelta
from typing import Self

from sqlalchemy import delete, text

from bot.store import tables
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from bot.store.installations import Installations
from bot.store.locks import Locks
from bot.store.marks import Marks
from bot.store.model import Purged, State
from bot.store.people import People
from bot.store.subscriptions import Subscriptions
from bot.store.verbs import Clock, remove


class Store(Marks, People, Installations, Locks, Subscriptions, Deliveries):
    """What the bot remembers. Any verb may raise StoreError; then nothing was written and later calls recover."""

    @classmethod
    async def open(cls, url: str, *, clock: Clock, patience_seconds: float = 5.0) -> Self:
        """Open `postgresql://…`, `postgres://…` or `sqlite:///path`, and bring its tables up to date.

        `clock` gives aware datetimes. `patience_seconds`: how long to wait for a file another process holds.
        """
        return cls(await Database.open(url, patience_seconds=patience_seconds), clock)

    async def close(self) -> None:
        """Give the connections back; the store is of no use afterwards."""
        await self._database.close()

    async def ping(self) -> None:
        """Raise StoreError when the database cannot be reached."""
        async with self._database.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def purge(
        self,
        *,
        votes: timedelta = timedelta(days=365),
        questions: timedelta = timedelta(days=30),
        deliveries: timedelta = timedelta(days=400),
    ) -> Purged:
        """Remove what has expired, and what is older than its retention."""
        now = self._clock()
        closed = tables.deliveries.c.state != State.CLAIMED
        async with self._database.writing() as connection:
            return Purged(
                seen=await remove(connection, delete(tables.seen).where(tables.seen.c.expires_at <= now)),
                topics=await remove(connection, delete(tables.topics).where(tables.topics.c.expires_at <= now)),
                oauth_states=await remove(
                    connection, delete(tables.oauth_states).where(tables.oauth_states.c.expires_at <= now)
                ),
                votes=await remove(connection, delete(tables.votes).where(tables.votes.c.voted_at <= now - votes)),
                questions=await remove(
                    connection, delete(tables.kept_questions).where(tables.kept_questions.c.asked_at <= now - questions)
                ),
                deliveries=await remove(
                    connection, delete(tables.deliveries).where(tables.deliveries.c.due_at <= now - deliveries, closed)
                ),
            )
