"""The renderer: what is said arrives whole, and every limit of Discord holds for any text."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.discord import card as limits
from bot.adapters.discord import render
from bot.adapters.discord.card import Button, Card, Field, fit_card
from bot.adapters.discord.daily import reply_card
from bot.adapters.discord.payload import message_payload
from bot.adapters.discord.text import unescape, units
from bot.adapters.words import languages, say
from bot.answer.model import Answer, DailyThought, Question, Quote, Refusal, Related, Spoken
from bot.answer.service import Answers
from bot.episode.model import Chapter, Episode, Insight, Moment, Theme
from bot.insights.daily import DailyReply
from tests.adapters.contract_table import CASES, Case, expected

TEXT = st.builds(
    str.__mul__,
    st.text(max_size=20) | st.text(alphabet="*_[]()<@>#`\\ \n🐕e", max_size=20),
    st.sampled_from((1, 20, 300)),
)
HIT = st.from_regex(r"[a-z0-9][a-z0-9-]{0,120}", fullmatch=True)
MOMENTS = st.builds(
    Moment,
    video_id=st.just("Ab3dEf6hIj_"),
    start_seconds=st.integers(0, 99999),
    end_seconds=st.integers(100000, 100001),
)
THEMES = st.builds(Theme, id=HIT, name=TEXT, emoji=TEXT, line=TEXT, colour=st.just("#d4a017"))
CHAPTERS = st.builds(Chapter, title=TEXT, start_seconds=st.just(0), end_seconds=st.just(9))
RELATED = st.builds(Related, hit_id=HIT | st.just(""), title=TEXT, theme=st.none() | THEMES, moment=MOMENTS)
QUOTES = st.builds(Quote, text=TEXT, speaker=TEXT)
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    hit_id=HIT,
    episode_id=HIT,
    title=TEXT,
    text=TEXT,
    moment=MOMENTS,
    chapter=CHAPTERS,
    theme=st.none() | THEMES,
    speaker=TEXT,
    source=st.sampled_from(["note", "passage"]),
    confidence=st.just(0.9),
    quote=st.none() | QUOTES,
    related=st.lists(RELATED, max_size=6).map(tuple),
)
REFUSALS = st.builds(
    Refusal,
    question=TEXT,
    episode_id=HIT,
    outcome=st.sampled_from(["closest", "refusal", "smalltalk"]),
    text=TEXT,
    confidence=st.just(0.1),
    reason=HIT,
    nearest=st.lists(RELATED, max_size=9).map(tuple),
)
INSIGHTS = st.builds(Insight, id=HIT, theme=HIT, note=HIT, start_seconds=st.just(0), text=TEXT, question=TEXT)
THOUGHTS = st.builds(DailyThought, insight=INSIGHTS, theme=THEMES, moment=MOMENTS, chapter=CHAPTERS, hit_id=HIT)
SPOKEN = st.builds(
    Spoken, seconds=st.just(1), moment=MOMENTS, chapter=CHAPTERS, answer=st.none() | ANSWERS, quote=st.none() | QUOTES
)


def assert_within_limits(card: Card) -> None:
    """Every limit Discord names, on the payload that would be sent."""
    payload = message_payload(card)
    (embed,) = payload["embeds"]
    fields = embed.get("fields", [])
    footer = embed.get("footer", {}).get("text", "")
    assert units(embed.get("title", "")) <= limits.TITLE
    assert units(embed.get("description", "")) <= limits.DESCRIPTION
    assert len(fields) <= limits.FIELDS
    assert all(0 < units(one["name"]) <= limits.FIELD_NAME for one in fields)
    assert all(0 < units(one["value"]) <= limits.FIELD_VALUE for one in fields)
    total = sum(units(one["name"]) + units(one["value"]) for one in fields)
    assert total + sum(map(units, (embed.get("title", ""), embed.get("description", ""), footer))) <= limits.TOTAL
    assert len(payload["components"]) <= limits.ROWS
    buttons = [button for row in payload["components"] for button in row["components"]]
    assert all(0 < len(row["components"]) <= limits.ROW_WIDTH for row in payload["components"])
    assert all(0 < units(button["label"]) <= limits.LABEL for button in buttons)
    ids = [button["custom_id"] for button in buttons if "custom_id" in button]
    assert len(ids) == len(set(ids))
    assert all(0 < len(one) <= 100 for one in ids)
    assert all(len(button["url"]) <= limits.URL for button in buttons if "url" in button)


@settings(max_examples=15, deadline=None)
@given(ANSWERS, st.booleans(), st.sampled_from(languages()))
def test_an_answer_of_any_text_is_within_the_limits(answer: Answer, is_shared: bool, locale: str) -> None:
    """Whatever the curated files or a transcript hold, Discord will take the card."""
    assert_within_limits(render.answer_card(answer, locale=locale, is_shared=is_shared))


@settings(max_examples=15, deadline=None)
@given(REFUSALS)
def test_a_refusal_of_any_text_is_within_the_limits(refusal: Refusal) -> None:
    """A refusal restates any question without harm."""
    assert_within_limits(render.refusal_card(refusal, locale="en"))


@settings(max_examples=8, deadline=None)
@given(
    TEXT, st.lists(RELATED, max_size=9), SPOKEN, THOUGHTS, st.lists(THEMES, max_size=3).map(lambda themes: themes * 9)
)
def test_every_other_card_is_within_the_limits(
    topic: str, moments: list[Related], spoken: Spoken, thought: DailyThought, themes: list[Theme]
) -> None:
    """The same holds for moments, times, insights, themes and single lines."""
    assert_within_limits(render.when_card(topic, moments, locale="en"))
    assert_within_limits(render.related_card(moments, locale="de"))
    assert_within_limits(render.at_card(spoken, locale="en"))
    assert_within_limits(render.insight_card(thought, locale="en"))
    assert_within_limits(render.themes_card(themes, locale="en"))
    assert_within_limits(render.line_card(topic))


def test_letters_that_count_twice_are_counted_twice() -> None:
    """Outside the basic plane a letter takes two units: lists of such lines still fit."""
    line = "𐀀" * 900
    themes = [Theme(id=f"t{number}", name="x", emoji="x", line=line, colour="#d4a017") for number in range(5)]
    assert_within_limits(render.themes_card(themes, locale="en"))
    assert_within_limits(reply_card(DailyReply(text=line, lines=tuple((line, line) for _ in range(9)))))


def test_a_content_too_long_is_left_out() -> None:
    """Above the embed stands a ping of a role or nothing, never half of one."""
    assert fit_card(Card(content="<@&7>", text="x")).content == "<@&7>"
    assert fit_card(Card(content=f"<@&{'7' * 2000}>", text="x")).content == ""


@settings(max_examples=15, deadline=None)
@given(
    st.builds(
        Card,
        title=st.text(max_size=20),
        text=TEXT.map(lambda text: text[:2000]),
        fields=st.lists(
            st.builds(Field, name=st.text(max_size=9), value=TEXT.map(lambda text: text[:500])), max_size=40
        ).map(tuple),
        footer=TEXT,
        rows=st.lists(
            st.lists(
                st.builds(
                    Button,
                    label=TEXT,
                    url=st.sampled_from((None, "", "x" * 900, "javascript:x", "https://example.org/")),
                    custom_id=st.sampled_from((None, "", "x" * 101, "cv1:up:a", "cv1:up:b")),
                ),
                max_size=8,
            ).map(tuple),
            max_size=8,
        ).map(tuple),
    )
)
def test_the_last_step_drops_what_does_not_fit(card: Card) -> None:
    """Too many fields, rows or buttons, and addresses that are none, never reach Discord."""
    fitted = fit_card(card)
    payload = message_payload(fitted)
    assert len(payload["components"]) <= limits.ROWS
    assert units(fitted.title) + units(fitted.text) + units(fitted.footer) + sum(
        units(one.name) + units(one.value) for one in fitted.fields
    ) <= max(limits.TOTAL, units(fitted.title) + units(fitted.text))
    assert all(("url" in one) != ("custom_id" in one) for row in payload["components"] for one in row["components"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_card_says_what_the_one_door_says(answers: Answers, case: Case) -> None:
    """The same question gives the same text, tag and links as everywhere."""
    outcome = answers.ask(Question(text=case.text, theme=case.theme))
    card = (
        render.answer_card(outcome, locale="en")
        if isinstance(outcome, Answer)
        else render.refusal_card(outcome, locale="en")
    )
    said = expected(answers, case)
    assert unescape(card.text).startswith(said.text)
    assert [unescape(one.value) for one in card.fields if one.name == "Theme"] == ([said.tag] if said.tag else [])
    assert tuple(one.url for row in card.rows for one in row if one.url) == said.links


def test_the_buttons_of_an_answer(answers: Answers) -> None:
    """Play, share and votes; related only where there is something related; a shared answer has no share."""
    answer = answers.ask(Question(text="what fuel did the lantern use"))
    assert isinstance(answer, Answer)
    lone = render.answer_card(replace(answer, related=()), locale="en")
    assert [one.label for one in lone.rows[0]] == ["▶ 1:01", "Share", "👍", "👎"]
    near = Related(hit_id="dog-pilot", title="The dog", theme=None, moment=answer.moment)
    full = render.answer_card(replace(answer, related=(near,)), locale="de")
    assert [one.label for one in full.rows[0]] == ["▶ 1:01", "Verwandtes", "Teilen", "👍", "👎"]
    shared = render.answer_card(answer, locale="en", is_shared=True)
    assert "Share" not in [one.label for one in shared.rows[0]]


def test_the_colour_is_the_themes(answers: Answers) -> None:
    """An answer wears its theme's colour."""
    answer = answers.ask(Question(text="what fuel did the lantern use"))
    assert isinstance(answer, Answer)
    assert render.answer_card(answer, locale="en").colour == 0xD4A017


def test_about_names_the_episode_and_its_links(episode: Episode) -> None:
    """A person finds the video and the transcript behind the bot."""
    card = render.about_card(episode, locale="en")
    assert "Forty winters at the harbour light" in unescape(card.text)
    assert [one.url for one in card.rows[0]] == [episode.links.video, episode.links.transcript]


@pytest.mark.parametrize("locale", languages())
def test_help_and_privacy_are_complete_in_every_language(locale: str) -> None:
    """Every command has its line, and privacy says how long things are kept."""
    text = render.help_card(locale=locale, has_map=True, has_daily=True).text
    assert all(f"**/{say(f'discord.{name}', locale)}**" in text for name in render.HELP)
    assert locale != "de" or "**/frage**" in text
    assert re.search(r"\b30\b", render.privacy_card(days=30, is_keeping=True, locale=locale).text)
