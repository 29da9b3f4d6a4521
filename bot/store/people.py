"""What is kept of people: votes, and questions where the operator asked for that.

A person is a keyed hash made by the caller; one verb forgets everything of one.
"""

from sqlalchemy import delete, func, select, true

from bot.store import tables
from bot.store.model import KeptQuestion, Votes
from bot.store.verbs import Verbs, remove


class People(Verbs):
    """Verbs for votes and kept questions."""

    async def vote(self, *, episode_id: str, hit_id: str, user_hash: str, platform: str, is_up: bool) -> None:
        """One vote a person and hit; voting again changes it."""
        values = {"platform": platform, "is_up": is_up, "voted_at": self._clock()}
        insert = self._database.insert(tables.votes).values(
            episode_id=episode_id, hit_id=hit_id, user_hash=user_hash, **values
        )
        statement = insert.on_conflict_do_update(index_elements=["episode_id", "hit_id", "user_hash"], set_=values)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def votes_of(self, episode_id: str, hit_id: str) -> Votes:
        """The votes for one hit."""
        return (await self._count_votes(episode_id, hit_id)).get(hit_id, Votes())

    async def votes_by_hit(self, episode_id: str) -> dict[str, Votes]:
        """The votes of an episode, by hit id."""
        return await self._count_votes(episode_id, None)

    async def _count_votes(self, episode_id: str, hit_id: str | None) -> dict[str, Votes]:
        votes = tables.votes.c
        statement = select(votes.hit_id, votes.is_up, func.count().label("count")).where(
            votes.episode_id == episode_id, (votes.hit_id == hit_id) if hit_id is not None else true()
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement.group_by(votes.hit_id, votes.is_up))).all()
        counts = {(row[0], bool(row[1])): int(row[2]) for row in rows}
        hits = sorted({hit for hit, _ in counts})
        return {hit: Votes(up=counts.get((hit, True), 0), down=counts.get((hit, False), 0)) for hit in hits}

    async def keep_question(self, question: KeptQuestion) -> None:
        """Keep what was asked. Only for operators who turned KEEP_QUESTIONS on."""
        async with self._database.writing() as connection:
            await connection.execute(
                tables.kept_questions.insert().values(
                    platform=question.platform,
                    user_hash=question.user_hash,
                    text=question.text,
                    outcome=question.outcome,
                    hit_id=question.hit_id,
                    asked_at=question.asked_at,
                )
            )

    async def kept_questions(self, *, limit: int = 1000) -> tuple[KeptQuestion, ...]:
        """The newest kept questions, newest first."""
        kept = tables.kept_questions.c
        statement = select(tables.kept_questions).order_by(kept.asked_at.desc(), kept.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return tuple(KeptQuestion(**{name: row[name] for name in row if name != "id"}) for row in rows)

    async def forget_user(self, user_hash: str) -> int:
        """Remove everything kept of a person; how many rows that were."""
        async with self._database.writing() as connection:
            return sum(
                [
                    await remove(connection, delete(table).where(table.c.user_hash == user_hash))
                    for table in (tables.votes, tables.kept_questions)
                ]
            )
