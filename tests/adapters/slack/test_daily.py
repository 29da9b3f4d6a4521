"""`/daily` in Slack, and the poster the runner uses."""

from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.slack.daily import read_line, typed_of
from bot.adapters.slack.poster import workspace_key
from bot.adapters.slack.workspaces import Workspace
from bot.insights.poster import Absent, NotPosted, Posted, Rejected, Unclear
from bot.insights.posts import DailyPost, daily_post
from bot.retrieval.index import Index
from bot.store.model import Subscription
from bot.store.store import Store
from tests.adapters.slack.conftest import House
from tests.fakes.slack.house import adapter_of, config, desk_of
from tests.fakes.slack.payloads import buttons, command, mention, press, words
from tests.fakes.slack.server import FakeSlack, Fault

SET = "set 09:00 Europe/Berlin"
ADMIN = {"admins": ("U0ADA",)}


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("set 09:00 Europe/Berlin", ("09:00", "Europe/Berlin", "", "", None)),
        ("set 9:30 pm UTC weekdays", ("9:30 pm", "UTC", "weekdays", "", None)),
        ("SET <#C9|general> 9am America/New_York mon, wed", ("9am", "America/New_York", "mon, wed", "", None)),
        ("set theme=lamp 09:00 UTC", ("09:00", "UTC", "", "lamp", None)),
        ('set 09:00 zone="New York" theme:“The lamp”', ("09:00", "New York", "", "The lamp", None)),
        ("set 09:00 UTC <!subteam^S042|@readers>", ("09:00", "UTC", "", "", "S042")),
        ('set 09:00 UTC theme="salt &amp; light"', ("09:00", "UTC", "", "salt & light", None)),
        ("set 09:00 UTC &lt;#C9&gt;", ("09:00", "UTC", "<#C9>", "", None)),
        ("set", ("", "", "", "", None)),
    ],
)
def test_a_line_is_taken_apart(text: str, typed: tuple[Any, ...]) -> None:
    """In the order that comes naturally, or by name."""
    line = read_line(text)
    assert line is not None
    found = typed_of(line)
    assert (found.time, found.zone, found.days, found.theme, found.role_id) == typed


@pytest.mark.parametrize("text", ["", "frobnicate", "settle 09:00"])
def test_an_unknown_verb_is_none(text: str) -> None:
    """The reply names the verbs there are."""
    assert read_line(text) is None


async def daily(house: House, text: str, **more: str) -> str:
    return words(await house.ask(command(house.slack, "daily", text, **more)))


@pytest.mark.parametrize("settings", [ADMIN])
async def test_a_channel_is_set_looked_at_and_stopped(house: House) -> None:
    """Every verb answers, privately."""
    assert "Set: one insight every day at 09:00" in await daily(house, SET)
    for verb, said in [
        ("status", "Europe/Berlin"),
        ("next", "Berlin"),
        ("preview", "This is what comes"),
        ("replace", "Replaced"),
        ("pause", "Paused"),
        ("resume", "Running again"),
        ("skip tomorrow", "Nothing will be posted"),
        ("stop", "Stopped"),
        ("status", "no daily insight in this channel"),
    ]:
        assert said in await daily(house, verb), verb


@pytest.mark.parametrize("settings", [ADMIN])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("set 25:00 UTC", "no such time of day"),
        ("set 09:00 Europe/Berlim", "Did you mean Europe/Berlin"),
        ("set #general 09:00 UTC", "I cannot read that channel"),
        ("please", "Write /daily and one of"),
        ("", "Write /daily and one of"),
    ],
)
async def test_a_line_that_cannot_be_read_names_the_fix(house: House, text: str, said: str) -> None:
    """One private line."""
    assert said in await daily(house, text)


@pytest.mark.parametrize("settings", [ADMIN])
async def test_in_a_direct_message_the_channel_must_be_named(house: House) -> None:
    """Else it would be posted to nobody."""
    assert "Use /daily in the channel" in await daily(house, SET, channel="D1")
    assert "Set: one insight" in await daily(house, "set <#C7|general> 09:00 UTC", channel="D1")
    assert (await house.store.subscriptions_of("slack", "T1", "C7"))[0].admin_contact == "U0ADA"


async def test_others_may_not(house: House) -> None:
    """Without a list, an installer or the right to ask Slack, nobody may; rights are checked each time."""
    assert "Only workspace admins" in await daily(house, SET)
    assert await house.store.subscriptions_of("slack", "T1") == ()


@pytest.mark.parametrize("settings", [{"optional_scopes": ("users:read",)}])
async def test_workspace_admins_may_where_slack_tells(house: House) -> None:
    """`users:read` was granted: admins and owners may, others not, and a former admin no more."""
    house.adapter._one.learn(team_id="T1", bot_user_id="UBOT", scopes=("users:read",))  # type: ignore[union-attr]
    house.slack.users = {"U0ADA": {"is_admin": True}, "U0BOB": {"is_admin": False}, "U0EVE": {"is_owner": True}}
    assert "Set: one insight" in await daily(house, SET)
    assert "Only workspace admins" in await daily(house, "stop", user="U0BOB")
    assert "Only workspace admins" in await daily(house, "stop", user="U0WHO")
    house.slack.users["U0ADA"] = {"is_admin": True, "deleted": True}
    assert "Only workspace admins" in await daily(house, "stop")
    assert "Stopped" in await daily(house, "stop", user="U0EVE")


MEMBERSHIP: dict[str, tuple[tuple[str, ...], dict[str, Any], str]] = {
    "nobody tells": ((), {}, "If I am not in that channel yet"),
    "may post in any public channel": (("chat:write.public",), {}, ""),
    "a member": (("channels:read",), {"is_member": True}, ""),
    "no member": (("channels:read",), {"is_member": False}, "I am not in that channel yet"),
    "no member, may all the same": (("channels:read", "chat:write.public"), {"is_member": False}, ""),
    "private": (("channels:read", "chat:write.public"), {"is_member": False, "is_private": True}, "I am not in that"),
    "unknown to Slack": (("channels:read", "chat:write.public"), {}, "I am not in that channel yet"),
}


@pytest.mark.parametrize("settings", [ADMIN])
@pytest.mark.parametrize(("scopes", "channel", "said"), MEMBERSHIP.values(), ids=MEMBERSHIP.keys())
async def test_set_says_when_the_bot_must_be_invited_first(
    house: House, scopes: tuple[str, ...], channel: dict[str, Any], said: str
) -> None:
    """As far as Slack tells; the admin learns it now, not from tomorrow's failed post."""
    house.adapter._one.learn(team_id="T1", bot_user_id="UBOT", scopes=("commands", *scopes))  # type: ignore[union-attr]
    house.slack.channels = {"C1": channel} if channel else {}
    reply = await daily(house, SET)
    assert "Set: one insight" in reply
    assert said in reply
    assert ("/invite" in reply) is bool(said)


def test_a_workspace_that_was_not_looked_up_has_the_same_key() -> None:
    """Slack was out of reach at start: what is set then is found again after the next start."""
    assert workspace_key("T1", Workspace(team_id="", bot_token="x")) == "T1"
    assert workspace_key("T1", Workspace(team_id="T1", enterprise_id="E1", bot_token="x")) == "T1"
    assert workspace_key("T1", Workspace(team_id="", enterprise_id="E1", bot_token="x")) == "E1/T1"


@pytest.mark.parametrize("settings", [ADMIN])
async def test_a_preview_is_what_will_be_posted(house: House) -> None:
    """Block for block, by the same function as the post in the channel."""
    await daily(house, SET)
    preview = await house.ask(command(house.slack, "daily", "preview"))
    subscription, post = await planned(house)
    assert isinstance(await house.adapter.poster.post(subscription, post), Posted)
    posted = house.slack.posted("chat.postMessage")[-1]
    assert preview["blocks"][-len(posted["blocks"]) :] == posted["blocks"]


async def planned(house: House) -> tuple[Subscription, DailyPost]:
    subscription = (await house.store.subscriptions_of("slack", "T1"))[0]
    episode = house.desk.library.default.episode
    post = daily_post(episode, episode.insights[0].id, mark=f"{subscription.id}-20260302")
    for insight in episode.insights:
        candidate = daily_post(episode, insight.id, mark=post.mark)
        if house.slack.posted() and candidate.insight.text in words(house.slack.posted()[-1]):
            return subscription, candidate
    return subscription, post


@pytest.mark.parametrize("settings", [ADMIN])
async def test_now_posts_at_once_and_only_once(house: House) -> None:
    """A redelivered command posts no second time; under the post one can ask about it."""
    await daily(house, SET)
    payload = command(house.slack, "daily", "now")
    for _ in range(3):
        await house.send(payload)
    await house.settle()
    assert "Posted" in words(house.slack.posted("response_url")[-1])
    posted = [one for one in house.slack.history if one["channel"] == "C1"]
    assert len(posted) == 1
    assert posted[0]["metadata"]["event_type"] == "chapterverse_daily"
    about = await house.ask(press(house.slack, buttons(posted[0])["cv_open_0"]), "response_url")
    assert "cv_play" in buttons(about)
    more = await house.ask(mention("tell me more", thread=posted[0]["ts"]), "chat.postMessage")
    assert "cv_play" in buttons(more)


FATES: dict[str, tuple[Fault, type]] = {
    "rate limit": (Fault(status=429, error="ratelimited", retry_after="600"), NotPosted),
    "a passing refusal": (Fault(error="message_limit_exceeded"), NotPosted),
    "server error": (Fault(status=500), Unclear),
    "lost": (Fault(drop=True, done=True), Unclear),
    "gone": (Fault(error="channel_not_found"), Rejected),
    "archived": (Fault(error="is_archived"), Rejected),
    "revoked": (Fault(error="token_revoked"), Rejected),
}


@pytest.mark.parametrize("settings", [ADMIN])
@pytest.mark.parametrize(("fault", "kind"), FATES.values(), ids=FATES.keys())
async def test_what_became_of_a_post_is_told_truly(house: House, fault: Fault, kind: type) -> None:
    """Surely not and worth another try, never, or nobody knows."""
    await daily(house, SET)
    subscription, post = await planned(house)
    house.slack.fail("chat.postMessage", fault)
    outcome = await house.adapter.poster.post(subscription, post)
    assert isinstance(outcome, kind)
    if isinstance(outcome, NotPosted) and fault.retry_after:
        assert outcome.retry_after_seconds == 600


@pytest.mark.parametrize("settings", [ADMIN | {"optional_scopes": ("channels:history",)}])
async def test_an_earlier_post_is_found_by_its_mark(house: House) -> None:
    """Where the operator granted it: found, or surely absent; a refusal leaves it unclear."""
    house.adapter._one.learn(team_id="T1", bot_user_id="UBOT", scopes=("channels:history",))  # type: ignore[union-attr]
    await daily(house, SET)
    subscription, post = await planned(house)
    since = house.clock() - timedelta(minutes=1)
    poster = house.adapter.poster
    assert isinstance(await poster.find(subscription, post.mark, since), Absent)
    house.slack.fail("chat.postMessage", Fault(drop=True, done=True))
    assert isinstance(await poster.post(subscription, post), Unclear)
    house.slack.history.append(house.slack.posted("chat.postMessage")[-1] | {"ts": "1700000009.1"})
    assert isinstance(await poster.find(subscription, post.mark, since), Posted)
    house.slack.fail("conversations.history", Fault(error="not_in_channel"))
    refused = await poster.find(subscription, post.mark, since)
    assert (type(refused), getattr(refused, "is_passing", None)) == (Unclear, False)


@pytest.mark.parametrize("settings", [ADMIN | {"optional_scopes": ("channels:history",)}])
@pytest.mark.parametrize("fault", [Fault(error="internal_error"), Fault(drop=True)], ids=["in trouble", "away"])
async def test_a_look_that_slack_did_not_answer_may_be_asked_again(house: House, fault: Fault) -> None:
    """That is not the same as a platform that cannot tell."""
    house.adapter._one.learn(team_id="T1", bot_user_id="UBOT", scopes=("channels:history",))  # type: ignore[union-attr]
    await daily(house, SET)
    subscription, post = await planned(house)
    for _ in range(9):
        house.slack.fail("conversations.history", fault)
    sight = await house.adapter.poster.find(subscription, post.mark, house.clock())
    assert (type(sight), getattr(sight, "is_passing", None)) == (Unclear, True)


@pytest.mark.parametrize("settings", [ADMIN])
async def test_without_the_right_to_look_nobody_can_tell(house: House) -> None:
    """Then it is never posted twice."""
    await daily(house, SET)
    subscription, post = await planned(house)
    assert isinstance(await house.adapter.poster.find(subscription, post.mark, house.clock()), Unclear)


@pytest.mark.parametrize("settings", [ADMIN])
async def test_the_admin_is_told_directly(house: House) -> None:
    """With the channel it is about; False where Slack does not take it."""
    await daily(house, SET)
    subscription, _ = await planned(house)
    assert await house.adapter.poster.tell_admin(subscription, "It <stopped>.") is True
    told = house.slack.posted("chat.postMessage")[-1]
    assert told["channel"] == "U0ADA"
    assert told["text"] == "It &lt;stopped&gt;. (<#C1>)"
    house.slack.fail("chat.postMessage", Fault(error="user_not_found"))
    assert await house.adapter.poster.tell_admin(subscription, "x") is False


@pytest.mark.parametrize("settings", [ADMIN])
async def test_only_a_chosen_group_is_called(house: House) -> None:
    """And only by an id of Slack's."""
    await daily(house, f"{SET} <!subteam^S042|@readers>")
    subscription, post = await planned(house)
    from dataclasses import replace

    for role, called in ((subscription.role_id, True), (None, False), ("S1> <!channel", False)):
        await house.adapter.poster.post(subscription, replace(post, role_id=role))
        shown = words(house.slack.posted("chat.postMessage")[-1])
        assert ("<!subteam^S042>" in shown) is called
        assert "<!channel" not in shown


async def test_a_process_that_only_posts_needs_no_way_in(slack: FakeSlack, store: Store, index: Index) -> None:
    """A bot token is enough; it listens to nothing and is ready."""
    settings = config(slack.url, socket=False, posts_only=True)
    adapter = adapter_of(settings, desk_of(store, index))
    await adapter.start()
    assert adapter.endpoints == ()
    assert adapter.health().is_ready
    await adapter.stop()
