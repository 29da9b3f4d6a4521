"""The runner on a real SQLite file: claims, posts, retries, crashes."""

from datetime import date, timedelta

import pytest

from bot.insights import rotation
from bot.insights.poster import NotPosted, Outcome, Posted, Rejected, Sight, Unclear
from bot.store.model import Replacement, State
from bot.store.store import Store
from tests.insights.bench import DUE, Bench
from tests.insights.fakes import Clock, episode, subscription


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
