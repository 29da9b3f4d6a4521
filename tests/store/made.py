"""Subscriptions and claims for the tests of the store. A few lines each; knows no test."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.errors import StoreError
from bot.store.model import Claim, Delivery, Plan, Planned, State, Subscription, Wanted
from bot.store.store import Store

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=15)
DAY = date(2026, 3, 2)


def wanted(channel: str = "c1", **changes: Any) -> Wanted:
    values: dict[str, Any] = {
        "platform": "discord",
        "workspace_id": "w1",
        "channel_id": channel,
        "episode_id": "e1",
        "local_time": time(9, 30),
        "zone": "Europe/Berlin",
    }
    return Wanted(**values | changes)


def one_a_day(subscription: Subscription, delivered: frozenset[date]) -> Plan:
    """Claim today's slot with the insight named after how many were used, unless today is taken."""
    due = subscription.next_due_at
    assert due is not None
    insight = f"insight-{len(subscription.used)}"
    after = replace(subscription, next_due_at=due + timedelta(days=1), used=(*subscription.used, insight))
    slot = Planned(local_date=due.date(), due_at=due, state=State.CLAIMED, insight_id=insight)
    return Plan(deliveries=() if due.date() in delivered else (slot,), after=after)


async def claim(store: Store, now: datetime, *, worker: str = "one", limit: int = 100) -> Sequence[Claim]:
    due = {"until": now, "platforms": ["discord"], "lease": LEASE, "worker": worker, "limit": limit}
    return await store.claim_due(**due, plan=one_a_day) or ()


async def held(store: Store, now: datetime) -> Delivery:
    """A subscription due now, claimed by worker `one`."""
    await store.subscribe(wanted(), next_due_at=now)
    return (await claim(store, now))[0].delivery


async def now_in_store(store: Store, delivery: Delivery) -> Delivery:
    return (await store.deliveries_of(delivery.subscription_id))[0]


def one_line(caught: pytest.ExceptionInfo[StoreError]) -> str:
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 160
    return text
