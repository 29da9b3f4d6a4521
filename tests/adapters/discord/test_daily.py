"""`/daily` and its posts: for admins only, the same in a preview as in the channel, and never twice."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from bot.adapters.desk import Desk
from bot.adapters.discord import poster as posting
from bot.adapters.discord.adapter import DiscordAdapter
from bot.adapters.discord.poster import DiscordPoster
from bot.episode.model import Episode
from bot.insights.daily import Daily
from bot.insights.poster import Absent, NotPosted, Posted, Rejected, Unclear
from bot.insights.posts import DailyPost, daily_post
from bot.store.model import Subscription
from tests.adapters.discord.asking import FUEL, POST, words
from tests.adapters.discord.connecting import connected
from tests.fakes.discord import payloads
from tests.fakes.discord.faults import Fault, too_many
from tests.fakes.discord.server import Asked, FakeDiscord

MARK = "0123456789abcdef-20261122"
SINCE = datetime.now(UTC) - timedelta(minutes=10)


@dataclass
class Place:
    """A server whose admin sets the daily insight."""

    fake: FakeDiscord
    desk: Desk
    poster: DiscordPoster
    adapter: DiscordAdapter

    async def daily(self, sub: str, *, permissions: int = payloads.MANAGE_GUILD, **options: str) -> Asked:
        """Run `/daily sub` to its end."""
        data = payloads.command("daily", sub=sub, **options)
        asked = await self.fake.interact(2, data, permissions=permissions)
        await asked.until_shown()
        return asked

    async def subscription(self) -> Subscription:
        """What is set in the channel."""
        (found,) = await self.desk.store.subscriptions_of("discord", str(payloads.GUILD_ID), str(payloads.CHANNEL_ID))
        return found


@pytest.fixture
async def place(fake: FakeDiscord, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """A connected bot with the insights service."""
    monkeypatch.setattr(posting, "PAUSES", (0.0, 0.0))
    episode = desk.library.default.episode
    poster = DiscordPoster()
    daily = Daily(
        store=desk.store,
        episodes=lambda: {episode.id: episode},
        posters={"discord": poster},
        clock=lambda: datetime.now(UTC),
        random=Random(1),
    )
    async with connected(desk, daily=daily, poster=poster) as adapter:
        await fake.gateway.ready.wait()
        yield Place(fake=fake, desk=desk, poster=poster, adapter=adapter)


@pytest.fixture
def post(episode: Episode) -> DailyPost:
    """A post of the made-up episode."""
    return daily_post(episode, "four-hundred", mark=MARK)


@pytest.fixture
async def subscription(place: Place) -> Subscription:
    """A channel with a daily insight."""
    await place.daily("set", time="09:00", timezone="Europe/Berlin")
    return await place.subscription()


async def test_an_admin_sets_sees_and_ends_it(place: Place) -> None:
    """Every subcommand answers, privately, in sentences; names of zones are read as people write them."""
    set_up = await place.daily("set", time="9am", timezone="berlin", days="weekdays", theme="lamp")
    assert set_up.callback == {"type": 5, "data": {"flags": 64}}
    assert "09:00" in words(set_up.shown or {})
    found = await place.subscription()
    assert (found.zone, found.theme, found.admin_contact) == ("Europe/Berlin", "lamp", str(payloads.ANN_ID))
    for sub, said in (
        ("status", "State"),
        ("next", "2"),
        ("pause", "Paused"),
        ("resume", "Running again"),
        ("stop", "Stopped"),
        ("status", "no daily insight"),
    ):
        assert said in words((await place.daily(sub)).shown or {}), sub


async def test_another_channel_and_a_role_may_be_chosen(place: Place) -> None:
    """Set from anywhere in the server; the role is pinged, and nobody else."""
    await place.daily("set", time="09:00", timezone="UTC", channel="700009", role="700003")
    (found,) = await place.desk.store.subscriptions_of("discord", str(payloads.GUILD_ID), "700009")
    assert found.role_id == "700003"
    await place.daily("now", channel="700009")
    (sent,) = place.fake.posts
    assert sent["channel_id"] == "700009"
    assert sent["content"] == "<@&700003>"
    assert sent["allowed_mentions"] == {"parse": [], "roles": [700003]}


@pytest.mark.parametrize("sub", ["set", "status", "now", "stop"])
async def test_who_may_not_manage_the_server_is_refused(place: Place, sub: str) -> None:
    """Checked when run, whatever Discord showed in the menu."""
    options = {"time": "09:00", "timezone": "UTC"} if sub == "set" else {}
    asked = await place.daily(sub, permissions=payloads.PLAIN, **options)
    assert "Only people who manage" in words(asked.shown or {})
    assert not place.fake.posts


async def test_bad_input_is_told_with_a_way_out(place: Place) -> None:
    """A zone that is none comes back with names that are."""
    asked = await place.daily("set", time="09:00", timezone="Europe/Berln")
    assert "Berlin" in words(asked.shown or {})


async def test_the_menu_is_shown_to_admins_in_servers_only(place: Place) -> None:
    """Discord itself hides /daily from everyone else, and zones are completed while typing."""
    await place.adapter.synced()
    told = next(one for one in place.fake.synced[-1] if one["name"] == "daily")
    assert told["default_member_permissions"] == payloads.MANAGE_GUILD
    assert told["contexts"] == [0]
    assert told["integration_types"] == [0]
    assert {one["name"] for one in told["options"]} == {
        *("set", "pause", "resume", "skip", "next", "preview", "replace", "now", "status", "stop")
    }
    data = payloads.command("daily", sub="set", timezone="berl")
    data["options"][0]["options"][0]["focused"] = True
    asked = await place.fake.interact(4, data)
    choices = (await asked.until_acknowledged())["data"]["choices"]
    assert choices[0]["value"] == "Europe/Berlin"


async def test_every_name_and_description_is_one_discord_takes(place: Place) -> None:
    """In every language: 1-32 small letters, digits, - and _, descriptions of 1-100, no name twice side by side."""
    await place.adapter.synced()
    checked = assert_names(place.fake.synced[-1])
    assert checked > 40


def assert_names(level: list[dict[str, Any]]) -> int:
    """How many names were looked at."""
    for locale in ("en", "de"):
        names = [one["name_localizations"]["de"] if locale == "de" else one["name"] for one in level]
        assert len(set(names)) == len(names)
        for name in names:
            assert re.fullmatch(r"[-_\w]{1,32}", name), name
            assert name == name.lower()
    for one in level:
        for text in (one["description"], one["description_localizations"]["de"]):
            assert 1 <= len(text) <= 100, text
    return len(level) + sum(assert_names(one["options"]) for one in level if one.get("options"))


async def test_what_is_previewed_is_what_is_posted(place: Place, subscription: Subscription, post: DailyPost) -> None:
    """Byte for byte the same embed and buttons; the post carries its mark as nonce."""
    previewed = await place.daily("preview")
    await place.fake.until(lambda: len(previewed.added) == 1)
    coming = previewed.added[0]
    assert coming["flags"] == 64
    mark = coming["components"][0]["components"][2]["custom_id"].rpartition(":")[2]
    insight = coming["embeds"][0]["description"].partition("\n")[0]
    episode = place.desk.library.default.episode
    same = next(one for one in episode.insights if insight.startswith(one.text[:20]))
    outcome = await place.poster.post(subscription, daily_post(episode, same.id, mark=mark))
    assert isinstance(outcome, Posted)
    (sent,) = place.fake.posts
    assert sent["embeds"] == coming["embeds"]
    assert sent["components"] == coming["components"]
    assert sent["nonce"] == mark


async def test_now_posts_one_with_working_buttons(place: Place, subscription: Subscription) -> None:
    """Ask about this answers about that insight."""
    asked = await place.daily("now")
    assert "Posted" in words(asked.shown or {})
    (sent,) = place.fake.posts
    opener = sent["components"][0]["components"][1]
    assert opener["label"] == "Ask about this"
    pressed = await place.fake.interact(3, {"component_type": 2, "custom_id": opener["custom_id"]}, message=sent)
    assert "Chapter" in str((await pressed.until_shown())["embeds"][0]["fields"])
    up = sent["components"][0]["components"][2]
    voted = await place.fake.interact(3, {"component_type": 2, "custom_id": up["custom_id"]}, message=sent)
    assert "Thank you" in words(await voted.until_shown())


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(method="POST", path=POST, status=503), Posted),
        (Fault(method="POST", path=POST, is_dropped=True), Posted),
        (Fault(method="POST", path=POST, is_dropped=True, is_done_first=True), Posted),
        (Fault(method="POST", path=POST, status=503, times=9), Unclear),
        (Fault(method="POST", path=POST, is_dropped=True, times=9), Unclear),
        (Fault(method="POST", path=POST, status=403, body={"code": 50013}), Rejected),
        (Fault(method="POST", path=POST, status=404, body={"code": 10003}), Rejected),
        (Fault(method="POST", path=POST, status=400, body={"code": 50035}), Rejected),
        (Fault(method="POST", path=POST, status=401, body={"code": 0}), NotPosted),
        (Fault(method="POST", path=POST, **too_many(90.0)), NotPosted),
    ],
    ids=["503", "cut", "taken and cut", "503 for long", "cut for long", "403", "404", "400", "401", "429"],
)
async def test_each_way_to_fail_has_its_outcome(
    place: Place, subscription: Subscription, post: DailyPost, fault: Fault, kind: type[Any]
) -> None:
    """Nothing is said to be posted that Discord did not take, and nothing is posted twice."""
    place.fake.faults.plan(fault)
    outcome = await place.poster.post(subscription, post)
    assert isinstance(outcome, kind)
    assert len(place.fake.posts) == int(kind is Posted)
    if isinstance(outcome, NotPosted) and fault.status == 429:
        assert outcome.retry_after_seconds == 90.0


async def test_an_earlier_post_is_found_by_its_mark(place: Place, subscription: Subscription, post: DailyPost) -> None:
    """Long after the nonce is forgotten, the mark among the bot's own messages still tells."""
    assert isinstance(await place.poster.find(subscription, MARK, SINCE), Unclear)
    sent = await place.poster.post(subscription, post)
    assert isinstance(sent, Posted)
    assert await place.poster.find(subscription, MARK, SINCE) == sent
    assert await place.poster.find(subscription, MARK[:-1] + "3", SINCE) == Absent()
    assert await place.poster.find(subscription, MARK, datetime.now(UTC) + timedelta(hours=1)) == Absent()
    place.fake.may_read_history = False
    assert isinstance(await place.poster.find(subscription, MARK, SINCE), Unclear)
    place.fake.may_read_history = True
    place.fake.faults.plan(Fault(method="GET", path=POST, status=403, body={"code": 50001}))
    refused = await place.poster.find(subscription, MARK, SINCE)
    assert (type(refused), getattr(refused, "is_passing", None)) == (Unclear, False)


async def test_a_look_that_discord_did_not_answer_may_be_asked_again(place: Place, subscription: Subscription) -> None:
    """That is not the same as a platform that cannot tell."""
    place.fake.faults.plan(Fault(method="GET", path=POST, status=503, times=9))
    sight = await place.poster.find(subscription, MARK, SINCE)
    assert (type(sight), getattr(sight, "is_passing", None)) == (Unclear, True)


async def test_the_admin_is_told_directly(place: Place, subscription: Subscription) -> None:
    """In a direct message that names the channel; False where that is not possible."""
    assert await place.poster.tell_admin(subscription, "It stopped.")
    (told,) = place.fake.posts
    assert told["channel_id"] == str(payloads.ANN_ID + 1)
    assert "It stopped" in words(told)
    place.fake.faults.plan(Fault(method="POST", path=POST, status=403, body={"code": 50007}))
    assert not await place.poster.tell_admin(subscription, "It stopped.")


async def test_without_a_connection_nothing_is_posted(subscription: Subscription, post: DailyPost) -> None:
    """Surely not posted, so that the sender may try again."""
    alone = DiscordPoster()
    assert isinstance(await alone.post(subscription, post), NotPosted)
    assert isinstance(await alone.find(subscription, MARK, SINCE), Unclear)
    assert not await alone.tell_admin(subscription, "x")


async def test_without_the_service_there_is_no_daily(fake: FakeDiscord, desk: Desk) -> None:
    """A bot without insights offers no /daily, and its help does not name it."""
    async with connected(desk) as adapter:
        assert await adapter.synced()
        assert "daily" not in [one["name"] for one in fake.synced[-1]]
        await fake.gateway.ready.wait()
        asked = await fake.interact(2, payloads.command("help"))
        assert "/daily" not in words(await asked.until_shown())
        await (await fake.interact(2, FUEL)).until_shown()
