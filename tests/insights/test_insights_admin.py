"""Preview, replace, now and status: what an admin sees and does between the posts."""

from typing import Any

import pytest

from bot.errors import UsageError
from bot.insights.daily import Channel, Typed
from bot.insights.poster import NotPosted, Rejected, Unclear
from bot.store.store import Store
from tests.insights.bench import HERE, NINE, DailyBench, lines
from tests.insights.fakes import Clock, episode


@pytest.fixture
def bench(store: Store, clock: Clock) -> DailyBench:
    return DailyBench(store, clock)


async def test_next_tells_seven_as_they_come(bench: DailyBench) -> None:
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


async def test_a_preview_is_what_is_posted(bench: DailyBench) -> None:
    """Equal in every part, whatever was previewed, replaced or posted on demand before."""
    await bench.daily.set(HERE, Typed(time="9:00", zone="berlin", role_id="r1"))
    for _ in range(3):
        await bench.daily.replace(HERE)
    await bench.daily.now(HERE, key="k1")
    preview = (await bench.daily.preview(HERE)).post
    await bench.run_until("2026-03-02 08:00")
    assert bench.platform.posts[-1] == ("c1", preview)


async def test_replace_goes_through_all_that_are_left(bench: DailyBench) -> None:
    """Each time another one, for the next date only."""
    await bench.daily.set(HERE, NINE)
    seen = [(await bench.daily.preview(HERE)).post] + [(await bench.daily.replace(HERE)).post for _ in range(9)]
    assert len({post.insight.id for post in seen if post is not None}) == 10
    after = (await bench.daily.replace(HERE)).post
    assert after == seen[0]


async def test_replace_needs_another(bench: DailyBench) -> None:
    """With a single insight there is nothing to put in its place."""
    bench.known = {"e1": episode(insights=1)}
    await bench.daily.set(HERE, NINE)
    with pytest.raises(UsageError, match="no other insight"):
        await bench.daily.replace(HERE)


async def test_now_leaves_the_day_its_slot(bench: DailyBench) -> None:
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
async def test_now_says_when_it_fails(bench: DailyBench, outcome: Any, said: str) -> None:
    """Never silent, and a failed post on demand pauses nothing."""
    bench.platform.outcomes = [outcome]
    await bench.daily.set(HERE, NINE)
    assert said in (await bench.daily.now(HERE, key="k")).text
    assert lines(await bench.daily.status(HERE))["State"] == "running"


async def test_now_needs_a_connection(bench: DailyBench) -> None:
    """Where this process has no poster for the platform it says so."""
    place = Channel(platform="slack", workspace_id="w1", channel_id="c1")
    await bench.daily.set(place, NINE)
    with pytest.raises(UsageError, match="not connected"):
        await bench.daily.now(place, key="k")


async def test_status_tells_where_values_come_from(bench: DailyBench) -> None:
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


async def test_status_says_why_it_stopped(bench: DailyBench) -> None:
    """After a rejection the reason and the pause are there, and `resume` starts it again."""
    bench.platform.outcomes = [Rejected(reason="the channel is gone")]
    await bench.daily.set(HERE, NINE)
    await bench.run_until("2026-03-02 08:00")
    told = lines(await bench.daily.status(HERE))
    assert (told["State"], told["Next"]) == ("paused: the channel is gone", "nothing")
    assert "3 March" in (await bench.daily.resume(HERE)).text


async def test_contacts_stay_out_of_reprs(bench: DailyBench) -> None:
    """What reaches an admin is in no repr, so in no log."""
    made = (await bench.daily.set(HERE, NINE)).subscription
    assert made is not None
    assert made.admin_contact == "admin-1"
    assert "admin-1" not in repr(made) + repr(HERE)


async def test_now_takes_no_insight_an_admin_chose_for_a_day(bench: DailyBench) -> None:
    """Even when it is the last of the round, a replacement stays for its date alone."""
    await bench.daily.set(HERE, NINE)
    for _ in range(9):
        chosen = (await bench.daily.replace(HERE)).post
    bench.clock.move(days=-1)
    await bench.daily.now(HERE, key="k")
    assert chosen is not None
    assert await bench.posted() != [chosen.insight.id]


async def test_the_warning_comes_also_when_a_post_on_demand_leaves_few(bench: DailyBench) -> None:
    """Once a round, whichever post it was; who asked for one is told in the reply."""
    await bench.daily.set(HERE, NINE)
    replies = [(await bench.daily.now(HERE, key=f"k{number}")).text for number in range(5)]
    assert [number for number, text in enumerate(replies) if "6 insights left" in text] == [3]
    await bench.run_until("2026-03-02 08:00")
    assert bench.platform.told == []
