"""`/daily` from end to end, without a platform."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import UsageError
from bot.insights.daily import Channel, Typed
from bot.store.model import State
from bot.store.store import Store
from tests.insights.bench import HERE, NINE, DailyBench, lines
from tests.insights.fakes import Clock


@pytest.fixture
def bench(store: Store, clock: Clock) -> DailyBench:
    return DailyBench(store, clock)


async def test_set_says_what_will_happen(bench: DailyBench) -> None:
    """The days, the time, the zone, and the first date; and so it happens."""
    reply = await bench.daily.set(HERE, NINE)
    assert reply.text == (
        "Set: one insight every day at 09:00 (Europe/Berlin). "
        "The first one comes Monday, 2 March 2026, 09:00 CET (Europe/Berlin)."
    )
    await bench.run_until("2026-03-02 07:59")
    assert await bench.posted() == []
    await bench.run_until("2026-03-02 08:00")
    assert len(await bench.posted()) == 1


async def test_set_reads_everything_given(bench: DailyBench) -> None:
    """Days, theme, episode and role come in; a small theme is told."""
    typed = Typed(time="9pm", zone="utc", days="mon-fri", theme="Craft", role_id="r1")
    reply = await bench.daily.set(Channel(platform="discord", workspace_id="w", channel_id="c", episode="eve"), typed)
    assert "Monday to Friday at 21:00 (UTC)" in reply.text
    assert "This theme has 5 insights" in reply.text
    made = reply.subscription
    assert made is not None
    assert (made.episode_id, made.theme, made.role_id, made.weekdays) == ("e2", "craft", "r1", (0, 1, 2, 3, 4))


@pytest.mark.parametrize(
    ("typed", "episode_name", "said"),
    [
        (Typed(time="soon", zone="utc"), "", "no time of day"),
        (Typed(time="9:00", zone="Europe/Berlni"), "", "Did you mean Europe/Berlin"),
        (Typed(time="9:00", zone="utc", days="never"), "", "no days"),
        (Typed(time="9:00", zone="utc", theme="trsut"), "", "Did you mean Trust"),
        (Typed(time="9:00", zone="utc"), "e9", "I know e1, e2"),
    ],
    ids=["time", "zone", "days", "theme", "episode"],
)
async def test_set_refuses_with_the_way_out(bench: DailyBench, typed: Typed, episode_name: str, said: str) -> None:
    """Each unreadable value is named, with what to write; nothing is set."""
    place = Channel(platform="discord", workspace_id="w1", channel_id="c1", episode=episode_name)
    with pytest.raises(UsageError, match=said):
        await bench.daily.set(place, typed)
    assert await bench.store.subscriptions_after("", limit=9) == ()


async def test_set_again_after_the_days_post_begins_tomorrow(bench: DailyBench) -> None:
    """Moving the time to later the same day posts no second insight that day; nor does stop and set."""
    await bench.daily.set(HERE, NINE)
    await bench.run_until("2026-03-02 08:00")
    reply = await bench.daily.set(HERE, Typed(time="18:00", zone="berlin"))
    assert "Tuesday, 3 March 2026, 18:00" in reply.text
    await bench.daily.stop(HERE)
    await bench.daily.set(HERE, Typed(time="18:00", zone="berlin"))
    await bench.run_until("2026-03-02 23:00")
    assert len(await bench.posted()) == 1


async def test_stop_and_set_repeats_nothing(bench: DailyBench) -> None:
    """The rotation goes on where it was."""
    for _ in range(10):
        await bench.daily.set(HERE, NINE)
        await bench.run_until(f"{bench.clock.now.date() + timedelta(days=1)} 08:00")
        await bench.daily.stop(HERE)
    assert len(set(await bench.posted())) == 10


async def test_nothing_is_set(bench: DailyBench) -> None:
    """Every verb says how to begin."""
    for verb in (bench.daily.pause, bench.daily.resume, bench.daily.next, bench.daily.preview, bench.daily.status):
        with pytest.raises(UsageError, match="/daily set"):
            await verb(HERE)


async def test_pause_and_resume(bench: DailyBench) -> None:
    """A pause posts nothing; after it the next slot is posted and nothing is made up for."""
    await bench.daily.set(HERE, NINE)
    assert "until you start it again" in (await bench.daily.pause(HERE)).text
    assert (await bench.daily.next(HERE)).text.startswith("Nothing is coming up")
    await bench.run_until("2026-03-04 10:00")
    reply = await bench.daily.resume(HERE)
    assert reply.text.startswith("Running again. The next one comes Thursday, 5 March")
    assert (await bench.daily.resume(HERE)).text.startswith("It is not paused")
    await bench.run_until("2026-03-05 09:00")
    assert len(await bench.posted()) == 1


async def test_pause_until_a_date(bench: DailyBench) -> None:
    """Posts go on by themselves on that date; a date that is over is refused."""
    await bench.daily.set(HERE, NINE)
    with pytest.raises(UsageError, match="is over"):
        await bench.daily.pause(HERE, "today")
    assert "Friday, 6 March 2026, 09:00" in (await bench.daily.pause(HERE, "friday")).text
    assert "paused until Friday, 6 March 2026, 00:00" in lines(await bench.daily.status(HERE))["State"]
    await bench.run_until("2026-03-05 23:00")
    assert await bench.posted() == []
    await bench.run_until("2026-03-06 08:00")
    assert len(await bench.posted()) == 1
    assert lines(await bench.daily.status(HERE))["State"] == "running"


async def test_skip_leaves_one_date_out(bench: DailyBench) -> None:
    """The date is written as skipped, and its insight comes the day after."""
    await bench.daily.set(HERE, NINE)
    first = (await bench.daily.preview(HERE)).post
    reply = await bench.daily.skip(HERE, "2 March")
    assert reply.text.startswith("Nothing will be posted on Monday, 2 March 2026. The next one comes Tuesday, 3 March")
    await bench.run_until("2026-03-02 08:00")
    await bench.run_until("2026-03-03 08:00")
    assert first is not None
    assert await bench.posted() == [first.insight.id]
    made = reply.subscription
    assert made is not None
    assert [item.state for item in await bench.store.deliveries_of(made.id)] == [State.SENT, State.SKIPPED]


@pytest.mark.parametrize("typed", ["1 March 2026", "saturday", "someday"])
async def test_skip_refuses_what_is_not_coming(bench: DailyBench, typed: str) -> None:
    """A date that is over, a day without a post, and no date at all."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", days="weekdays"))
    with pytest.raises(UsageError):
        await bench.daily.skip(HERE, typed)


async def test_two_episodes_in_a_channel_are_told_apart(bench: DailyBench) -> None:
    """Without an episode the bot asks which; with one it acts on that."""
    other = Channel(platform="discord", workspace_id="w1", channel_id="c1", episode="e2")
    await bench.daily.set(HERE, NINE)
    await bench.daily.set(other, NINE)
    with pytest.raises(UsageError, match="Say which episode"):
        await bench.daily.stop(HERE)
    await bench.daily.stop(other)
    assert lines(await bench.daily.status(HERE))["Episode"] == "A made-up talk (the default)"


@pytest.mark.parametrize("typed", ["9999-12-31", "2027-03-04", "4 March 2027"])
async def test_a_date_beyond_a_year_is_refused(bench: DailyBench, typed: str) -> None:
    """No pause that would never end by itself, and no calendar without an end."""
    await bench.daily.set(HERE, NINE)
    for verb in (bench.daily.skip, bench.daily.pause):
        with pytest.raises(UsageError, match="too far ahead"):
            await verb(HERE, typed)
    assert lines(await bench.daily.status(HERE))["State"] == "running"


async def test_a_pause_of_a_year_ends_by_itself(bench: DailyBench) -> None:
    """The farthest date that is taken still has a next post."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", days="monday"))
    assert "The next one comes Monday, 8 March 2027" in (await bench.daily.pause(HERE, "2027-03-02")).text


async def test_a_zone_that_went_away_is_told_and_set_anew(bench: DailyBench) -> None:
    """`status` and `stop` answer, what needs the zone says what to do, and `set` puts it right."""
    await bench.daily.set(HERE, NINE)
    await bench.run_until("2026-03-02 08:00")
    made = (await bench.daily.pause(HERE, "2026-03-05")).subscription
    assert made is not None
    await bench.store.subscribe(replace(made, zone="Mars/Olympus"), next_due_at=None)
    told = lines(await bench.daily.status(HERE))
    assert told["Zone"] == "Mars/Olympus, no longer known: set it again (set here)"
    assert (told["Last posted"], told["Next"]) == ("Monday, 2 March 2026, 08:00 UTC", "nothing")
    verbs = bench.daily
    for asked in (verbs.next, verbs.preview, verbs.replace, verbs.resume, verbs.pause):
        with pytest.raises(UsageError, match="no longer know the time zone Mars/Olympus"):
            await asked(HERE)
    with pytest.raises(UsageError, match="no longer know"):
        await verbs.skip(HERE, "tomorrow")
    with pytest.raises(UsageError, match="no longer know"):
        await verbs.now(HERE, key="k")
    assert "3 March 2026, 09:00" in (await verbs.set(HERE, NINE)).text
    await bench.store.subscribe(replace(made, zone="Mars/Olympus"), next_due_at=None)
    assert (await verbs.stop(HERE)).text.startswith("Stopped")


async def test_an_episode_that_went_away_can_be_stopped_by_its_name(bench: DailyBench) -> None:
    """The name the bot offers is one it takes, also for an episode it no longer knows."""
    await bench.daily.set(HERE, NINE)
    await bench.daily.set(replace(HERE, episode="e2"), NINE)
    del bench.known["e2"]
    with pytest.raises(UsageError, match=r"e1.*e2|e2.*e1"):
        await bench.daily.stop(HERE)
    await bench.daily.stop(replace(HERE, episode="E2"))
    assert lines(await bench.daily.status(HERE))["Episode"] == "A made-up talk (the default)"


async def test_a_pause_that_is_over_is_no_longer_told(bench: DailyBench) -> None:
    """Between the end of a pause and the next post `status` says that it runs."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", days="monday"))
    await bench.daily.pause(HERE, "2026-03-05")
    bench.clock.move(days=2)
    assert lines(await bench.daily.status(HERE))["State"].startswith("paused until")
    bench.clock.move(days=2)
    assert lines(await bench.daily.status(HERE))["State"] == "running"
