"""The real discord.py on a simulated Discord: commands, buttons, mentions, follow-ups."""

from typing import Any

import pytest

from bot.adapters.desk import Asker, Desk
from bot.adapters.discord.pictures import Pictures
from bot.adapters.discord.text import unescape
from bot.answer.model import QUESTION_LENGTH
from tests.adapters.contract_table import CASES, Said, expected
from tests.adapters.discord.conftest import Stage, make_client, staged

FUEL = "what fuel did the lantern use"


def said(message: Any) -> Said:
    """What a person sees: the words, the theme tag, the links, read back from a message."""
    (embed,) = message.embeds
    fields = {field.name: unescape(field.value) for field in embed.fields}
    links = [one["url"] for row in message.components for one in row["components"] if "url" in one]
    text = unescape((embed.description or "").split("\n\n> ")[0].split("\n\n— ")[0])
    return Said(text=text, tag=fields.get("Theme", ""), links=tuple(links))


async def ask(stage: Stage, name: str = "ask", **options: Any) -> Any:
    """The answer to a command, once all work is done."""
    result = await stage.ann.slash(stage.channel, name, **options)
    await stage.env.settle()
    return result


async def press(stage: Stage, message: Any, label: str) -> Any:
    """What a button leads to."""
    result = await stage.ann.click(message, label=label)
    await stage.env.settle()
    return result


async def test_every_question_of_the_table_gets_the_answer_of_the_one_door(desk: Desk) -> None:
    """The same question gives the same text, tag and links as on every other platform."""
    async with staged(desk) as stage:
        for case in CASES:
            if not 0 < len(case.text) <= QUESTION_LENGTH:
                continue  # Discord's own option limits keep these away; mentions below bring them.
            options = {"question": case.text} | ({"theme": case.theme} if case.theme else {})
            result = await ask(stage, **options)
            assert said(result.response) == expected(desk.library.default, case), case.id


async def test_a_mention_gets_the_same_answer_even_past_the_limits_of_a_command(desk: Desk) -> None:
    """The accessible way in says the same, also to nothing at all and to far too much."""
    async with staged(desk) as stage:
        bot = stage.env.bot.user
        assert bot is not None
        for case in CASES:
            if case.theme or "<" in case.text or "  " in case.text.strip() or "@" in case.text:
                continue
            await stage.ann.send(stage.channel, f"<@{bot.id}> {case.text}")
            await stage.env.settle()
            reply = stage.channel.last_message
            assert reply.author.id == bot.id
            seen = expected(desk.library.default, case)
            (embed,) = reply.embeds
            assert unescape(embed.description or "").startswith(seen.text), case.id


async def test_an_answer_is_private_until_it_is_shared_once(desk: Desk) -> None:
    """Share posts the very answer for all to see, with a name under it; a second press posts nothing."""
    async with staged(desk) as stage:
        answer = await ask(stage, question=FUEL)
        assert answer.response.ephemeral
        shared = await press(stage, answer.response, "Share")
        (post,) = shared.followups
        assert not post.ephemeral
        assert post.embeds[0].title == FUEL
        assert post.embeds[0].description == answer.response.embeds[0].description
        assert post.embeds[0].footer.text == "Shared by ann"
        assert "Share" not in labels(post)
        assert "Share" not in labels(answer.response)


async def test_two_presses_of_share_at_once_post_once(desk: Desk) -> None:
    """The store lets one press through, in whatever process it arrives."""
    async with staged(desk) as stage:
        answer = await ask(stage, question=FUEL)
        assert await desk.store.claim_share(f"discord:{answer.response.id}")
        second = await press(stage, answer.response, "Share")
        (line,) = second.followups
        assert line.ephemeral
        assert "already shared" in line.embeds[0].description


async def test_shared_from_the_start(desk: Desk) -> None:
    """With `share`, everyone sees the answer, and it has no Share button."""
    async with staged(desk) as stage:
        answer = await ask(stage, question=FUEL, share=True)
        assert not answer.response.ephemeral
        assert "Share" not in labels(answer.response)


async def test_every_offered_button_leads_to_an_answer(desk: Desk) -> None:
    """Related lists moments, each of which opens, and votes are counted and thanked for."""
    async with staged(desk) as stage:
        answer = await ask(stage, question=FUEL)
        related = await press(stage, answer.response, "Related")
        openers = [one for row in related.response.components for one in row["components"] if "custom_id" in one]
        assert openers
        for one in openers:
            opened = await press(stage, related.response, one["label"])
            assert "Chapter" in [field.name for field in opened.response.embeds[0].fields]
        await press(stage, answer.response, "👍")
        votes = await desk.store.votes_of(desk.library.default.episode.id, "lamp-oil")
        assert (votes.up, votes.down) == (1, 0)
        thanked = await press(stage, answer.response, "👎")
        assert "Thank you" in thanked.response.embeds[0].description
        votes = await desk.store.votes_of(desk.library.default.episode.id, "lamp-oil")
        assert (votes.up, votes.down) == (0, 1)


async def test_buttons_work_after_a_restart(desk: Desk) -> None:
    """A button's id holds all that is needed; another process answers it."""
    async with staged(desk) as stage:
        answer = await ask(stage, question=FUEL)
        later, adapter = await make_client(desk)
        await stage.env.restart_bot(later)
        assert later.persistent_views == []
        related = await press(stage, answer.response, "Related")
        assert related.response.embeds[0].title == "Related moments"
        await adapter.stop()


async def test_a_follow_up_goes_on_from_the_answer_before(desk: Desk) -> None:
    """`and why?` belongs to the last answer of the same person in the same channel."""
    async with staged(desk) as stage:
        await ask(stage, question="how high were the waves")
        more = await ask(stage, question="and why?")
        assert "stopped at four hundred" in more.response.embeds[0].description


async def test_a_reply_to_an_answer_goes_on_from_that_answer(desk: Desk) -> None:
    """What was asked meanwhile does not matter: the replied-to message tells the topic."""
    async with staged(desk) as stage:
        bot = stage.env.bot.user
        assert bot is not None
        await stage.ann.send(stage.channel, f"<@{bot.id}> how high were the waves")
        await stage.env.settle()
        waves = stage.channel.last_message
        await ask(stage, question=FUEL)
        await stage.ann.send(stage.channel, f"<@{bot.id}> and why?", reply_to=waves)
        await stage.env.settle()
        assert "stopped at four hundred" in stage.channel.last_message.embeds[0].description


async def test_a_direct_message_is_a_question(desk: Desk) -> None:
    """No mention is needed where nobody else can be meant."""
    async with staged(desk) as stage:
        sent = await stage.ann.send_dm(FUEL)
        await stage.env.settle()
        replies = [one async for one in sent.channel.history()]
        assert any(one.embeds and "paraffin" in (one.embeds[0].description or "") for one in replies)


async def test_talk_among_people_gets_no_reply(desk: Desk) -> None:
    """The bot answers only those who ask it, never everyone, other bots or itself."""
    async with staged(desk) as stage:
        await stage.ann.send(stage.channel, FUEL)
        await stage.ann.send(stage.channel, f"@everyone {FUEL}")
        await stage.env.settle()
        assert "what fuel" in stage.channel.last_message.content


async def test_nothing_that_was_typed_pings(desk: Desk) -> None:
    """A question full of mentions and markup is shown as typed, in a message that may mention nobody."""
    async with staged(desk) as stage:
        hostile = f"[what](https://evil.example) **fuel** <@{stage.ann.id}> @everyone did the lantern use"
        result = await ask(stage, question=hostile, share=True)
        embed = result.response.embeds[0]
        shown = f"{embed.title or ''}{embed.description or ''}"
        assert "](" not in shown
        assert f" <@{stage.ann.id}>" not in shown
        assert not result.response.message.mentions
        assert not result.response.message.mention_everyone


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("when", {"topic": "dog"}, "The dog that heard boats first"),
        ("when", {"topic": "quantum chromodynamics"}, "no moment"),
        ("at", {"time": "3:00"}, "The storm of 1990"),
        ("at", {"time": "soon"}, "no time I can read"),
        ("at", {"time": "9:99:99"}, "no time I can read"),
        ("at", {"time": "2:00:00"}, "10:00 long"),
        ("insight", {}, "sack of coal"),
        ("insight", {"theme": "weather"}, "four hundred"),
        ("insight", {"theme": "cooking"}, "do not know that theme"),
        ("themes", {}, "Life on the rock"),
        ("about", {}, "Forty winters"),
        ("help", {}, "/forget-me"),
        ("privacy", {}, "30 days"),
        ("forget-me", {}, "Nothing was kept"),
    ],
)
async def test_every_command_answers(desk: Desk, command: str, options: dict[str, str], words: str) -> None:
    """No command leaves a person without a line, whatever they typed."""
    async with staged(desk) as stage:
        result = await ask(stage, command, **options)
        assert result.response.ephemeral
        assert words in unescape(result.response.embeds[0].description or "")


async def test_forget_me_removes_the_votes(desk: Desk) -> None:
    """What was kept of a person goes when they say so."""
    async with staged(desk) as stage:
        answer = await ask(stage, question=FUEL)
        await press(stage, answer.response, "👍")
        result = await ask(stage, "forget-me")
        assert "1" in result.response.embeds[0].description
        assert await desk.forget(Asker(platform="discord", user_id=str(stage.ann.id))) == 0


async def test_topics_are_completed_with_typos_and_within_the_limits(desk: Desk) -> None:
    """At most 25 choices of at most 100 characters, also for a half-typed and misspelt word."""
    async with staged(desk) as stage:
        empty = await stage.ann.autocomplete(stage.channel, "when", "topic", "")
        assert empty[0]["name"] == "Arrival"
        assert len(empty) <= 25
        found = await stage.ann.autocomplete(stage.channel, "when", "topic", "vinegr lens")
        assert found[0]["name"] == "Cleaning the lens with vinegar"
        themes = await stage.ann.autocomplete(stage.channel, "insight", "theme", "st")
        assert [one["value"] for one in themes] == ["weather"]


async def test_the_map_and_the_strip_come_with_words(desk: Desk) -> None:
    """Where pictures are drawn, an answer carries its moment and /map the episode, both described in words."""
    async with staged(desk, pictures=Pictures()) as stage:
        answer = await ask(stage, question=FUEL)
        (strip,) = answer.response.attachments
        assert "Marked: 1:01" in (strip.description or "")
        result = await ask(stage, "map")
        (picture,) = result.response.attachments
        assert "8 notes" in (picture.description or "")


def labels(message: Any) -> list[str]:
    """The labels of all buttons."""
    return [one["label"] for row in message.components for one in row["components"]]
