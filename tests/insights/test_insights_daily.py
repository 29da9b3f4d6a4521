"""`/daily` from end to end, without a platform."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from bot.errors import UsageError
from bot.insights.daily import Channel, Daily, DailyReply, Typed
from bot.insights.poster import NotPosted, Rejected, Unclear
from bot.insights.runner import Runner
from bot.store.model import State
from bot.store.store import Store
from tests.insights.fakes import Clock, Platform, episode

HERE = Channel(platform="discord", workspace_id="w1", channel_id="c1", admin_contact="admin-1")
NINE = Typed(time="9:00", zone="berlin")


class Bench:
    """The service beside a runner, on one store and one platform."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock, self.platform = store, clock, Platform()
        self.known = {"e1": episode(), "e2": episode(id="e2", title="Another talk", guest="Eve")}
        common: dict[str, Any] = {
            "store": store,
            "episodes": lambda: self.known,
            "posters": {"discord": self.platform},
            "clock": clock,
            "random": Random(1),
        }
        self.daily, self.runner = Daily(**common), Runner(**common)

    async def run_until(self, text: str) -> None:
        self.clock.now = datetime.fromisoformat(text).replace(tzinfo=UTC)
        while await self.runner.tick():
            pass

    async def posted(self) -> list[str]:
        return [post.insight.id for _, post in self.platform.posts]


@pytest.fixture
def bench(store: Store, clock: Clock) -> Bench:
    return Bench(store, clock)


def lines(reply: DailyReply) -> dict[str, str]:
    return dict(reply.lines)


async def test_set_says_what_will_happen(bench: Bench) -> None:
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


async def test_set_reads_everything_given(bench: Bench) -> None:
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
async def test_set_refuses_with_the_way_out(bench: Bench, typed: Typed, episode_name: str, said: str) -> None:
    """Each unreadable value is named, with what to write; nothing is set."""
    place = Channel(platform="discord", workspace_id="w1", channel_id="c1", episode=episode_name)
    with pytest.raises(UsageError, match=said):
        await bench.daily.set(place, typed)
    assert await bench.store.subscriptions_after("", limit=9) == ()


async def test_set_again_after_the_days_post_begins_tomorrow(bench: Bench) -> None:
    """Moving the time to later the same day posts no second insight that day; nor does stop and set."""
    await bench.daily.set(HERE, NINE)
    await bench.run_until("2026-03-02 08:00")
    reply = await bench.daily.set(HERE, Typed(time="18:00", zone="berlin"))
    assert "Tuesday, 3 March 2026, 18:00" in reply.text
    await bench.daily.stop(HERE)
    await bench.daily.set(HERE, Typed(time="18:00", zone="berlin"))
    await bench.run_until("2026-03-02 23:00")
    assert len(await bench.posted()) == 1


async def test_stop_and_set_repeats_nothing(bench: Bench) -> None:
    """The rotation goes on where it was."""
    for _ in range(10):
        await bench.daily.set(HERE, NINE)
        await bench.run_until(f"{bench.clock.now.date() + timedelta(days=1)} 08:00")
        await bench.daily.stop(HERE)
    assert len(set(await bench.posted())) == 10


async def test_nothing_is_set(bench: Bench) -> None:
    """Every verb says how to begin."""
    for verb in (bench.daily.pause, bench.daily.resume, bench.daily.next, bench.daily.preview, bench.daily.status):
        with pytest.raises(UsageError, match="/daily set"):
            await verb(HERE)


async def test_pause_and_resume(bench: Bench) -> None:
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


async def test_pause_until_a_date(bench: Bench) -> None:
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


async def test_skip_leaves_one_date_out(bench: Bench) -> None:
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
async def test_skip_refuses_what_is_not_coming(bench: Bench, typed: str) -> None:
    """A date that is over, a day without a post, and no date at all."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", days="weekdays"))
    with pytest.raises(UsageError):
        await bench.daily.skip(HERE, typed)


async def test_next_tells_seven_as_they_come(bench: Bench) -> None:
    """Dates with zone, and a glimpse of the very insights that are posted then."""
    await bench.daily.set(HERE, NINE)
    told = (await bench.daily.next(HERE)).lines
    assert [when.partition(",")[0] for when, _ in told] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]  # fmt: skip
    for day in range(2, 9):
        await bench.run_until(f"2026-03-0{day} 08:00")
    shown = [post.insight.text[:20] for _, post in bench.platform.posts]
    assert all(text in glimpse for text, (_, glimpse) in zip(shown, told, strict=True))


async def test_a_preview_is_what_is_posted(bench: Bench) -> None:
    """Equal in every part, whatever was previewed, replaced or posted on demand before."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", role_id="r1"))
    for _ in range(3):
        await bench.daily.replace(HERE)
    await bench.daily.now(HERE, key="k1")
    preview = (await bench.daily.preview(HERE)).post
    await bench.run_until("2026-03-02 08:00")
    assert bench.platform.posts[-1] == ("c1", preview)


async def test_replace_goes_through_all_that_are_left(bench: Bench) -> None:
    """Each time another one, for the next date only."""
    await bench.daily.set(HERE, NINE)
    seen = [(await bench.daily.preview(HERE)).post] + [(await bench.daily.replace(HERE)).post for _ in range(9)]
    assert len({post.insight.id for post in seen if post is not None}) == 10
    after = (await bench.daily.replace(HERE)).post
    assert after == seen[0]


async def test_replace_needs_another(bench: Bench) -> None:
    """With a single insight there is nothing to put in its place."""
    bench.known = {"e1": episode(insights=1)}
    await bench.daily.set(HERE, NINE)
    with pytest.raises(UsageError, match="no other insight"):
        await bench.daily.replace(HERE)


async def test_now_leaves_the_day_its_slot(bench: Bench) -> None:
    """One at once, another at nine, as announced; the same press twice posts once."""
    await bench.daily.set(HERE, NINE)
    announced = (await bench.daily.next(HERE)).lines
    reply = await bench.daily.now(HERE, key="press-1")
    assert reply.text.startswith("Posted. The next daily insight still comes Monday, 2 March 2026, 09:00")
    with pytest.raises(UsageError, match="already on its way"):
        await bench.daily.now(HERE, key="press-1")
    assert (await bench.daily.next(HERE)).lines == announced
    await bench.run_until("2026-03-02 08:00")
    assert len(set(await bench.posted())) == 2


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (NotPosted(reason="busy"), "I try again by myself"),
        (Unclear(reason="cut off"), "I try again by myself"),
        (Rejected(reason="a right is missing"), "did not go through: a right is missing"),
    ],
    ids=["busy", "cut off", "rejected"],
)
async def test_now_says_when_it_fails(bench: Bench, outcome: Any, said: str) -> None:
    """Never silent, and a failed post on demand pauses nothing."""
    bench.platform.outcomes = [outcome]
    await bench.daily.set(HERE, NINE)
    assert said in (await bench.daily.now(HERE, key="k")).text
    assert lines(await bench.daily.status(HERE))["State"] == "running"


async def test_now_needs_a_connection(bench: Bench) -> None:
    """Where this process has no poster for the platform it says so."""
    place = Channel(platform="slack", workspace_id="w1", channel_id="c1")
    await bench.daily.set(place, NINE)
    with pytest.raises(UsageError, match="not connected"):
        await bench.daily.now(place, key="k")


async def test_status_tells_where_values_come_from(bench: Bench) -> None:
    """What was set, what is a default, how it went, what went wrong."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", days="weekdays"))
    await bench.run_until("2026-03-02 08:00")
    bench.platform.outcomes, bench.platform.sights = [Unclear(reason="cut off")], [Unclear(reason="blind")]
    await bench.run_until("2026-03-03 08:00")
    await bench.run_until("2026-03-03 08:05")
    told = lines(await bench.daily.status(HERE))
    assert told == {
        "State": "running",
        "Time": "09:00 (set here)",
        "Zone": "Europe/Berlin (set here)",
        "Days": "Monday to Friday (set here)",
        "Theme": "all themes (the default)",
        "Episode": "A made-up talk (the default)",
        "Ping": "nobody (the default)",
        "Insights left": "8 of 10",
        "Last posted": "Monday, 2 March 2026, 09:00 CET (Europe/Berlin)",
        "Next": "Wednesday, 4 March 2026, 09:00 CET (Europe/Berlin)",
        "Last problem": "blind",
        "Tuesday, 3 March 2026": "cannot tell whether it was posted: blind",
    }


async def test_status_says_why_it_stopped(bench: Bench) -> None:
    """After a rejection the reason and the pause are there, and `resume` starts it again."""
    bench.platform.outcomes = [Rejected(reason="the channel is gone")]
    await bench.daily.set(HERE, NINE)
    await bench.run_until("2026-03-02 08:00")
    told = lines(await bench.daily.status(HERE))
    assert (told["State"], told["Next"]) == ("paused: the channel is gone", "nothing")
    assert "3 March" in (await bench.daily.resume(HERE)).text


async def test_two_episodes_in_a_channel_are_told_apart(bench: Bench) -> None:
    """Without an episode the bot asks which; with one it acts on that."""
    other = Channel(platform="discord", workspace_id="w1", channel_id="c1", episode="e2")
    await bench.daily.set(HERE, NINE)
    await bench.daily.set(other, NINE)
    with pytest.raises(UsageError, match="Say which episode"):
        await bench.daily.stop(HERE)
    await bench.daily.stop(other)
    assert lines(await bench.daily.status(HERE))["Episode"] == "A made-up talk (the default)"


async def test_contacts_stay_out_of_reprs(bench: Bench) -> None:
    """What reaches an admin is in no repr, so in no log."""
    made = (await bench.daily.set(HERE, NINE)).subscription
    assert made is not None
    assert made.admin_contact == "admin-1"
    assert "admin-1" not in repr(made) + repr(HERE)


@pytest.mark.parametrize("typed", ["9999-12-31", "2027-03-04", "4 March 2027"])
async def test_a_date_beyond_a_year_is_refused(bench: Bench, typed: str) -> None:
    """No pause that would never end by itself, and no calendar without an end."""
    await bench.daily.set(HERE, NINE)
    for verb in (bench.daily.skip, bench.daily.pause):
        with pytest.raises(UsageError, match="too far ahead"):
            await verb(HERE, typed)
    assert lines(await bench.daily.status(HERE))["State"] == "running"


async def test_a_pause_of_a_year_ends_by_itself(bench: Bench) -> None:
    """The farthest date that is taken still has a next post."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", days="monday"))
    assert "The next one comes Monday, 8 March 2027" in (await bench.daily.pause(HERE, "2027-03-02")).text


async def test_a_zone_that_went_away_is_told_and_set_anew(bench: Bench) -> None:
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


async def test_an_episode_that_went_away_can_be_stopped_by_its_name(bench: Bench) -> None:
    """The name the bot offers is one it takes, also for an episode it no longer knows."""
    await bench.daily.set(HERE, NINE)
    await bench.daily.set(replace(HERE, episode="e2"), NINE)
    del bench.known["e2"]
    with pytest.raises(UsageError, match=r"e1.*e2|e2.*e1"):
        await bench.daily.stop(HERE)
    await bench.daily.stop(replace(HERE, episode="E2"))
    assert lines(await bench.daily.status(HERE))["Episode"] == "A made-up talk (the default)"


async def test_now_takes_no_insight_an_admin_chose_for_a_day(bench: Bench) -> None:
    """Even when it is the last of the round, a replacement stays for its date alone."""
    await bench.daily.set(HERE, NINE)
    for _ in range(9):
        chosen = (await bench.daily.replace(HERE)).post
    bench.clock.move(days=-1)
    await bench.daily.now(HERE, key="k")
    assert chosen is not None
    assert await bench.posted() != [chosen.insight.id]


async def test_the_warning_comes_also_when_a_post_on_demand_leaves_few(bench: Bench) -> None:
    """Once a round, whichever post it was; who asked for one is told in the reply."""
    await bench.daily.set(HERE, NINE)
    replies = [(await bench.daily.now(HERE, key=f"k{number}")).text for number in range(5)]
    assert [number for number, text in enumerate(replies) if "6 insights left" in text] == [3]
    await bench.run_until("2026-03-02 08:00")
    assert bench.platform.told == []


async def test_a_pause_that_is_over_is_no_longer_told(bench: Bench) -> None:
    """Between the end of a pause and the next post `status` says that it runs."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", days="monday"))
    await bench.daily.pause(HERE, "2026-03-05")
    bench.clock.move(days=2)
    assert lines(await bench.daily.status(HERE))["State"].startswith("paused until")
    bench.clock.move(days=2)
    assert lines(await bench.daily.status(HERE))["State"] == "running"
