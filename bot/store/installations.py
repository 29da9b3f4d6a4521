"""Slack workspaces that installed the bot, and the states of installs under way.

Keeps encrypted payloads only: what is in them, and the key, is the caller's business.
"""

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select

from bot.store import tables
from bot.store.model import Installation
from bot.store.verbs import Verbs, remove

_KEY = ("enterprise_id", "team_id", "user_id")


class Installations(Verbs):
    """Verbs for installing and removing."""

    async def save_installation(self, installation: Installation) -> None:
        """Keep or renew an installation. An empty `user_id` is the bot's own."""
        values = {"payload": installation.payload, "installed_at": installation.installed_at}
        key = {name: getattr(installation, name) for name in _KEY}
        insert = self._database.insert(tables.installations).values(**key, **values)
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=list(_KEY), set_=values))

    async def find_installation(
        self, *, enterprise_id: str = "", team_id: str = "", user_id: str = ""
    ) -> Installation | None:
        """The installation with exactly these ids."""
        found = and_(_is_team(enterprise_id, team_id), tables.installations.c.user_id == user_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(tables.installations).where(found))).mappings().first()
        return None if row is None else Installation(**row)

    async def delete_installation(
        self, *, enterprise_id: str = "", team_id: str = "", user_id: str | None = None
    ) -> int:
        """Forget a workspace, or with `user_id` one installation of it; how many rows that were."""
        found = _is_team(enterprise_id, team_id)
        if user_id is not None:
            found = and_(found, tables.installations.c.user_id == user_id)
        async with self._database.writing() as connection:
            return await remove(connection, delete(tables.installations).where(found))

    async def issue_oauth_state(self, *, keep: timedelta) -> str:
        """A fresh unguessable state that can be consumed once until `keep` is over."""
        state = secrets.token_urlsafe(32)
        async with self._database.writing() as connection:
            await connection.execute(tables.oauth_states.insert().values(state=state, expires_at=self._clock() + keep))
        return state

    async def consume_oauth_state(self, state: str) -> bool:
        """True once, for a state that was issued and has not expired."""
        states = tables.oauth_states.c
        statement = delete(tables.oauth_states).where(states.state == state).returning(states.expires_at)
        async with self._database.writing() as connection:
            expires_at = await connection.scalar(statement)
        return expires_at is not None and expires_at > self._clock()


def _is_team(enterprise_id: str, team_id: str) -> ColumnElement[bool]:
    found = tables.installations.c
    return and_(found.enterprise_id == enterprise_id, found.team_id == team_id)
