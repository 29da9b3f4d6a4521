"""Short memories: events already handled, posts already shared, topics of conversations, small settings.

Keeps no words of a person: keys and our own ids, most with an end.
"""

from datetime import timedelta

from sqlalchemy import delete, select

from bot.store import tables
from bot.store.model import Topic
from bot.store.verbs import Verbs

_SHARED_FOR = timedelta(days=30)


class Marks(Verbs):
    """Verbs for what happened once."""

    async def seen_before(self, event_key: str, *, keep: timedelta) -> bool:
        """False for exactly one caller per key, in all processes, until `keep` is over; True for the others."""
        now = self._clock()
        insert = self._database.insert(tables.seen).values(key=event_key, expires_at=now + keep)
        statement = insert.on_conflict_do_update(
            index_elements=["key"],
            set_={"expires_at": insert.excluded.expires_at},
            where=tables.seen.c.expires_at <= now,
        ).returning(tables.seen.c.key)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).first() is None

    async def forget_seen(self, event_key: str) -> None:
        """Make a key new again, for work that was claimed and then could not be done."""
        async with self._database.writing() as connection:
            await connection.execute(delete(tables.seen).where(tables.seen.c.key == event_key))

    async def claim_share(self, key: str) -> bool:
        """True for the one press of Share that may post; False for every later one."""
        return not await self.seen_before(f"share:{key}", keep=_SHARED_FOR)

    async def remember_topic(self, key: str, *, episode_id: str, hit_id: str, keep: timedelta) -> None:
        """What the conversation `key` is about from now on."""
        values = {"episode_id": episode_id, "hit_id": hit_id, "expires_at": self._clock() + keep}
        insert = self._database.insert(tables.topics).values(key=key, **values)
        statement = insert.on_conflict_do_update(index_elements=["key"], set_=values)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def topic_of(self, key: str) -> Topic | None:
        """The topic of a conversation; None when there was none or it has expired."""
        topics = tables.topics.c
        statement = select(topics.episode_id, topics.hit_id).where(topics.key == key, topics.expires_at > self._clock())
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).first()
        return None if row is None else Topic(episode_id=row.episode_id, hit_id=row.hit_id)

    async def setting_of(self, key: str) -> str | None:
        """A small value kept between starts, such as the hash of the synced commands."""
        kept = tables.kept_settings.c
        async with self._database.reading() as connection:
            value: str | None = await connection.scalar(select(kept.value).where(kept.key == key))
        return value

    async def set_setting(self, key: str, value: str) -> None:
        """Keep a small value."""
        insert = self._database.insert(tables.kept_settings).values(key=key, value=value)
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
