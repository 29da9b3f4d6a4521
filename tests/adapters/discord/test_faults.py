"""The unmodified discord.py client, in its own process, against a Discord with the faults it is known for."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.adapters.discord.asking import CALLBACK, FUEL, ORIGINAL, POST, assert_answered, mention, words
from tests.adapters.discord.process import Bot, running
from tests.fakes.discord import payloads
from tests.fakes.discord.faults import Fault, too_many
from tests.fakes.discord.server import Asked, FakeDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")
World = tuple[FakeDiscord, Bot]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One bot for all tests of this file: each leaves it well."""
    folder: Path = tmp_path_factory.mktemp("bot")
    async with FakeDiscord() as fake, running(fake, folder) as bot:
        yield fake, bot
        assert await bot.end() == 0


async def test_an_acknowledgement_survives_what_discord_does_to_it(world: World) -> None:
    """5xx, taken but answered with 5xx, or cut: acknowledged in time all the same, and one answer is seen."""
    fake = world[0]
    for fault in (
        Fault(method="POST", path=CALLBACK, status=502),
        Fault(method="POST", path=CALLBACK, status=500, is_done_first=True),
        Fault(method="POST", path=CALLBACK, is_dropped=True),
        Fault(method="POST", path=CALLBACK, is_dropped=True, is_done_first=True),
    ):
        fake.faults.plan(fault)
        await assert_answered(fake)


async def test_an_answer_survives_what_discord_does_to_it(world: World) -> None:
    """5xx, cut, or taken and cut: the person sees exactly one answer."""
    fake = world[0]
    for fault in (
        Fault(method="PATCH", path=ORIGINAL, status=500),
        Fault(method="PATCH", path=ORIGINAL, is_dropped=True),
        Fault(method="PATCH", path=ORIGINAL, is_dropped=True, is_done_first=True),
        Fault(method="PATCH", path=ORIGINAL, **too_many(0.3)),
    ):
        fake.faults.plan(fault)
        asked = await assert_answered(fake)
        await fake.until(lambda done=fault: done.times == 0)
        assert asked.visible == 1


async def test_a_refused_answer_becomes_one_line_with_a_reference(world: World) -> None:
    """What Discord does not take is not met with silence."""
    fake, bot = world
    fake.faults.plan(Fault(method="PATCH", path=ORIGINAL, status=400, body={"code": 50035, "message": "Invalid Form"}))
    asked = await fake.interact(2, FUEL)
    line = words(await asked.until_shown())
    code = line.rpartition("reference ")[2].rstrip(").")
    assert len(code) == 6
    told = [line for line in map(json.loads, bot.lines().splitlines()) if line.get("reference") == code]
    assert [line["event"] for line in told] == ["failed", "refused_by_discord"]
    assert (told[1]["status"], told[1]["code"]) == (400, 50035)
    assert asked.visible == 1
    await assert_answered(fake)


async def test_a_button_nobody_made_and_a_command_that_is_gone_are_told(world: World) -> None:
    """Forged, on the wrong message, stale, or from an older version: one polite line each."""
    fake = world[0]
    asked = await assert_answered(fake)
    assert asked.shown is not None
    shown = payloads.message(payloads.BOT, flags=64) | {
        "embeds": asked.shown["embeds"],
        "components": asked.shown["components"],
    }
    for custom_id, components in (
        ("cv1:drop:everything", shown["components"]),
        ("cv1:up:dog-pilot", shown["components"]),
        ("cv9:" + "x" * 90, []),
    ):
        pressed = {"component_type": 2, "custom_id": custom_id}
        refused = await fake.interact(3, pressed, message=shown | {"components": components})
        assert "cannot read that button" in words(await refused.until_shown())
    old = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": "cv1:open:gone-note"}]}]
    stale = await fake.interact(
        3, {"component_type": 2, "custom_id": "cv1:open:gone-note"}, message=shown | {"components": old}
    )
    assert "no longer have" in words(await stale.until_shown())
    gone = await fake.interact(2, payloads.command("former", x="y"))
    assert "has changed" in words(await gone.until_shown())


async def test_share_posts_once_and_says_so_when_it_cannot_tell(world: World) -> None:
    """Shared under the answer for all; refused it may be pressed again; lost on the way it is not repeated."""
    fake = world[0]
    asked = await assert_answered(fake)
    assert asked.shown is not None

    async def share(message: dict[str, Any]) -> Asked:
        pressed = {"component_type": 2, "custom_id": "cv1:share:lamp-oil"}
        return await fake.interact(3, pressed, message=message)

    def answer() -> dict[str, Any]:
        assert asked.shown is not None
        parts = {key: asked.shown[key] for key in ("embeds", "components")}
        return payloads.message(payloads.BOT, flags=64) | parts

    message = answer()
    fake.faults.plan(Fault(method="POST", path=r"^/webhooks/\d+/[^/]+$", status=403, body={"code": 50013}))
    assert "reference" in words(await (await share(message)).until_shown())
    first = await share(message)
    assert "paraffin" in words(await first.until_shown())
    assert first.added[0].get("flags", 0) == 0
    assert "already shared" in words(await (await share(message)).until_shown())
    fake.faults.plan(Fault(method="POST", path=r"^/webhooks/\d+/[^/]+$", is_dropped=True, is_done_first=True))
    unsure = await share(other := answer())
    await fake.until(lambda: len(unsure.added) == 2)
    assert "could not confirm" in words(unsure.added[1])
    assert "already shared" in words(await (await share(other)).until_shown())
    third = answer()
    fake.faults.plan(Fault(method="PATCH", path=ORIGINAL, status=404, body={"code": 10008, "message": "gone"}))
    dismissed = await share(third)
    await fake.until(lambda: len(fake.called("PATCH", dismissed.payload["token"])) == 1)
    assert "already shared" in words(await (await share(third)).until_shown())
    assert len(dismissed.added) == 1


async def test_a_reply_in_a_channel_comes_once_whatever_happens(world: World) -> None:
    """503, a lost answer, and limits of the route and of all: repeated under one nonce, posted once."""
    fake = world[0]
    text, more = mention("what fuel did the lantern use")
    for fault in (
        Fault(method="POST", path=POST, status=503),
        Fault(method="POST", path=POST, is_dropped=True, is_done_first=True),
        Fault(method="POST", path=POST, **too_many(0.3)),
        Fault(method="POST", path=POST, **too_many(0.3, is_global=True)),
    ):
        fake.faults.plan(fault)
        posts, tries = len(fake.posts), len(fake.called("POST", "/channels/"))
        asked = await fake.write(text, **more)
        await fake.until(lambda count=tries + 2: len(fake.called("POST", "/channels/")) == count)
        await fake.until(lambda count=posts: len(fake.posts) > count)
        assert len(fake.posts) == posts + 1
        post = fake.posts[-1]
        assert "paraffin" in words(post)
        assert post["nonce"] == asked["id"]
        assert str(post["message_reference"]["message_id"]) == asked["id"]
        assert post["allowed_mentions"]["parse"] == []


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (404, 10003)])
async def test_who_cannot_be_answered_in_a_channel_is_told_directly(world: World, status: int, code: int) -> None:
    """A missing permission or a deleted channel: the asker hears of it in a direct message."""
    fake = world[0]
    fake.faults.plan(Fault(method="POST", path=POST, status=status, body={"code": code, "message": "no"}))
    text, more = mention("what fuel did the lantern use")
    before = len(fake.posts)
    await fake.write(text, **more)
    post = (await fake.until_posted(before + 1))[-1]
    assert post["channel_id"] == str(payloads.ANN_ID + 1)
    assert "may not write" in words(post)
    await assert_answered(fake)


async def test_a_reply_that_may_not_point_to_its_question_is_a_message(world: World) -> None:
    """Without the right to read the history Discord takes no reply: the answer comes all the same."""
    fake = world[0]
    fake.faults.plan(Fault(method="POST", path=POST, status=400, body={"code": 160002, "message": "no"}))
    text, more = mention("what fuel did the lantern use")
    before = len(fake.posts)
    await fake.write(text, **more)
    post = (await fake.until_posted(before + 1))[-1]
    assert "paraffin" in words(post)
    assert "message_reference" not in post


@pytest.mark.parametrize("times", [1, 2])
async def test_a_reply_discord_does_not_take_becomes_one_line(world: World, times: int) -> None:
    """In the channel where that is possible, else in a direct message, with a reference."""
    fake, bot = world
    fault = Fault(method="POST", path=POST, status=400, body={"code": 50035, "message": "Invalid Form"}, times=times)
    fake.faults.plan(fault)
    text, more = mention("what fuel did the lantern use")
    before = len(fake.posts)
    await fake.write(text, **more)
    post = (await fake.until_posted(before + 1))[-1]
    assert (post["channel_id"] == str(payloads.CHANNEL_ID)) is (times == 1)
    code = words(post).rpartition("reference ")[2].rstrip("). ")
    assert f'"reference": "{code}"' in bot.lines()
    assert len(fake.posts) == before + 1


async def test_a_person_may_use_the_bot_where_it_is_no_member(world: World) -> None:
    """Installed by a user: no server, no channel rights, only the response."""
    fake = world[0]
    private = payloads.channel(4242, None) | {"type": 3, "name": None, "owner_id": "1"}
    more = {"channel": private, "channel_id": "4242", "context": 2, "user": payloads.user()}
    payload = payloads.interaction(2, FUEL) | more | {"authorizing_integration_owners": {"1": str(payloads.ANN_ID)}}
    for key in ("guild_id", "member", "guild_locale"):
        payload.pop(key)
    asked, before = fake.expect(payload), len(fake.posts)
    await fake.gateway.dispatch("INTERACTION_CREATE", payload)
    assert "paraffin" in words(await asked.until_shown())
    assert len(fake.posts) == before


async def test_the_gateway_may_break_in_every_way(world: World) -> None:
    """Closed, asked to reconnect, session void: the bot comes back, and what happened meanwhile is answered."""
    fake = world[0]
    for code in (4000, 1001, 4009):
        await fake.gateway.close(code)
        asked = await fake.interact(2, FUEL)
        assert "paraffin" in words(await asked.until_shown())
    assert len(fake.gateway.resumed) == 3
    await fake.gateway.reconnect()
    await fake.until(lambda: len(fake.gateway.resumed) == 4)
    await assert_answered(fake)
    await fake.gateway.invalidate(can_resume=False)
    await fake.until(lambda: len(fake.gateway.identified) == 2)
    await assert_answered(fake)
