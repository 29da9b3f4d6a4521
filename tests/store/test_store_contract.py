"""What every store promises, on SQLite and on a real PostgreSQL.

One file for both: a difference between the two is a failing test.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.errors import StoreError
from bot.store.model import (
    Claim,
    Delivery,
    Installation,
    KeptQuestion,
    Plan,
    Planned,
    Replacement,
    State,
    Subscription,
    Topic,
    Votes,
    Wanted,
)
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


async def test_an_event_is_new_once(store: Store, clock: Any) -> None:
    """Of many askers at once exactly one is told that an event is new, until its memory ends."""
    answers = await asyncio.gather(*(store.seen_before("event", keep=HOUR) for _ in range(12)))
    assert sorted(answers) == [False] + [True] * 11
    clock.move(hours=1)
    assert not await store.seen_before("event", keep=HOUR)
    assert not await store.seen_before("another", keep=HOUR)


async def test_a_forgotten_event_is_new_again(store: Store) -> None:
    """Work that was claimed and could not be done can be claimed again."""
    await store.seen_before("event", keep=HOUR)
    await store.forget_seen("event")
    assert not await store.seen_before("event", keep=HOUR)


async def test_a_share_is_claimed_once(store: Store) -> None:
    """However often Share is pressed, one press posts."""
    presses = await asyncio.gather(*(store.claim_share("message-1") for _ in range(5)))
    assert sum(presses) == 1


async def test_a_topic_lasts_as_long_as_asked(store: Store, clock: Any) -> None:
    """A conversation's topic is the last one remembered, and ends."""
    await store.remember_topic("thread", episode_id="e1", hit_id="note-1", keep=HOUR)
    await store.remember_topic("thread", episode_id="e1", hit_id="note-2", keep=HOUR)
    assert await store.topic_of("thread") == Topic(episode_id="e1", hit_id="note-2")
    assert await store.topic_of("other") is None
    clock.move(hours=1)
    assert await store.topic_of("thread") is None


async def test_a_setting_is_kept(store: Store) -> None:
    """A small value is there until it is replaced."""
    assert await store.setting_of("commands") is None
    await store.set_setting("commands", "hash-1")
    await store.set_setting("commands", "hash-2")
    assert await store.setting_of("commands") == "hash-2"


async def test_one_vote_a_person(store: Store) -> None:
    """A second vote of one person replaces the first, also when cast at the same moment."""
    for user, is_up in (("a", True), ("b", True), ("c", False), ("a", False)):
        await store.vote(episode_id="e1", hit_id="n1", user_hash=user, platform="slack", is_up=is_up)
    await asyncio.gather(
        *(store.vote(episode_id="e1", hit_id="n2", user_hash="a", platform="slack", is_up=True) for _ in range(5))
    )
    assert await store.votes_of("e1", "n1") == Votes(up=1, down=2)
    assert await store.votes_by_hit("e1") == {"n1": Votes(up=1, down=2), "n2": Votes(up=1)}
    assert await store.votes_of("e2", "n1") == Votes()


def asked(text: str, user: str, at: datetime) -> KeptQuestion:
    return KeptQuestion(platform="web", user_hash=user, text=text, outcome="answer", hit_id="n1", asked_at=at)


async def test_forgetting_a_person_removes_everything_of_them(store: Store, clock: Any) -> None:
    """Votes and kept questions of one person go, those of others stay."""
    for user in ("a", "b"):
        await store.vote(episode_id="e1", hit_id="n1", user_hash=user, platform="slack", is_up=True)
        await store.keep_question(asked("why \N{PILE OF POO}'; --?", user, clock()))
    assert await store.forget_user("a") == 2
    assert await store.forget_user("a") == 0
    assert await store.votes_of("e1", "n1") == Votes(up=1)
    assert await store.kept_questions() == (asked("why \N{PILE OF POO}'; --?", "b", clock()),)


async def test_a_purge_keeps_what_is_young(store: Store, clock: Any) -> None:
    """What has expired or passed its retention goes, and nothing else."""
    await held(store, clock())
    for key in ("old", "new"):
        await store.seen_before(key, keep=HOUR)
        await store.remember_topic(key, episode_id="e1", hit_id="n1", keep=HOUR)
        await store.issue_oauth_state(keep=HOUR)
        await store.vote(episode_id="e1", hit_id=key, user_hash="a", platform="slack", is_up=True)
        await store.keep_question(asked(key, "a", clock()))
        clock.move(days=20)
    purged = await store.purge(votes=timedelta(days=30), questions=timedelta(days=30), deliveries=timedelta(days=1))
    assert (purged.votes, purged.questions) == (1, 1)
    assert (purged.seen, purged.topics, purged.oauth_states) == (2, 2, 2)
    assert purged.deliveries == 0, "an open delivery is never purged"
    assert [question.text for question in await store.kept_questions()] == ["new"]
    assert await store.votes_by_hit("e1") == {"new": Votes(up=1)}


async def test_installations_come_and_go(store: Store, clock: Any) -> None:
    """A workspace's installation is kept by its ids, renewed, found exactly, and removed whole."""
    bot = Installation(enterprise_id="E1", team_id="T1", payload=b"\x00sealed", installed_at=clock())
    person = replace(bot, user_id="U1", payload=b"theirs")
    for item in (replace(bot, payload=b"older"), bot, person):
        await store.save_installation(item)
    assert await store.find_installation(enterprise_id="E1", team_id="T1") == bot
    assert await store.find_installation(enterprise_id="E1", team_id="T1", user_id="U1") == person
    assert await store.find_installation(team_id="T1") is None
    assert await store.delete_installation(enterprise_id="E1", team_id="T1") == 2
    assert await store.find_installation(enterprise_id="E1", team_id="T1") is None


async def test_an_oauth_state_is_used_once(store: Store, clock: Any) -> None:
    """A state is good for one return from the platform, and only in time."""
    state = await store.issue_oauth_state(keep=HOUR)
    late = await store.issue_oauth_state(keep=HOUR)
    answers = await asyncio.gather(*(store.consume_oauth_state(state) for _ in range(4)))
    assert sorted(answers) == [False, False, False, True]
    clock.move(hours=2)
    assert not await store.consume_oauth_state(late)
    assert not await store.consume_oauth_state("made up")


async def test_a_lock_is_held_alone(store: Store, address: str, clock: Any) -> None:
    """Between two stores on one database only one holder of a key is inside; another key is free."""
    other = await Store.open(address, clock=clock)
    inside: list[int] = []

    async def enter(who: Store) -> None:
        async with who.locked("team"):
            inside.append(1)
            assert len(inside) == 1
            await who.set_setting("in", "side")
            inside.pop()

    try:
        await asyncio.gather(*(enter(who) for who in (store, other) * 4))
        async with store.locked("team"), other.locked("another"):
            with pytest.raises(StoreError, match="not free in time"):
                async with other.locked("team", patience_seconds=0.1):
                    pytest.fail("two holders of one lock")
    finally:
        await other.close()


async def test_a_lock_is_free_after_a_failure(store: Store) -> None:
    """An error inside leaves through the lock, and the lock is free again."""
    with pytest.raises(KeyError):
        async with store.locked("team"):
            raise KeyError("inside")
    async with store.locked("team", patience_seconds=1):
        pass


async def test_setting_again_keeps_the_rotation(store: Store, clock: Any) -> None:
    """A channel set anew keeps its id and its used insights; a pause, a skip and a replacement end."""
    first = await store.subscribe(wanted(), next_due_at=clock())
    await claim(store, clock())
    await store.skip(first.id, DAY)
    await store.put_replacement(first.id, Replacement(local_date=DAY, insight_id="x"))
    await store.pause(first.id, until=None, reason="asked", next_due_at=None)
    clock.move(hours=1)
    again = await store.subscribe(wanted(theme="cuda", weekdays=(4, 0), chosen=("theme",)), next_due_at=clock())
    assert (again.id, again.used, again.theme, again.weekdays) == (first.id, ("insight-0",), "cuda", (0, 4))
    assert (again.is_paused, again.skip_dates, again.replacement, again.chosen) == (False, (), None, ("theme",))
    assert again.created_at < again.changed_at
    assert await store.subscription(first.id) == again


async def test_subscriptions_are_found_by_place(store: Store) -> None:
    """By workspace, by channel, by page; another workspace's stay out of sight."""
    for channel, workspace in (("c1", "w1"), ("c2", "w1"), ("c1", "w2")):
        await store.subscribe(wanted(channel, workspace_id=workspace), next_due_at=None)
    assert len(await store.subscriptions_of("discord", "w1")) == 2
    assert [item.channel_id for item in await store.subscriptions_of("discord", "w1", "c2")] == ["c2"]
    assert await store.subscriptions_of("slack", "w1") == ()
    first = await store.subscriptions_after("", limit=2)
    rest = await store.subscriptions_after(first[-1].id, limit=2)
    assert len({item.id for item in (*first, *rest)}) == 3
    assert await store.forget_workspace("discord", "w1") == 2
    assert len(await store.subscriptions_after("", limit=9)) == 1


async def test_pause_skip_replace_and_resume_are_kept(store: Store, clock: Any) -> None:
    """Each change comes back as it was made, and a subscription that is gone answers None."""
    made = await store.subscribe(wanted(), next_due_at=clock())
    until = clock() + timedelta(days=3)
    paused = await store.pause(made.id, until=until, reason="holidays", next_due_at=until)
    assert paused is not None
    assert (paused.is_paused, paused.paused_until, paused.pause_reason) == (True, until, "holidays")
    resumed = await store.resume(made.id, next_due_at=clock())
    assert resumed is not None
    assert (resumed.is_paused, resumed.paused_until, resumed.pause_reason) == (False, None, None)
    skipped = await store.skip(made.id, DAY)
    assert skipped is not None
    assert skipped.skip_dates == (DAY,)
    replaced = await store.put_replacement(made.id, Replacement(local_date=DAY, insight_id="x"))
    assert replaced is not None
    assert replaced.replacement == Replacement(local_date=DAY, insight_id="x")
    assert await store.unsubscribe(made.id)
    assert not await store.unsubscribe(made.id)
    assert await store.resume(made.id, next_due_at=None) is None
    assert await store.skip(made.id, DAY) is None


async def test_a_due_time_is_corrected_unless_it_moved(store: Store, clock: Any) -> None:
    """A correction after a change of zone rules never undoes what a runner did meanwhile."""
    made = await store.subscribe(wanted(), next_due_at=clock())
    other = await store.subscribe(wanted("c2"), next_due_at=clock())
    later = clock() + HOUR
    await store.put_next_due({made.id: (clock(), later), other.id: (later, later + HOUR)})
    found = {item.id: item.next_due_at for item in await store.subscriptions_after("", limit=9)}
    assert found == {made.id: later, other.id: clock()}
    assert (await store.next_due_at(["discord"]), await store.next_due_at(["elsewhere"])) == (clock(), None)


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
    assert await store.next_lease_end(["discord"]) is None


async def test_a_lost_claim_cannot_be_sent(store: Store, clock: Any) -> None:
    """Once the lease is over nothing may be sent on it, and another worker has it alone."""
    delivery = await held(store, clock())
    assert await store.next_lease_end(["discord"]) == clock() + LEASE
    assert await store.next_lease_end(["slack"]) is None
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


async def test_times_come_back_in_utc(store: Store) -> None:
    """A datetime of any zone comes back as the same instant in UTC; one without a zone is refused."""
    odd = datetime(2026, 3, 2, 3, 4, 5, 678901, tzinfo=UTC).astimezone()
    made = await store.subscribe(wanted(), next_due_at=odd)
    assert made.next_due_at == odd
    assert made.next_due_at.tzinfo is UTC
    with pytest.raises((StoreError, ValueError)):
        await store.subscribe(wanted(), next_due_at=datetime(2026, 3, 2))


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
