"""The lines a person sees when there is no answer to see, and the languages they come in."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.adapters.desk import Desk
from bot.adapters.discord.invite import invite_link
from bot.adapters.discord.mention import Facts, question_of
from bot.adapters.discord.pictures import Pictures
from bot.answer.service import Answers
from bot.episode.loader import read_episode
from bot.retrieval.index import Index
from tests.adapters.discord.asking import FUEL, POST, assert_answered, mention, words
from tests.adapters.discord.connecting import connected
from tests.adapters.discord.house import open_desk
from tests.fakes.discord import payloads
from tests.fakes.discord.faults import Fault
from tests.fakes.discord.server import FakeDiscord

ROOT = Path(__file__).parents[3]


async def test_a_german_reader_gets_german_frames(fake: FakeDiscord, desk: Desk) -> None:
    """Buttons, field names and lines follow the reader's language."""
    async with connected(desk):
        await fake.gateway.ready.wait()
        asked = await fake.interact(2, FUEL, locale="de")
        shown = await asked.until_shown()
        assert "Teilen" in str(shown["components"])
        assert [one["name"] for one in shown["embeds"][0]["fields"]] == ["Kapitel", "Thema"]
        bad = await fake.interact(2, payloads.command("insight", theme="kochen"), locale="de")
        assert "kenne ich nicht" in words(await bad.until_shown())
        other = await fake.interact(2, FUEL, locale="ja")
        assert "Share" in str((await other.until_shown())["components"])


async def test_who_asks_too_often_is_told_when_to_come_back(
    fake: FakeDiscord, tmp_path: Path, answers: Answers
) -> None:
    """Per person and per server, with the seconds; buttons count as well."""
    async with open_desk(tmp_path, answers=answers, per_minute=1) as slow, connected(slow):
        await fake.gateway.ready.wait()
        asked = await assert_answered(fake)
        again = await fake.interact(2, FUEL)
        assert "Try again in 60 s" in words(await again.until_shown())
        assert asked.shown is not None
        message = payloads.message(payloads.BOT) | {key: asked.shown[key] for key in ("embeds", "components")}
        custom_id = asked.shown["components"][0]["components"][1]["custom_id"]
        pressed = await fake.interact(3, {"component_type": 2, "custom_id": custom_id}, message=message)
        assert "Try again in" in words(await pressed.until_shown())


async def test_an_answer_that_takes_too_long_is_apologised_for(
    fake: FakeDiscord, tmp_path: Path, answers: Answers
) -> None:
    """Long before Discord forgets the question, the person gets one line with a reference."""
    async with open_desk(tmp_path, answers=answers, delay_seconds=30.0) as slow, connected(slow, answer_seconds=0.1):
        await fake.gateway.ready.wait()
        asked = await fake.interact(2, FUEL)
        assert "too long, sorry" in words(await asked.until_shown())
        assert asked.visible == 1


def put_a_folder_in_its_place(folder: Path) -> None:
    """The store's file is gone, and cannot be made again."""
    for file in folder.glob("store.sqlite*"):
        file.unlink()
    (folder / "store.sqlite").mkdir()


async def test_a_store_that_is_down_stops_votes_not_answers(fake: FakeDiscord, desk: Desk, tmp_path: Path) -> None:
    """Questions are answered without it; what needs it is told with a reference."""
    async with connected(desk) as adapter:
        await fake.gateway.ready.wait()
        await adapter.synced()
        await desk.store.close()
        put_a_folder_in_its_place(tmp_path)
        asked = await assert_answered(fake)
        assert asked.shown is not None
        message = payloads.message(payloads.BOT) | {key: asked.shown[key] for key in ("embeds", "components")}
        pressed = await fake.interact(3, {"component_type": 2, "custom_id": "cv1:up:lamp-oil"}, message=message)
        assert "cannot reach my notebook" in words(await pressed.until_shown())


async def test_a_reply_whose_text_discord_hides_is_told_how(fake: FakeDiscord, desk: Desk) -> None:
    """Without the @ of a reply the bot sees no text: it says so instead of nothing."""
    async with connected(desk):
        await fake.gateway.ready.wait()
        text, more = mention("what fuel did the lantern use")
        await fake.write(text, **more)
        (answer,) = await fake.until_posted()
        reference = {"message_id": answer["id"], "channel_id": answer["channel_id"], "guild_id": str(payloads.GUILD_ID)}
        await fake.write("", type=19, message_reference=reference, referenced_message=answer)
        posts = await fake.until_posted(2)
        assert "mentions me" in words(posts[1])
        await fake.write("and why?", **more, type=19, message_reference=reference, referenced_message=answer)
        posts = await fake.until_posted(3)
        assert "mentions me" not in words(posts[2])


async def test_where_files_are_not_allowed_the_answer_comes_without_its_picture(fake: FakeDiscord, desk: Desk) -> None:
    """A right that only the picture needs does not cost the answer."""
    async with connected(desk, pictures=Pictures()):
        await fake.gateway.ready.wait()
        fake.faults.plan(Fault(method="POST", path=POST, status=403, body={"code": 50013, "message": "no"}))
        text, more = mention("what fuel did the lantern use")
        await fake.write(text, **more)
        (post,) = await fake.until_posted()
        assert "paraffin" in words(post)
        assert post["channel_id"] == str(payloads.CHANNEL_ID)


async def test_talk_in_a_server_not_known_yet_is_no_direct_message(fake: FakeDiscord, desk: Desk) -> None:
    """While a server is still being loaded, what people say there to each other gets no reply."""
    async with connected(desk):
        await fake.gateway.ready.wait()
        await fake.write("", guild_id=701234, channel_id=701235)
        await fake.write("what fuel did the lantern use", guild_id=None, channel_id=701236)
        posts = await fake.until_posted()
        assert [one["channel_id"] for one in posts] == ["701236"]


@given(st.text(max_size=60), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_bot_or_a_service_line_is_never_answered(
    content: str, is_person: bool, is_plain: bool, is_direct: bool, is_mention: bool, is_reply: bool
) -> None:
    """Only people are answered, only when they mean the bot, and without its own mention in the question."""
    facts = Facts(
        content=f"<@42> {content}",
        bot_id=42,
        is_from_person=is_person,
        is_plain=is_plain,
        is_direct=is_direct,
        mentions_bot=is_mention,
        is_reply_to_bot=is_reply,
    )
    question = question_of(facts)
    assert (question is not None) == (is_person and is_plain and (is_direct or is_mention or is_reply))
    assert question is None or "<@42>" not in question


def test_the_invite_link_of_the_documents_is_the_one_that_is_made() -> None:
    """The numbered steps show the link as `python -m bot discord invite` prints it."""
    page = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")
    assert invite_link("123456789012345678") in page
    with pytest.raises(ValueError, match="digits"):
        invite_link("1&redirect_uri=https://evil.example")


async def test_topics_of_the_real_episode_are_completed_in_time(fake: FakeDiscord, tmp_path: Path) -> None:
    """Within 100 ms from the event to the choices, over all chapters, themes and note titles."""
    answers = Answers(Index.build(read_episode(ROOT / "knowledge" / "jensen-huang")))
    async with open_desk(tmp_path, answers=answers) as real, connected(real):
        await fake.gateway.ready.wait()
        seconds = []
        for typed in ("scal", "suply chain", "memry", "tsmc", "how jensen"):
            data = payloads.command("when", topic=typed)
            data["options"][0]["focused"] = True
            began = time.perf_counter()
            asked = await fake.interact(4, data)
            found = (await asked.until_acknowledged())["data"]["choices"]
            seconds.append(time.perf_counter() - began)
            assert 0 < len(found) <= 25
            assert all(0 < len(one["name"]) <= 100 for one in found), json.dumps(found)
        assert sorted(seconds)[2] < 0.1


async def test_a_broken_completion_shows_nothing_and_is_logged(
    fake: FakeDiscord, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would swallow it: an operator sees the line, the person can still type."""

    def broken(typed: str) -> tuple[()]:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(desk.library.default, "suggest", broken)
    async with connected(desk):
        await fake.gateway.ready.wait()
        data = payloads.command("when", topic="x")
        data["options"][0]["focused"] = True
        with capture_logs() as logs:
            asked = await fake.interact(4, data)
            assert (await asked.until_acknowledged())["data"]["choices"] == []
        assert [one["error"] for one in logs if one["event"] == "completion_failed"] == ["RuntimeError"]
