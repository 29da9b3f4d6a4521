"""Claims: who may post which insight for which day, and what became of it.

Every claim is written before anything is sent, and whoever lost one finds out before sending.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError
from bot.store import tables
from bot.store.model import Chooser, Claim, Delivery, Plan, Planned, Planner, State, Subscription
from bot.store.presence import SETTLE_SECONDS, Presence
from bot.store.rows import delivery_of, subscription_of
from bot.store.subscriptions import find_subscription, write_progress

_OLDER_DATES = timedelta(days=2)
_KEY = ("subscription_id", "local_date", "extra")


class Deliveries(Presence):
    """Verbs of the runner. `worker` is a name no other runner has, best one from `present`."""

    async def claim_due(
        self, *, until: datetime, platforms: Collection[str], lease: timedelta, worker: str, limit: int, plan: Planner
    ) -> tuple[Claim, ...] | None:
        """Plan up to `limit` subscriptions due by `until`, and hold what the plans want sent.

        None when nothing was due. Other replicas pass over the rows this one is at.
        """
        async with self._database.writing() as connection:
            due = await self._due(connection, until, platforms, limit)
            if not due:
                return None
            known = await _delivered_dates(connection, due)
            plans = [(item, plan(item, known.get(item.id, frozenset()))) for item in due]
            claims = await self._write_plans(connection, plans, lease, worker)
            await write_progress(connection, [made.after for _, made in plans])
        return claims

    async def _due(
        self, connection: AsyncConnection, until: datetime, platforms: Collection[str], limit: int
    ) -> list[Subscription]:
        found = tables.subscriptions.c
        is_due = and_(found.next_due_at <= until, found.platform.in_(platforms))
        statement = select(tables.subscriptions).where(is_due).order_by(found.next_due_at)
        rows = await connection.execute(self._passing_over(statement.limit(limit), of=tables.subscriptions))
        return [subscription_of(row) for row in rows.mappings()]

    def _passing_over(self, statement: Select[Any], *, of: Table) -> Select[Any]:
        return statement if self._database.is_sqlite else statement.with_for_update(skip_locked=True, of=of)

    async def _write_plans(
        self,
        connection: AsyncConnection,
        plans: Sequence[tuple[Subscription, Plan]],
        lease: timedelta,
        worker: str,
    ) -> tuple[Claim, ...]:
        now = self._clock()
        rows = [_new_row(made.after, item, now, lease, worker) for _, made in plans for item in made.deliveries]
        if not rows:
            return ()
        insert = self._database.insert(tables.deliveries).on_conflict_do_nothing()
        written = await connection.execute(insert.returning(*(tables.deliveries.c[name] for name in _KEY)), rows)
        won = {tuple(row) for row in written}
        after = {made.after.id: made.after for _, made in plans}
        return tuple(
            Claim(subscription=after[row["subscription_id"]], delivery=delivery_of(row))
            for row in rows
            if row["state"] == State.CLAIMED and tuple(row[name] for name in _KEY) in won
        )

    async def claim_extra(
        self, subscription_id: str, *, key: str, local_date: date, worker: str, lease: timedelta, choose: Chooser
    ) -> Claim | None:
        """Hold a post on demand, beside the day's own slot; None when that key was claimed before, or all is gone."""
        now = self._clock()
        async with self._database.writing() as connection:
            found = await find_subscription(connection, subscription_id, for_update=not self._database.is_sqlite)
            chosen = found and choose(found)
            if not chosen:
                return None
            insight_id, after = chosen
            planned = Planned(local_date=local_date, due_at=now, state=State.CLAIMED, insight_id=insight_id)
            row = _new_row(after, planned, now, lease, worker) | {"extra": key}
            insert = self._database.insert(tables.deliveries).values(**row).on_conflict_do_nothing()
            if (await connection.execute(insert.returning(tables.deliveries.c.extra))).first() is None:
                return None
            await write_progress(connection, [after])
        return Claim(subscription=after, delivery=delivery_of(row))

    async def take_over(
        self,
        *,
        platforms: Collection[str],
        lease: timedelta,
        worker: str,
        limit: int,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> tuple[Claim, ...]:
        """Hold up to `limit` open deliveries nobody holds any more: left by a crash, or due for another try.

        `settle_seconds`: how long a worker must be gone before a send it began is taken; till then the platform
        may still be at it, or the worker only be cut off from the database.
        """
        now = self._clock()
        found, owner = tables.deliveries.c, tables.subscriptions.c
        key = [found[name] for name in _KEY]
        async with self._database.writing() as connection:
            is_free = or_(found.lease_until <= now, await self._is_left_behind(connection, worker, settle_seconds))
            free = (
                select(*key)
                .join(tables.subscriptions, owner.id == found.subscription_id)
                .where(found.state == State.CLAIMED, is_free, owner.platform.in_(platforms))
                .order_by(found.lease_until)
            )
            free = self._passing_over(free.limit(limit), of=tables.deliveries)
            keys = [tuple(row) for row in await connection.execute(free)]
            if not keys:
                return ()
            statement = (
                update(tables.deliveries)
                .where(tuple_(*key).in_(keys))
                .values(worker=worker, lease_until=now + lease, changed_at=now)
                .returning(tables.deliveries)
            )
            taken = [delivery_of(row) for row in (await connection.execute(statement)).mappings()]
            holders = select(tables.subscriptions).where(
                tables.subscriptions.c.id.in_({item.subscription_id for item in taken})
            )
            owners = {row["id"]: subscription_of(row) for row in (await connection.execute(holders)).mappings()}
        return tuple(
            Claim(subscription=owners[item.subscription_id], delivery=item)
            for item in sorted(taken, key=lambda item: (item.due_at, item.subscription_id))
            if item.subscription_id in owners
        )

    async def _is_left_behind(
        self, connection: AsyncConnection, worker: str, settle_seconds: float
    ) -> ColumnElement[bool]:
        """Held by a worker that is gone; with a send that began, by one that has been for so long."""
        found = tables.deliveries.c
        is_open = and_(found.lease_until.is_not(None), found.worker.is_not(None), found.worker != worker)
        holders = (await connection.execute(select(found.worker).where(is_open).distinct())).scalars().all()
        gone = await self._gone(connection, holders)
        surely_gone = self._gone_for(gone, settle_seconds)
        return or_(found.worker.in_(surely_gone), and_(found.worker.in_(gone), found.sending_since.is_(None)))

    async def begin_send(self, delivery: Delivery, *, lease: timedelta) -> bool:
        """Write down that a send begins, just before it. False: the claim was lost, send nothing.

        Raises StoreError also when the worker's own name is not held just now: others may think it gone.
        """
        now = self._clock()
        held = and_(_held(delivery), tables.deliveries.c.lease_until > now)
        values = {"sending_since": now, "lease_until": now + lease, "attempts": tables.deliveries.c.attempts + 1}
        async with self._database.writing() as connection:
            begun = await _set(connection, held, values | {"changed_at": now}) is not None
            if begun and not self._is_present(delivery.worker):
                raise StoreError("database: this worker's lock was lost; it goes on under a new one by itself")
        return begun

    async def mark_sent(self, delivery: Delivery, *, message_ref: str) -> bool:
        """The platform accepted the post. False: another worker had taken the claim over."""
        now = self._clock()
        closed = {"state": State.SENT, "message_ref": message_ref, "error": None, "lease_until": None}
        async with self._database.writing() as connection:
            await self._hold_used(connection, delivery)
            if await _set(connection, _held(delivery, stopped=True), closed | {"changed_at": now}) is None:
                return False
            await connection.execute(
                update(tables.subscriptions)
                .where(tables.subscriptions.c.id == delivery.subscription_id)
                .values(last_sent_at=now, last_error=None)
            )
        return True

    async def mark_closed(self, delivery: Delivery, state: State, *, reason: str) -> bool:
        """Close a delivery that will not be tried again: failed, missed, skipped or uncertain.

        What was surely not posted gives its insight back to the rotation.
        """
        now = self._clock()
        closed = {"state": state, "error": reason, "lease_until": None, "changed_at": now}
        async with self._database.writing() as connection:
            used = await self._hold_used(connection, delivery)
            if await _set(connection, _held(delivery), closed) is None:
                return False
            given_back = [insight for insight in used if insight != delivery.insight_id]
            await _note(connection, delivery, reason, used if state is State.UNCERTAIN else given_back)
        return True

    async def try_later(self, delivery: Delivery, *, at: datetime, reason: str, was_posted: bool | None) -> bool:
        """Give a claim back until `at`. `was_posted` None: it may have been, so the next holder must find out."""
        values: dict[str, Any] = {"lease_until": at, "worker": None, "error": reason, "changed_at": self._clock()}
        if was_posted is False:
            values["sending_since"] = None
        async with self._database.writing() as connection:
            used = await self._hold_used(connection, delivery)
            if await _set(connection, _held(delivery), values) is None:
                return False
            await _note(connection, delivery, reason, used)
        return True

    async def _hold_used(self, connection: AsyncConnection, delivery: Delivery) -> Sequence[str]:
        """The used insights, with the subscription's row held: it is always held before its deliveries' rows."""
        statement = select(tables.subscriptions.c.used).where(tables.subscriptions.c.id == delivery.subscription_id)
        held = statement if self._database.is_sqlite else statement.with_for_update()
        return await connection.scalar(held) or ()

    async def deliveries_of(self, subscription_id: str, *, limit: int = 30) -> tuple[Delivery, ...]:
        """The newest deliveries of a subscription, newest first."""
        found = tables.deliveries.c
        statement = select(tables.deliveries).where(found.subscription_id == subscription_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(statement.order_by(found.due_at.desc(), found.extra).limit(limit))
            return tuple(delivery_of(row) for row in rows.mappings())

    async def delivered_dates(self, subscription_id: str, *, since: date) -> frozenset[date]:
        """The local dates from `since` on whose slot is already used, whatever became of it."""
        found = tables.deliveries.c
        statement = select(found.local_date).where(
            found.subscription_id == subscription_id, found.local_date >= since, found.extra == ""
        )
        async with self._database.reading() as connection:
            return frozenset((await connection.execute(statement)).scalars())


def _new_row(
    subscription: Subscription, planned: Planned, now: datetime, lease: timedelta, worker: str
) -> dict[str, Any]:
    is_open = planned.state is State.CLAIMED
    return {
        "subscription_id": subscription.id,
        "local_date": planned.local_date,
        "extra": "",
        "due_at": planned.due_at,
        "state": planned.state,
        "insight_id": planned.insight_id,
        "attempts": 0,
        "worker": worker if is_open else None,
        "lease_until": now + lease if is_open else None,
        "sending_since": None,
        "message_ref": None,
        "error": None,
        "changed_at": now,
    }


async def _delivered_dates(connection: AsyncConnection, due: Sequence[Subscription]) -> dict[str, frozenset[date]]:
    found = tables.deliveries.c
    since = min(item.next_due_at for item in due if item.next_due_at is not None).date() - _OLDER_DATES
    statement = select(found.subscription_id, found.local_date).where(
        found.subscription_id.in_([item.id for item in due]), found.local_date >= since, found.extra == ""
    )
    known: dict[str, set[date]] = {}
    for row in await connection.execute(statement):
        known.setdefault(row[0], set()).add(row[1])
    return {key: frozenset(days) for key, days in known.items()}


def _held(delivery: Delivery, *, stopped: bool = False) -> ColumnElement[bool]:
    """This delivery, still open and in this worker's hands; with `stopped` also one closed under them."""
    found = tables.deliveries.c
    states = [State.CLAIMED, State.UNCERTAIN] if stopped else [State.CLAIMED]
    key = and_(*(found[name] == getattr(delivery, name) for name in _KEY))
    return and_(key, found.worker == delivery.worker, found.state.in_(states))


async def _set(connection: AsyncConnection, where: ColumnElement[bool], values: dict[str, Any]) -> object:
    statement = update(tables.deliveries).where(where).values(**values)
    return (await connection.execute(statement.returning(tables.deliveries.c.subscription_id))).first()


async def _note(connection: AsyncConnection, delivery: Delivery, problem: str, used: Sequence[str]) -> None:
    mine = tables.subscriptions.c.id == delivery.subscription_id
    await connection.execute(update(tables.subscriptions).where(mine).values(last_error=problem, used=list(used)))
