"""What is left behind by crashes, a database in trouble and bugs goes on, once; nobody else waits for it."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.insights.poster import Outcome, Unclear
from bot.insights.posts import DailyPost
from bot.insights.sending import Handled
from bot.store.model import Claim, Delivery, State, Subscription
from bot.store.store import Store
from tests.insights.bench import DUE, Bench, failing, run_until
from tests.insights.fakes import Clock


@pytest.fixture
async def bench(store: Store, clock: Clock) -> Bench:
    clock.now = DUE
    return Bench(store, clock)


async def test_a_crash_before_sending_costs_nothing(bench: Bench) -> None:
    """A claim left by a killed process is posted by another once its lease is over, without a look."""
    made = await bench.subscribe()
    bench.platform.sights = [Unclear(reason="must not be asked")]
    assert await bench.new_runner().claim()
    await bench.work(minutes=14)
    assert bench.platform.posts == []
    await bench.work(minutes=2)
    assert ((await bench.last(made)).state, len(bench.platform.posts)) == (State.SENT, 1)


async def test_a_claim_nobody_carried_out_in_time_is_missed(bench: Bench) -> None:
    """Seven hours after a crash nothing is posted late; it is written down, and the insight comes another day."""
    made = await bench.subscribe()
    await bench.new_runner().claim()
    await bench.work(hours=7)
    assert ((await bench.last(made)).state, bench.platform.posts) == (State.MISSED, [])
    after = await bench.now(made)
    assert (after.is_paused, after.used) == (False, ())


async def test_a_worker_that_lost_its_claim_sends_nothing(bench: Bench) -> None:
    """A process that slept past its lease finds out before it posts."""
    made = await bench.subscribe()
    claims = await bench.runner.claim()
    assert claims
    bench.clock.move(minutes=20)
    await bench.work(bench.new_runner())
    handled = await bench.runner._sender.carry_out(claims[0])
    assert (handled.state, len(bench.platform.posts)) == (State.CLAIMED, 1)
    assert (await bench.last(made)).state is State.SENT


async def test_a_bug_in_one_delivery_stops_no_other(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is logged, and the rest of the batch is posted."""
    await bench.subscribe()
    await bench.subscribe(channel_id="c2")
    real, broken = bench.runner._sender.carry_out, [True]

    async def sometimes(claim: Claim) -> Handled:
        if broken:
            broken.pop()
            raise KeyError("a bug")
        return await real(claim)

    bench.runner._sender.carry_out = sometimes  # type: ignore[method-assign]
    await bench.work()
    assert len(bench.platform.posts) == 1
    assert "its lease ends by itself" in caplog.text
    await bench.work(minutes=16)
    assert len(bench.platform.posts) == 2


async def test_what_another_platforms_runner_has_to_do_keeps_nobody_awake(bench: Bench) -> None:
    """Overdue posts of a platform this process does not serve are not waited for."""
    await bench.subscribe(platform="slack")
    await run_until(bench, lambda: bool(bench.slept))
    assert bench.slept[0] == 1.0


async def test_the_loop_goes_on_after_the_database_was_away(bench: Bench) -> None:
    """A StoreError is waited out, and what was due meanwhile is posted."""
    made = await bench.subscribe()
    bench.store.take_over = failing(bench.store.take_over, 2)  # type: ignore[method-assign]
    await run_until(bench, lambda: bool(bench.results))
    assert (await bench.last(made)).state is State.SENT
    assert bench.slept[:2] == [pytest.approx(1.5, abs=0.5), pytest.approx(3, abs=1)]


async def test_what_a_runner_held_goes_on_with_the_next(bench: Bench) -> None:
    """A runner is ended while it posts: the next one finds out what arrived, and posts what did not."""
    made = [await bench.subscribe(channel_id=f"c{number}") for number in range(3)]
    ends: list[asyncio.Task[None]] = []

    async def post(subscription: Subscription, post: DailyPost) -> Outcome:
        ends[0].cancel()
        await asyncio.sleep(60)
        raise AssertionError

    real, bench.platform.post = bench.platform.post, post  # type: ignore[method-assign]
    ends.append(asyncio.create_task(bench.new_runner().run()))
    with pytest.raises(asyncio.CancelledError):
        await ends[0]
    assert {(await bench.last(item)).state for item in made} == {State.CLAIMED}
    bench.platform.post = real  # type: ignore[method-assign]
    await run_until(bench, lambda: len(bench.results) == 3)
    assert {(await bench.last(item)).state for item in made} == {State.SENT}
    assert sorted(channel for channel, _ in bench.platform.posts) == ["c0", "c1", "c2"]


async def test_a_claim_that_met_a_broken_database_is_taken_up_again(bench: Bench) -> None:
    """The database fails for one statement: the same runner carries the claim out seconds later, not when it ends."""
    made = await bench.subscribe()
    bench.store.begin_send = failing(bench.store.begin_send, 1)  # type: ignore[method-assign]
    await run_until(bench, lambda: bool(bench.results))
    assert ((await bench.last(made)).state, len(bench.platform.posts)) == (State.SENT, 1)


async def test_a_claim_that_breaks_time_and_again_holds_up_nobody(bench: Bench) -> None:
    """The database refuses one delivery for good: what comes due later is posted all the same."""
    broken, real = await bench.subscribe(), bench.store.begin_send

    async def sometimes(delivery: Delivery, *, lease: timedelta) -> bool:
        if delivery.subscription_id == broken.id:
            await bench.subscribe(channel_id="c2")
            raise StoreError("database: refused")
        return await real(delivery, lease=lease)

    bench.store.begin_send = sometimes  # type: ignore[method-assign]
    await run_until(bench, lambda: bool(bench.results) or len(bench.slept) > 9)
    assert [channel for channel, _ in bench.platform.posts] == ["c2"]


async def test_a_mark_that_fails_is_tried_again(bench: Bench) -> None:
    """A database that is away for seconds right after a post makes no day uncertain."""
    made = await bench.subscribe()
    bench.store.mark_sent = failing(bench.store.mark_sent, 3)  # type: ignore[method-assign]
    await bench.work()
    assert ((await bench.last(made)).state, bench.slept) == (State.SENT, [1.0, 2.0, 2.0])


async def test_an_idle_loop_looks_once_a_second(bench: Bench) -> None:
    """Another process may add a subscription, or die: nobody waits long for it."""
    await bench.subscribe()
    await run_until(bench, lambda: len(bench.slept) == 3)
    assert bench.slept == [1.0] * 3
