"""What a member can do: commands, mentions, direct messages, buttons, the Home tab."""

import asyncio
import json
from typing import Any

import pytest

from bot.adapters.slack.commands import COMMANDS
from bot.adapters.slack.text import unescape
from bot.answer.service import Answers
from tests.adapters.contract_table import CASES, Case, expected
from tests.adapters.slack.conftest import House
from tests.fakes.slack.payloads import buttons, command, direct, event, mention, press, reply, words

FUEL = "what fuel did the lantern use"
SCARED = "was he scared in the hurricane?"


@pytest.mark.parametrize("case", [one for one in CASES if one.text.strip() and not one.theme], ids=lambda case: case.id)
async def test_ask_says_what_every_adapter_says(house: House, answers: Answers, case: Case) -> None:
    """Text, tag and link of the one door, privately."""
    said = expected(answers, case)
    message = await house.ask(command(house.slack, "ask", case.text))
    assert said.text in unescape(words(message))
    assert said.tag in unescape(words(message))
    assert all(url in unescape(json.dumps(message, ensure_ascii=False)) for url in said.links)
    assert message["response_type"] == "ephemeral"


async def test_the_question_is_restated_and_cannot_ping(house: House) -> None:
    """Marks that were typed are shown as typed."""
    message = await house.ask(command(house.slack, "ask", "what fuel did the &lt;lantern&gt; & its <burner> use"))
    assert "the &lt;lantern&gt; &amp; its &lt;burner&gt; use" in message["blocks"][0]["text"]["text"]


@pytest.mark.parametrize("name", [one.name for one in COMMANDS])
async def test_every_command_has_help(house: House, name: str) -> None:
    """`help` behind any command shows how it is used."""
    message = await house.ask(command(house.slack, name, "help"))
    assert f"/{name}" in words(message)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ask", "", "Write your question behind /ask"),
        ("when", "", "Write a topic behind /when"),
        ("when", "x" * 501, "at most 500 characters"),
        ("at", "", "Write a time of the video"),
        ("at", "soon", "That is no time I can read"),
        ("at", "9:59:59", "The video is 10:00 long"),
        ("insight", "strom", "Did you mean Storms"),
        ("themes", "please", "Write /themes with nothing behind it"),
        ("ask", "x" * 501, "at most 500 characters"),
    ],
)
async def test_a_usage_error_names_the_fix(house: House, name: str, text: str, said: str) -> None:
    """One private line, with what to write instead."""
    message = await house.ask(command(house.slack, name, text))
    assert said in unescape(words(message))
    assert message["response_type"] == "ephemeral"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("when", "storm", "Moments about “storm”"),
        ("when", "quantum chromodynamics", "I found no moment"),
        ("at", "2:40", "At 2:40"),
        ("insight", "", "sack of coal"),
        ("insight", "Storms", "counted waves"),
        ("themes", "", "Life on the rock"),
        ("about", "", "Coastlines #7"),
        ("map", "", "The great storm"),
        ("privacy", "", "not chosen to keep questions"),
        ("forget-me", "", "Nothing was kept about you"),
    ],
)
async def test_each_command_answers(house: House, name: str, text: str, said: str) -> None:
    """One message, with what was asked for."""
    assert said in unescape(words(await house.ask(command(house.slack, name, text))))


async def test_a_mention_is_answered_in_a_thread(house: House) -> None:
    """Public, under the message that asked; a follow-up there knows the topic."""
    payload = mention(SCARED)
    message = await house.ask(payload)
    assert message["channel"] == "C1"
    assert message["thread_ts"] == payload["event"]["ts"]
    more = await house.ask(mention("and why?", thread=payload["event"]["ts"]))
    assert words(more) != words(message)
    assert "2:3" in words(more)


async def test_a_bare_question_elsewhere_has_no_topic(house: House) -> None:
    """What another thread was about is not mixed in."""
    await house.ask(mention(SCARED))
    message = await house.ask(mention("and why?"))
    assert "cv_play" not in buttons(message)


async def test_an_empty_mention_gets_help_in_private(house: House) -> None:
    """Nobody else in the channel is bothered."""
    message = await house.ask(mention(""))
    assert message["user"] == "U0ADA"
    assert "/ask" in words(message)


async def test_a_direct_message_is_answered_and_followed_up(house: House) -> None:
    """In its thread; a follow-up in the thread or beside it knows the topic."""
    payload = direct(FUEL)
    message = await house.ask(payload, "chat.postMessage")
    assert message["thread_ts"] == payload["event"]["ts"]
    beside = await house.ask(direct("and why?"), "chat.postMessage")
    inside = await house.ask(direct("tell me more", thread=payload["event"]["ts"]), "chat.postMessage")
    assert "cv_play" in buttons(beside)
    assert "cv_play" in buttons(inside)


async def test_a_direct_message_shows_a_status_first(house: House) -> None:
    """The assistant's status comes before the answer, which ends it."""
    await house.ask(direct(FUEL), "chat.postMessage")
    methods = [call.method for call in house.slack.calls]
    assert methods.index("assistant.threads.setStatus") < methods.index("chat.postMessage")


async def test_a_reply_in_the_bots_thread_needs_no_mention(house: House) -> None:
    """Where the channel's messages arrive, a reply under an answer is a question; elsewhere it is not."""
    payload = mention(SCARED)
    await house.ask(payload)
    more = await house.ask(reply("and why?", thread=payload["event"]["ts"]))
    assert "cv_play" in buttons(more)
    for silent in (reply(FUEL, thread="1600000000.1"), reply("thanks!", thread=payload["event"]["ts"])):
        await house.send(silent)
        await house.settle()
    assert len(house.slack.posted()) == 2


@pytest.mark.parametrize(
    "payload",
    [
        direct(FUEL, subtype="message_changed"),
        direct(FUEL, bot_id="B1"),
        direct(FUEL, user="UBOT"),
        reply(f"<@UBOT> {FUEL}", thread="1.2"),
        reply(f"<@U0BOB> {FUEL}", thread="1.2"),
        event({"type": "reaction_added", "user": "U0ADA"}),
        event({"type": "message"}),
    ],
    ids=["edit", "bot", "itself", "mention comes twice", "to another", "reaction", "empty"],
)
async def test_what_is_not_for_the_bot_is_left_alone(house: House, payload: dict[str, Any]) -> None:
    """Acknowledged, and nothing is said."""
    assert (await house.send(payload)).status == 200
    await house.settle()
    assert house.slack.posted() == []


async def test_talk_in_the_bots_thread_gets_no_public_refusal(house: House) -> None:
    """People go on among themselves there: who was not understood is told so alone."""
    payload = mention(SCARED)
    await house.ask(payload)
    refusal = await house.ask(reply("my uncle has a boat in Portugal", thread=payload["event"]["ts"]))
    assert refusal["user"] == "U0ADA"
    assert refusal["thread_ts"] == payload["event"]["ts"]
    assert len(house.slack.posted("chat.postMessage")) == 1


async def test_share_posts_once_with_who_shared_it(house: House) -> None:
    """However often it is pressed, by whomever."""
    shown = buttons(await house.ask(command(house.slack, "ask", FUEL)))
    posted = await house.ask(press(house.slack, shown["cv_share"]), "chat.postMessage")
    assert "<@U0ADA>" in words(posted)
    assert f"> {FUEL}" in words(posted)
    assert "cv_share" not in buttons(posted)
    again = await house.ask(press(house.slack, shown["cv_share"], user="U0BOB"), "response_url")
    assert "already shared" in words(again)
    assert len(house.slack.posted("chat.postMessage")) == 1


async def test_a_thread_under_a_shared_answer_knows_its_topic(house: House) -> None:
    """A mention there goes on from it."""
    shown = buttons(await house.ask(command(house.slack, "ask", SCARED)))
    await house.ask(press(house.slack, shown["cv_share"]), "chat.postMessage")
    await house.settle()
    more = await house.ask(mention("and why?", thread=house.slack.history[0]["ts"]), "chat.postMessage")
    assert "cv_play" in buttons(more)


async def test_an_insight_can_be_shared_and_asked_about(house: House) -> None:
    """The shared one is the one that was shown."""
    shown = await house.ask(command(house.slack, "insight", "lamp"))
    posted = await house.ask(press(house.slack, buttons(shown)["cv_share"]), "chat.postMessage")
    assert words(shown).splitlines()[0] in words(posted)
    about = await house.ask(press(house.slack, buttons(shown)["cv_open_0"]), "response_url")
    assert "cv_play" in buttons(about)


async def test_related_opens_further_moments(house: House) -> None:
    """The list leads to answers."""
    shown = await house.ask(command(house.slack, "ask", FUEL))
    moments = await house.ask(press(house.slack, buttons(shown)["cv_related"]))
    answer = await house.ask(press(house.slack, buttons(moments)["cv_open_0"]))
    assert "cv_play" in buttons(answer)


async def test_votes_are_counted_once_a_person(house: House) -> None:
    """A second vote changes the first; forgetting removes it."""
    shown = buttons(await house.ask(command(house.slack, "ask", FUEL)))
    for action in ("cv_up", "cv_down", "cv_down"):
        await house.ask(press(house.slack, shown[action]))
    votes = await house.store.votes_of("harbour-light", "lamp-oil")
    assert (votes.up, votes.down) == (0, 1)
    assert "Entries removed: 1" in words(await house.ask(command(house.slack, "forget-me")))


async def test_play_is_acknowledged_and_says_nothing(house: House) -> None:
    """The video opens in the browser; Slack only wants to know that the press arrived."""
    shown = buttons(await house.ask(command(house.slack, "ask", FUEL)))
    assert (await house.send(press(house.slack, shown["cv_play"]))).status == 200
    await house.settle()
    assert len(house.slack.posted()) == 1


@pytest.mark.parametrize("value", ["", "junk", '{"h": "no-such-note"}', '{"k": "i", "h": "gone"}'])
@pytest.mark.parametrize("action", ["cv_share", "cv_up", "cv_related", "cv_open_0", "cv_theme_0"])
async def test_an_old_button_gets_a_line(house: House, action: str, value: str) -> None:
    """A press never ends in silence, whatever it carries."""
    message = await house.ask(press(house.slack, {"action_id": action, "value": value}))
    assert "Please ask again" in words(message)


@pytest.mark.parametrize("settings", [{"per_minute": 2}])
async def test_asking_too_fast_gets_try_again(house: House) -> None:
    """The third in a minute is told how long to wait."""
    for _ in range(2):
        await house.ask(command(house.slack, "ask", FUEL))
    assert "Try again in" in words(await house.ask(command(house.slack, "ask", FUEL)))


@pytest.mark.parametrize("payload", ["command", "mention", "press"])
async def test_a_redelivery_changes_nothing(house: House, payload: str) -> None:
    """Delivered four times, answered once."""
    made = {
        "command": command(house.slack, "ask", FUEL),
        "mention": mention(FUEL),
        "press": press(house.slack, {"action_id": "cv_up", "value": '{"h": "lamp-oil"}'}),
    }[payload]
    replies = await asyncio.gather(*[house.send(made) for _ in range(4)])
    assert [one.status for one in replies] == [200] * 4
    await house.settle()
    assert len(house.slack.posted()) == 1


async def test_two_processes_agree_on_one_answer(house: House, open_store: Any, index: Any) -> None:
    """A redelivery that reaches another process is recognised there."""
    from bot.adapters.slack.once import Once

    other = await open_store()
    try:
        payload = command(house.slack, "ask", FUEL)
        await house.ask(payload)
        assert await Once(other).is_first(payload["trigger_id"]) is False
        assert await Once(other).is_first("another") is True
    finally:
        await other.close()


async def test_the_map_is_a_picture_where_it_has_an_address(house: House) -> None:
    """An image block with words for those who do not see it."""
    from dataclasses import replace

    from bot.adapters.slack.incoming import Incoming
    from bot.adapters.slack.questions import Questions

    settings = replace(house.adapter._config, map_url="https://bot.example/map.png")
    questions = Questions(desk=house.desk, config=settings, reply_id=lambda incoming: "r")
    message = await questions.map(Incoming(surface="command", key="k"))
    assert message.blocks[0]["image_url"] == "https://bot.example/map.png"
    assert message.blocks[0]["alt_text"]
