"""Channels' daily settings: set, change, pause, stop.

Knows no calendar: when a subscription is due next is worked out by the caller.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.model import Replacement, State, Subscription, Wanted
from bot.store.rows import row_of_progress, row_of_wanted, subscription_of
from bot.store.verbs import Verbs

_FRESH: dict[str, Any] = {"is_paused": False, "paused_until": None, "pause_reason": None, "last_error": None}


class Subscriptions(Verbs):
    """Verbs for the people who run a channel. Those that change one return it as it stands, None if it is gone."""

    async def subscribe(
        self, wanted: Wanted, *, next_due_at: datetime | None, used: Sequence[str] = ()
    ) -> Subscription:
        """Set a channel's subscription, or set it anew: its rotation and its deliveries stay, a pause ends.

        `used` begins the rotation of one that is not there yet.
        """
        now = self._clock()
        changed = row_of_wanted(wanted) | _FRESH | {"changed_at": now, "next_due_at": next_due_at}
        changed |= {"skip_dates": [], "replacement": None}
        fresh = {"id": wanted.id, "created_at": now, "round": 0, "used": list(used)}
        insert = self._database.insert(tables.subscriptions).values(**fresh, **changed)
        statement = insert.on_conflict_do_update(index_elements=["id"], set_=changed).returning(tables.subscriptions)
        async with self._database.writing() as connection:
            return subscription_of((await connection.execute(statement)).mappings().one())

    async def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription of that id."""
        async with self._database.reading() as connection:
            return await find_subscription(connection, subscription_id)

    async def subscriptions_of(
        self, platform: str, workspace_id: str, channel_id: str | None = None
    ) -> tuple[Subscription, ...]:
        """The subscriptions of a workspace, or of one channel in it."""
        found = tables.subscriptions.c
        statement = select(tables.subscriptions).where(found.platform == platform, found.workspace_id == workspace_id)
        if channel_id is not None:
            statement = statement.where(found.channel_id == channel_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement.order_by(found.created_at, found.id))).mappings().all()
        return tuple(subscription_of(row) for row in rows)

    async def subscriptions_after(self, subscription_id: str, *, limit: int) -> tuple[Subscription, ...]:
        """All subscriptions in order of id, a page at a time; start with an empty id."""
        found = tables.subscriptions.c
        statement = select(tables.subscriptions).where(found.id > subscription_id).order_by(found.id).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return tuple(subscription_of(row) for row in rows)

    async def pause(
        self, subscription_id: str, *, until: datetime | None, reason: str, next_due_at: datetime | None
    ) -> Subscription | None:
        """Post nothing before `until`, or until `resume`."""
        values = {"is_paused": True, "paused_until": until, "pause_reason": reason, "next_due_at": next_due_at}
        return await self._change(subscription_id, values)

    async def resume(self, subscription_id: str, *, next_due_at: datetime | None) -> Subscription | None:
        """End a pause, whoever began it."""
        return await self._change(subscription_id, _FRESH | {"next_due_at": next_due_at})

    async def skip(self, subscription_id: str, day: date) -> Subscription | None:
        """Leave one local date out."""
        async with self._database.writing() as connection:
            found = await find_subscription(connection, subscription_id, for_update=not self._database.is_sqlite)
            if found is None:
                return None
            changed = replace(found, skip_dates=tuple(sorted({*found.skip_dates, day})))
            await write_progress(connection, [changed])
            return changed

    async def put_replacement(self, subscription_id: str, replacement: Replacement) -> Subscription | None:
        """Post this insight on that date instead of the one whose turn it is."""
        value = [replacement.local_date.isoformat(), replacement.insight_id]
        return await self._change(subscription_id, {"replacement": value})

    async def put_next_due(self, moved: Mapping[str, tuple[datetime | None, datetime | None]]) -> None:
        """Correct the next due time of many, id -> (as it was, as it is): one that moved meanwhile stays."""
        if not moved:
            return
        found = tables.subscriptions.c
        statement = (
            update(tables.subscriptions)
            .where(found.id == bindparam("b_id"), found.next_due_at == bindparam("b_was"))
            .values(next_due_at=bindparam("b_is"))
        )
        rows = [{"b_id": key, "b_was": was, "b_is": due} for key, (was, due) in sorted(moved.items())]
        async with self._database.writing() as connection:
            await connection.execute(statement, rows)

    async def unsubscribe(self, subscription_id: str) -> bool:
        """End a subscription. Its deliveries stay, so that setting it again on the same day posts no second time."""
        found = tables.subscriptions.c
        async with self._database.writing() as connection:
            statement = delete(tables.subscriptions).where(found.id == subscription_id).returning(found.id)
            was_there = (await connection.execute(statement)).first() is not None
            await _close_open_claims(connection, [subscription_id], self._clock())
        return was_there

    async def forget_workspace(self, platform: str, workspace_id: str) -> int:
        """End all subscriptions of a workspace that removed the bot; how many those were."""
        found = tables.subscriptions.c
        statement = delete(tables.subscriptions).where(found.platform == platform, found.workspace_id == workspace_id)
        async with self._database.writing() as connection:
            ended = list((await connection.execute(statement.returning(found.id))).scalars())
            await _close_open_claims(connection, ended, self._clock())
        return len(ended)

    async def next_due_at(self, platforms: Collection[str]) -> datetime | None:
        """When the next subscription on one of these platforms is due; None when none is."""
        found = tables.subscriptions.c
        statement = select(found.next_due_at).where(found.next_due_at.is_not(None), found.platform.in_(platforms))
        async with self._database.reading() as connection:
            first: datetime | None = await connection.scalar(statement.order_by(found.next_due_at).limit(1))
        return first

    async def _change(self, subscription_id: str, values: dict[str, Any]) -> Subscription | None:
        statement = (
            update(tables.subscriptions)
            .where(tables.subscriptions.c.id == subscription_id)
            .values(**values, changed_at=self._clock())
            .returning(tables.subscriptions)
        )
        async with self._database.writing() as connection:
            row = (await connection.execute(statement)).mappings().first()
        return None if row is None else subscription_of(row)


async def write_progress(connection: AsyncConnection, changed: Sequence[Subscription]) -> None:
    """Write what a runner moved on, many at once."""
    if not changed:
        return
    rows = [{"b_id": item.id, **row_of_progress(item)} for item in changed]
    names = [name for name in rows[0] if name != "b_id"]
    statement = update(tables.subscriptions).where(tables.subscriptions.c.id == bindparam("b_id"))
    await connection.execute(statement.values({name: bindparam(name) for name in names}), rows)


async def find_subscription(
    connection: AsyncConnection, subscription_id: str, *, for_update: bool = False
) -> Subscription | None:
    """The subscription of that id; `for_update` holds its row until the transaction ends (PostgreSQL only)."""
    statement = select(tables.subscriptions).where(tables.subscriptions.c.id == subscription_id)
    if for_update:
        statement = statement.with_for_update()
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else subscription_of(row)


async def _close_open_claims(connection: AsyncConnection, ids: Sequence[str], now: datetime) -> None:
    """What was claimed and not begun is skipped; what may be on its way is uncertain until its worker says more."""
    found = tables.deliveries.c
    open_claims = update(tables.deliveries).where(found.subscription_id.in_(ids), found.state == State.CLAIMED)
    closed = {"lease_until": None, "changed_at": now, "error": "the subscription was stopped"}
    await connection.execute(open_claims.where(found.sending_since.is_(None)).values(state=State.SKIPPED, **closed))
    await connection.execute(open_claims.values(state=State.UNCERTAIN, **closed))
