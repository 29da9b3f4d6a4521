"""Claims and deliveries, on SQLite and on a real PostgreSQL: one holder, once a day, nothing half written."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.store.model import Plan, State, Subscription
from bot.store.store import Store
from tests.store.made import DAY, LEASE, claim, held, now_in_store, one_a_day, wanted


async def test_a_day_is_claimed_once(store: Store, address: str, clock: Any) -> None:
    """Four workers on two stores share fifty due subscriptions without a double."""
    other = await Store.open(address, clock=clock)
    for number in range(50):
        await store.subscribe(wanted(f"c{number}"), next_due_at=clock())
    try:
        rounds = await asyncio.gather(
            *(claim(who, clock(), worker=f"w{number}", limit=7) for number, who in enumerate([store, other] * 8))
        )
    finally:
        await other.close()
    claims = [item for one in rounds for item in one]
    assert len(claims) == len({item.delivery.subscription_id for item in claims}) == 50
    assert (
        await store.claim_due(until=clock(), platforms=["discord"], lease=LEASE, worker="x", limit=9, plan=one_a_day)
        is None
    )


async def test_a_runner_claims_for_its_own_platforms_only(store: Store, clock: Any) -> None:
    """A process without a token for a platform leaves that platform's subscriptions and claims to others."""
    await store.subscribe(wanted(), next_due_at=clock())
    mine: dict[str, Any] = {"platforms": ["slack"], "lease": LEASE, "worker": "slack only", "limit": 9}
    assert await store.claim_due(until=clock(), plan=one_a_day, **mine) is None
    assert len(await claim(store, clock())) == 1
    clock.move(hours=1)
    assert await store.take_over(**mine) == ()


async def test_setting_again_on_the_same_day_claims_nothing_twice(store: Store, clock: Any) -> None:
    """Neither `set` nor `stop` and `set` give a channel a second insight on one local date."""
    delivery = await held(store, clock())
    await store.subscribe(wanted(), next_due_at=clock())
    assert await claim(store, clock()) == ()
    await store.unsubscribe(delivery.subscription_id)
    await store.subscribe(wanted(), next_due_at=clock())
    assert await claim(store, clock()) == ()
    assert await store.delivered_dates(delivery.subscription_id, since=DAY) == {DAY}


async def test_a_claim_goes_the_whole_way(store: Store, clock: Any) -> None:
    """Claimed, begun, sent: each step is written, and the subscription shows the success."""
    delivery = await held(store, clock())
    assert (delivery.state, delivery.sending_since, delivery.attempts) == (State.CLAIMED, None, 0)
    assert await store.begin_send(delivery, lease=LEASE)
    begun = await now_in_store(store, delivery)
    assert (begun.state, begun.sending_since, begun.attempts) == (State.CLAIMED, clock(), 1)
    assert await store.mark_sent(delivery, message_ref="m1")
    sent = await now_in_store(store, delivery)
    assert (sent.state, sent.message_ref, sent.lease_until) == (State.SENT, "m1", None)
    subscription = await store.subscription(delivery.subscription_id)
    assert subscription is not None
    assert subscription.last_sent_at == clock()


async def test_a_lost_claim_cannot_be_sent(store: Store, clock: Any) -> None:
    """Once the lease is over nothing may be sent on it, and another worker has it alone."""
    delivery = await held(store, clock())
    clock.move(minutes=16)
    assert not await store.begin_send(delivery, lease=LEASE)
    taken = await asyncio.gather(
        *(store.take_over(platforms=["discord"], lease=LEASE, worker=f"w{n}", limit=9) for n in range(4))
    )
    assert sorted(len(one) for one in taken) == [0, 0, 0, 1]
    assert not await store.mark_sent(delivery, message_ref="late")
    assert not await store.mark_closed(delivery, State.FAILED, reason="late")
    mine = next(one for one in taken if one)[0].delivery
    assert await store.begin_send(mine, lease=LEASE)


@pytest.mark.parametrize(
    ("was_posted", "keeps_mark"), [(False, False), (None, True)], ids=["surely not posted", "cannot tell"]
)
async def test_a_retry_waits_and_knows(store: Store, clock: Any, was_posted: bool | None, keeps_mark: bool) -> None:
    """A claim given back is nobody's until its time, and remembers whether a post may be out already."""
    delivery = await held(store, clock())
    await store.begin_send(delivery, lease=LEASE)
    at = clock() + timedelta(minutes=2)
    assert await store.try_later(delivery, at=at, reason="500", was_posted=was_posted)
    assert await store.take_over(platforms=["discord"], lease=LEASE, worker="two", limit=9) == ()
    clock.move(minutes=2)
    again = (await store.take_over(platforms=["discord"], lease=LEASE, worker="two", limit=9))[0]
    assert (again.delivery.sending_since is not None, again.delivery.attempts) == (keeps_mark, 1)
    assert again.subscription.last_error == "500"


@pytest.mark.parametrize(
    ("state", "used"),
    [(State.FAILED, ()), (State.MISSED, ()), (State.SKIPPED, ()), (State.UNCERTAIN, ("insight-0",))],
    ids=str,
)
async def test_only_what_may_be_posted_counts_as_used(
    store: Store, clock: Any, state: State, used: tuple[str, ...]
) -> None:
    """An insight that was surely not posted goes back into the rotation."""
    delivery = await held(store, clock())
    assert await store.mark_closed(delivery, state, reason="because")
    closed = await now_in_store(store, delivery)
    assert (closed.state, closed.error, closed.lease_until) == (state, "because", None)
    subscription = await store.subscription(delivery.subscription_id)
    assert subscription is not None
    assert (subscription.used, subscription.last_error) == (used, "because")


@pytest.mark.parametrize(
    ("begun", "state"), [(False, State.SKIPPED), (True, State.UNCERTAIN)], ids=["not begun", "on its way"]
)
async def test_stopping_closes_open_claims(store: Store, clock: Any, begun: bool, state: State) -> None:
    """After `stop` nothing open is sent; what was on its way may still be reported as sent by its worker."""
    delivery = await held(store, clock())
    if begun:
        await store.begin_send(delivery, lease=LEASE)
    await store.unsubscribe(delivery.subscription_id)
    assert (await now_in_store(store, delivery)).state is state
    assert not await store.begin_send(delivery, lease=LEASE)
    assert await store.mark_sent(delivery, message_ref="m1") is begun


async def test_a_post_on_demand_leaves_the_day_its_slot(store: Store, clock: Any) -> None:
    """A post on demand is claimed once by its key, has a mark of its own, and the day stays free."""
    made = await store.subscribe(wanted(), next_due_at=clock())

    def choose(subscription: Subscription) -> tuple[str, Subscription]:
        return "extra", replace(subscription, used=("extra",))

    extra: dict[str, Any] = {"local_date": DAY, "worker": "one", "lease": LEASE}
    first = await store.claim_extra(made.id, key="press-1", choose=choose, **extra)
    assert first is not None
    assert await store.claim_extra(made.id, key="press-1", choose=choose, **extra) is None
    assert await store.claim_extra(made.id, key="press-2", choose=lambda _: None, **extra) is None
    second = await store.claim_extra(made.id, key="press-2", choose=choose, **extra)
    assert second is not None
    own = (await claim(store, clock()))[0]
    assert own.subscription.used == ("extra", "insight-1")
    marks = {first.delivery.mark, second.delivery.mark, own.delivery.mark}
    assert len(marks) == 3
    assert all(len(mark) <= 25 for mark in marks)


async def test_a_failure_half_way_writes_nothing(store: Store, clock: Any) -> None:
    """When planning a batch fails, no delivery of it is written and all stay due."""
    for number in range(3):
        await store.subscribe(wanted(f"c{number}"), next_due_at=clock())
    planned: list[str] = []

    def breaks(subscription: Subscription, delivered: frozenset[date]) -> Plan:
        planned.append(subscription.id)
        if len(planned) == 3:
            raise KeyError("a bug")
        return one_a_day(subscription, delivered)

    with pytest.raises(KeyError):
        await store.claim_due(until=clock(), platforms=["discord"], lease=LEASE, worker="one", limit=9, plan=breaks)
    assert len(await claim(store, clock())) == 3
