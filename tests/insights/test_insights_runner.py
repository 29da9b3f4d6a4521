"""The runner on a real SQLite file: claims, posts, retries, crashes."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from bot.errors import StoreError
from bot.insights import rotation
from bot.insights.poster import NotPosted, Outcome, Posted, Rejected, Sight, Unclear
from bot.insights.posts import DailyPost
from bot.insights.runner import Runner
from bot.insights.sending import Handled
from bot.store.model import Claim, Delivery, Replacement, State, Subscription
from bot.store.store import Store
from tests.insights.fakes import Clock, Platform, episode, subscription

DUE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Bench:
    """A runner, its platform and its store, and a way to look at them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.platform = Platform()
        self.known = {"e1": episode()}
        self.results: list[State] = []
        self.slept: list[float] = []
        self.runner = self.new_runner()

    def new_runner(self, sleep: Callable[[float], object] | None = None) -> Runner:
        async def note(seconds: float) -> None:
            self.slept.append(seconds)
            if sleep is not None:
                sleep(seconds)

        def observe(claim: Claim, handled: Handled) -> None:
            self.results.append(handled.state)

        return Runner(
            store=self.store,
            episodes=lambda: self.known,
            posters={"discord": self.platform},
            clock=self.clock,
            sleep=note,
            random=Random(1),
            observe=observe,
        )

    async def subscribe(self, **changes: object) -> Subscription:
        return await self.store.subscribe(subscription(**changes), next_due_at=DUE)

    async def work(self, runner: Runner | None = None, **by: float) -> None:
        self.clock.move(**by)
        while await (runner or self.runner).tick():
            pass

    async def last(self, item: Subscription) -> Delivery:
        return (await self.store.deliveries_of(item.id))[0]

    async def now(self, item: Subscription) -> Subscription:
        found = await self.store.subscription(item.id)
        assert found is not None
        return found


@pytest.fixture
async def bench(store: Store, clock: Clock) -> Bench:
    clock.now = DUE
    return Bench(store, clock)


async def test_a_due_insight_is_posted_once(bench: Bench) -> None:
    """At its time, once, with its mark; and the next is due tomorrow."""
    made = await bench.subscribe()
    await bench.work()
    await bench.work(minutes=30)
    assert [post.mark for _, post in bench.platform.posts] == [f"{made.id}-20260302"]
    assert (await bench.last(made)).state is State.SENT
    after = await bench.now(made)
    assert (after.last_sent_at, after.next_due_at) == (DUE, DUE + timedelta(days=1))
    assert bench.results == [State.SENT]


async def test_ten_days_bring_ten_insights(bench: Bench) -> None:
    """A whole round without a repeat, with one warning to the admin on the way."""
    await bench.subscribe()
    for _ in range(10):
        await bench.work()
        bench.clock.move(days=1)
    ids = [post.insight.id for _, post in bench.platform.posts]
    assert sorted(ids) == [item.id for item in bench.known["e1"].insights]
    assert len(bench.platform.told) == 1
    assert "6 insights left" in bench.platform.told[0]


async def test_a_refused_post_is_tried_again_with_growing_pauses(bench: Bench) -> None:
    """Until it is accepted, and no earlier than the platform asked for."""
    bench.platform.outcomes = [NotPosted(reason="busy"), NotPosted(reason="busy", retry_after_seconds=600)]
    made = await bench.subscribe()
    await bench.work()
    assert (await bench.last(made)).state is State.CLAIMED
    await bench.work(seconds=59)
    assert len(bench.platform.outcomes) == 1, "not before a minute"
    await bench.work(seconds=20)
    await bench.work(minutes=9)
    assert bench.platform.posts == []
    await bench.work(minutes=2)
    sent = await bench.last(made)
    assert (sent.state, sent.attempts, len(bench.platform.posts)) == (State.SENT, 3, 1)


async def test_after_six_hours_of_refusals_the_admin_is_told(bench: Bench) -> None:
    """The post has failed, the subscription is paused, `status` can say why, and the insight is not used up."""
    bench.platform.outcomes = [NotPosted(reason="busy")] * 99
    made = await bench.subscribe()
    for _ in range(14):
        await bench.work(minutes=30)
    failed, paused = await bench.last(made), await bench.now(made)
    assert (failed.state, failed.error) == (State.FAILED, "busy")
    assert (paused.is_paused, paused.pause_reason, paused.last_error, paused.used) == (True, "busy", "busy", ())
    assert len(bench.platform.told) == 1
    assert "/daily resume" in bench.platform.told[0]
    tries = 99 - len(bench.platform.outcomes)
    await bench.work(days=2)
    assert 99 - len(bench.platform.outcomes) == tries <= 15


async def test_a_deleted_channel_pauses_at_once(bench: Bench) -> None:
    """A rejection is not tried again."""
    bench.platform.outcomes = [Rejected(reason="the channel is gone")]
    made = await bench.subscribe()
    await bench.work()
    assert (await bench.last(made)).state is State.FAILED
    assert (await bench.now(made)).pause_reason == "the channel is gone"
    assert len(bench.platform.told) == 1


@pytest.mark.parametrize(
    ("outcome", "sights", "state", "posts"),
    [
        pytest.param(Unclear(reason="cut off"), [Posted(message_ref="m9")], State.SENT, 0, id="it was posted"),
        pytest.param(Unclear(reason="cut off"), [], State.SENT, 1, id="it was not"),
        pytest.param(Unclear(reason="cut off"), [Unclear(reason="blind")], State.UNCERTAIN, 0, id="cannot tell"),
        pytest.param(RuntimeError("a bug"), [], State.SENT, 1, id="the poster broke"),
        pytest.param(RuntimeError("a bug"), [RuntimeError("too")], State.CLAIMED, 0, id="the look broke"),
    ],
)
async def test_a_lost_answer_is_never_repeated_blindly(
    bench: Bench, outcome: Outcome | Exception, sights: list[Sight | Exception], state: State, posts: int
) -> None:
    """After a pause the platform is asked first; where nobody can tell, nothing is posted twice."""
    bench.platform.outcomes, bench.platform.sights = [outcome], sights
    made = await bench.subscribe()
    await bench.work()
    await bench.work(minutes=2)
    assert ((await bench.last(made)).state, len(bench.platform.posts)) == (state, posts)
    assert not (await bench.now(made)).is_paused


async def test_a_platform_that_is_away_is_asked_again_within_the_window(bench: Bench) -> None:
    """Only a platform that cannot tell makes a day uncertain at once; one that is away for a while does not."""
    away = Unclear(reason="away", is_passing=True)
    bench.platform.outcomes, bench.platform.sights = [Unclear(reason="cut off")], [away] * 3
    made = await bench.subscribe()
    for _ in range(12):
        await bench.work(minutes=2)
    assert ((await bench.last(made)).state, len(bench.platform.posts)) == (State.SENT, 1)


async def test_a_platform_that_stays_away_makes_the_day_uncertain(bench: Bench) -> None:
    """After six hours the look ends, nothing is posted, and the subscription runs on."""
    away = Unclear(reason="away", is_passing=True)
    bench.platform.outcomes, bench.platform.sights = [Unclear(reason="cut off")], [away] * 99
    made = await bench.subscribe()
    for _ in range(14):
        await bench.work(minutes=30)
    assert ((await bench.last(made)).state, bench.platform.posts) == (State.UNCERTAIN, [])
    assert 4 <= 99 - len(bench.platform.sights) <= 20
    assert not (await bench.now(made)).is_paused


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


async def test_a_paused_channel_gets_no_late_retry(bench: Bench) -> None:
    """A retry that is still open when an admin pauses is dropped."""
    bench.platform.outcomes = [NotPosted(reason="busy")]
    made = await bench.subscribe()
    await bench.work()
    await bench.store.pause(made.id, until=None, reason="asked", next_due_at=None)
    await bench.work(minutes=5)
    assert ((await bench.last(made)).state, bench.platform.posts) == (State.SKIPPED, [])


async def test_an_episode_that_went_away_pauses_with_a_reason(bench: Bench) -> None:
    """Nothing to post from is no error and no silent loss."""
    made = await bench.subscribe()
    bench.known = {}
    await bench.work()
    after = await bench.now(made)
    assert after.is_paused
    assert after.pause_reason is not None
    assert await bench.store.deliveries_of(made.id) == ()


async def test_a_zone_that_went_away_holds_up_nobody(bench: Bench) -> None:
    """A subscription whose zone is no longer known is paused with a reason, and its neighbours are posted."""
    lost, fine = await bench.subscribe(zone="Mars/Olympus"), await bench.subscribe(channel_id="c2")
    await bench.runner.refresh()
    await bench.work()
    assert [channel for channel, _ in bench.platform.posts] == ["c2"]
    assert (await bench.now(lost)).pause_reason == "its time zone is no longer known; set it again"
    assert not (await bench.now(fine)).is_paused


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


async def test_an_insight_that_went_away_after_its_claim_is_not_posted(bench: Bench) -> None:
    """The day is written down as failed, the subscription runs on."""
    made = await bench.subscribe()
    await bench.new_runner().claim()
    bench.known = {"e1": episode(insights=0)}
    await bench.work(minutes=16)
    assert (await bench.last(made)).state is State.FAILED
    assert not (await bench.now(made)).is_paused


async def test_due_times_written_under_old_zone_rules_are_corrected(bench: Bench) -> None:
    """A start works every due time out anew, and leaves alone what is due already."""
    made = await bench.subscribe()
    stale = DUE + timedelta(days=1, hours=1)
    await bench.store.put_next_due({made.id: (DUE, stale)})
    await bench.runner.refresh()
    assert (await bench.now(made)).next_due_at == DUE + timedelta(days=1)
    paused = await bench.store.pause(made.id, until=None, reason="x", next_due_at=None)
    await bench.runner.refresh()
    assert paused is not None
    assert await bench.now(made) == paused


async def test_a_slot_that_newer_rules_put_just_before_a_start_is_not_lost(bench: Bench) -> None:
    """Written for ten, nine by today's rules, started at half past nine: posted at once, and once."""
    made = await bench.store.subscribe(subscription(), next_due_at=DUE + timedelta(hours=1))
    bench.clock.move(minutes=30)
    await bench.runner.refresh()
    await bench.work()
    assert (await bench.last(made)).state is State.SENT
    await bench.runner.refresh()
    await bench.work(hours=2)
    assert len(bench.platform.posts) == 1


async def test_what_another_platforms_runner_has_to_do_keeps_nobody_awake(bench: Bench) -> None:
    """Overdue posts of a platform this process does not serve are not waited for."""
    await bench.subscribe(platform="slack")
    await _run_until(bench, lambda: bool(bench.slept))
    assert bench.slept[0] == 1.0


async def test_the_loop_goes_on_after_the_database_was_away(bench: Bench) -> None:
    """A StoreError is waited out, and what was due meanwhile is posted."""
    made = await bench.subscribe()
    real, failing = bench.store.take_over, [True, True]

    async def sometimes(**how: object) -> tuple[Claim, ...]:
        if failing:
            failing.pop()
            raise StoreError("database: away")
        return await real(**how)  # type: ignore[arg-type]

    bench.store.take_over = sometimes  # type: ignore[method-assign, assignment]
    await _run_until(bench, lambda: bool(bench.results))
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
    await _run_until(bench, lambda: len(bench.results) == 3)
    assert {(await bench.last(item)).state for item in made} == {State.SENT}
    assert sorted(channel for channel, _ in bench.platform.posts) == ["c0", "c1", "c2"]


async def test_a_claim_that_met_a_broken_database_is_taken_up_again(bench: Bench) -> None:
    """The database fails for one statement: the same runner carries the claim out seconds later, not when it ends."""
    made = await bench.subscribe()
    real, failing = bench.store.begin_send, [True]

    async def sometimes(delivery: Delivery, *, lease: timedelta) -> bool:
        if failing:
            failing.pop()
            raise StoreError("database: away")
        return await real(delivery, lease=lease)

    bench.store.begin_send = sometimes  # type: ignore[method-assign]
    await _run_until(bench, lambda: bool(bench.results))
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
    await _run_until(bench, lambda: bool(bench.results) or len(bench.slept) > 9)
    assert [channel for channel, _ in bench.platform.posts] == ["c2"]


async def test_a_mark_that_fails_is_tried_again(bench: Bench) -> None:
    """A database that is away for seconds right after a post makes no day uncertain."""
    made = await bench.subscribe()
    real, failing = bench.store.mark_sent, [True, True, True]

    async def sometimes(delivery: Delivery, *, message_ref: str) -> bool:
        if failing:
            failing.pop()
            raise StoreError("database: away")
        return await real(delivery, message_ref=message_ref)

    bench.store.mark_sent = sometimes  # type: ignore[method-assign]
    await bench.work()
    assert ((await bench.last(made)).state, bench.slept) == (State.SENT, [1.0, 2.0, 2.0])


async def test_an_idle_loop_looks_once_a_second(bench: Bench) -> None:
    """Another process may add a subscription, or die: nobody waits long for it."""
    await bench.subscribe()
    await _run_until(bench, lambda: len(bench.slept) == 3)
    assert bench.slept == [1.0] * 3


async def _run_until(bench: Bench, is_enough: Callable[[], bool]) -> None:
    """Run the loop until it sleeps with enough done; the sleep gives the loop away."""
    task: asyncio.Task[None] | None = None

    def stop(seconds: float) -> None:
        if is_enough() and task is not None:
            task.cancel()

    task = asyncio.create_task(bench.new_runner(stop).run())
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await task


async def test_a_replacement_is_used_on_its_date_only(bench: Bench) -> None:
    """An admin's choice comes on its day, and the rotation goes on with the one whose turn it was."""
    made = await bench.subscribe()
    order = rotation.ranked(rotation.pool_of(bench.known["e1"], None), rotation.Turn(), made.id)
    await bench.store.put_replacement(made.id, Replacement(local_date=date(2026, 3, 2), insight_id=order[4]))
    await bench.work()
    await bench.work(days=1)
    assert [post.insight.id for _, post in bench.platform.posts] == [order[4], order[0]]
    assert (await bench.now(made)).replacement is None


async def test_a_late_post_leaves_a_replacement_for_another_day(bench: Bench) -> None:
    """Today's insight comes an hour late: what an admin chose meanwhile for tomorrow still comes tomorrow."""
    made = await bench.subscribe()
    order = rotation.ranked(rotation.pool_of(bench.known["e1"], None), rotation.Turn(), made.id)
    await bench.store.put_replacement(made.id, Replacement(local_date=date(2026, 3, 3), insight_id=order[4]))
    await bench.work(hours=1)
    await bench.work(days=1)
    assert [post.insight.id for _, post in bench.platform.posts] == [order[0], order[4]]


async def test_two_channels_do_not_share_an_order(bench: Bench) -> None:
    """Each subscription has its own shuffle and its own marks."""
    one, other = await bench.subscribe(), await bench.subscribe(channel_id="c2")
    assert one.id != other.id
    for _ in range(6):
        await bench.work()
        bench.clock.move(days=1)
    by_channel = {name: [p.insight.id for c, p in bench.platform.posts if c == name] for name in ("c1", "c2")}
    assert by_channel["c1"] != by_channel["c2"]
