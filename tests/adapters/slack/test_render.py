"""The renderer: the same answer as everywhere, and Slack's limits whatever comes in."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.adapters.slack import render
from bot.adapters.slack.blocks import ALL_BLOCKS, Message
from bot.adapters.slack.carried import Carried, unpack
from bot.adapters.slack.home import home_view, prompts
from bot.adapters.slack.text import unescape
from bot.answer.model import Answer, Question, Quote, Refusal, Related
from bot.answer.service import Answers
from bot.episode.model import Chapter, Moment, Theme
from tests.adapters.contract_table import CASES, Case, expected
from tests.fakes.slack.payloads import buttons, words

text = st.text(max_size=5000)
short = st.text(min_size=1, max_size=400)
ids = st.text(alphabet="abcdefghijklmnopqrstuvwxyz-+0123456789", min_size=1, max_size=60)
moments = st.integers(min_value=0, max_value=9000).map(
    lambda start: Moment(video_id="Ab3dEf6hIj_", start_seconds=start, end_seconds=start + 1)
)
themes = st.builds(Theme, id=ids, name=short, emoji=st.sampled_from(["💡", "🌊"]), line=text, colour=st.just("#123456"))
related = st.builds(Related, hit_id=st.one_of(st.just(""), ids), title=text, theme=st.none() | themes, moment=moments)
answers_made = st.builds(
    Answer,
    question=st.text(max_size=500),
    hit_id=ids,
    episode_id=ids,
    title=text,
    text=text,
    moment=moments,
    chapter=st.builds(Chapter, title=text, start_seconds=st.just(0), end_seconds=st.just(9)),
    theme=st.none() | themes,
    speaker=text,
    source=st.sampled_from(["note", "passage"]),
    confidence=st.just(0.5),
    quote=st.none() | st.builds(Quote, text=text, speaker=text),
    related=st.lists(related, max_size=5).map(tuple),
)
refusals = st.builds(
    Refusal,
    question=st.text(max_size=500),
    episode_id=ids,
    outcome=st.sampled_from(["closest", "refusal", "smalltalk"]),
    text=text,
    confidence=st.just(0.1),
    reason=st.just("unsure"),
    nearest=st.lists(related, max_size=5).map(tuple),
)
quick = hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def check_limits(blocks: list[dict[str, Any]], *, most: int = 50) -> None:
    """Slack's documented limits, counted as strictly as they can be read."""
    assert len(blocks) <= most
    assert len(json.dumps(blocks, ensure_ascii=False)) <= ALL_BLOCKS
    for block in blocks:
        if block["type"] == "section":
            assert 1 <= len(block["text"]["text"]) <= 3000
        if block["type"] == "header":
            assert 1 <= len(block["text"]["text"]) <= 150
        assert len(block.get("elements", [])) <= (10 if block["type"] == "context" else 25)
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        action_ids = [one["action_id"] for one in elements if "action_id" in one]
        assert len(set(action_ids)) == len(action_ids)
        for one in elements:
            check_element(one)


def check_element(one: dict[str, Any]) -> None:
    if one["type"] == "button":
        assert 1 <= len(one["text"]["text"]) <= 75
        assert 1 <= len(one["accessibility_label"]) <= 75
        assert len(one["action_id"]) <= 255
        assert len(one.get("value", "")) <= 2000
        assert len(one.get("url", "")) <= 3000
        assert bool(one.get("value")) != bool(one.get("url"))
    else:
        assert 1 <= len(one["text"]) <= 3000


def check(message: Message) -> None:
    assert message.text.strip()
    assert len(message.text) <= 4000
    assert message.payload()["unfurl_links"] is False
    check_limits(list(message.blocks))
    for part in (message.text, *_marked(message)):
        for opened in part.split("<")[1:]:
            assert opened.startswith(("https://www.youtube.com/watch?v=Ab3dEf6hIj_&amp;t=", "@U0ADA>"))


def _marked(message: Message) -> list[str]:
    found = []
    for block in message.blocks:
        for part in [block.get("text", {}), *block.get("elements", [])]:
            if part.get("type") == "mrkdwn":
                assert part["verbatim"] is True
                found.append(part["text"])
    return found


@quick
@given(answers_made, st.booleans(), st.booleans())
def test_an_answer_keeps_every_limit(answer: Answer, restated: bool, offers: bool) -> None:
    """Whatever an answer holds, Slack takes it, and nothing in it is a mark but our own links."""
    shown = {"reply": "r" * 16, "locale": "en", "restated": restated, "offers_share": offers, "sharer": "U0ADA"}
    check(render.answer_message(answer, **shown))  # type: ignore[arg-type]


@quick
@given(refusals)
def test_a_refusal_keeps_every_limit(refusal: Refusal) -> None:
    """The honest line and its moments fit, too."""
    check(render.refusal_message(refusal, locale="de", restated=True))


@quick
@given(text, st.lists(related, min_size=1, max_size=5).map(tuple))
def test_moments_keep_every_limit(title: str, found: tuple[Related, ...]) -> None:
    """A title that was typed and five moments fit."""
    check(render.moments_message(title, found, locale="en"))


@quick
@given(short, ids, st.text(max_size=600))
def test_a_button_gives_back_what_it_carried(ref: str, reply: str, question: str) -> None:
    """A question that fits comes back whole; one that does not is cut, and the value never exceeds Slack's limit."""
    packed = Carried(ref=ref[:60], question=question, reply=reply).pack()
    found = unpack(packed)
    assert len(packed) <= 2000
    assert found is not None
    assert found.ref == ref[:60]
    assert question.startswith(found.question)


@given(st.text(max_size=100))
def test_a_value_that_is_not_ours_is_none(value: str) -> None:
    """Reading a value never raises."""
    found = unpack(value)
    assert found is None or found.ref


@pytest.mark.parametrize("value", ["[]", "{}", '{"h": 5}', '{"h": ""}', "[" * 100_000, "null"])
def test_a_broken_value_is_none(value: str) -> None:
    """Values of another shape are refused, however deep."""
    assert unpack(value) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_contract_of_all_adapters(answers: Answers, case: Case) -> None:
    """Text, theme tag and links are what the one door says."""
    said = expected(answers, case)
    outcome = answers.ask(Question(text=case.text, theme=case.theme))
    if isinstance(outcome, Answer):
        message = render.answer_message(outcome, reply="r", locale="en", restated=True, offers_share=True)
        links: tuple[str, ...] = (buttons(message.payload())["cv_play"]["url"],)
        assert said.tag in unescape(words(message.payload()))
    else:
        message = render.refusal_message(outcome, locale="en", restated=True)
        links = tuple(part.split("|")[0] for part in unescape(words(message.payload())).split("<")[1:])
        links = tuple(one for one in links if one.startswith("https://"))
    sections = [unescape(block["text"]["text"]) for block in message.blocks if block["type"] == "section"]
    assert said.text in sections
    assert links == said.links


def test_a_daily_thought_and_the_home_fit(answers: Answers) -> None:
    """An insight, the themes and the Home tab keep the limits, and offer only what has an answer."""
    thought = answers.insight()
    assert thought is not None
    check(render.thought_message(thought, reply="r", locale="en", offers_share=True, sharer="U0ADA"))
    check(render.themes_message(answers.episode, locale="de"))
    view = home_view(answers.episode, thought, privacy="p" * 5000, locale="en")
    check_limits(view["blocks"], most=100)
    assert "▶ 2:30" in json.dumps(view, ensure_ascii=False)


def test_every_prompt_offered_has_an_answer(answers: Answers) -> None:
    """A suggested prompt never leads to a refusal."""
    offered = prompts(answers)
    assert 1 <= len(offered) <= 4
    for prompt in offered:
        assert isinstance(answers.ask(Question(text=prompt["message"])), Answer)


def test_every_button_offered_leads_to_an_answer(answers: Answers) -> None:
    """All that the buttons of all notes carry can be opened."""
    for note in answers.episode.notes:
        answer = answers.open(note.id)
        assert answer is not None
        message = render.answer_message(answer, reply="r", locale="en").payload()
        for moment in render.moments_message("x", answer.related, locale="en").blocks:
            for found in buttons({"blocks": [moment]}).values():
                carried = unpack(found["value"])
                assert carried is not None
                assert answers.open(carried.ref) is not None
        assert ("cv_related" in buttons(message)) == bool(answer.related)
        if answer.related:
            offered = unpack(buttons(message)["cv_related"]["value"])
            assert offered is not None
            assert all(answers.open(one) for one in offered.more)


def test_a_huge_home_is_cut_not_refused(answers: Answers) -> None:
    """An episode with far too many chapters still gives a view that Slack takes."""
    chapter = answers.episode.chapters[0]
    huge = replace(answers.episode, chapters=tuple(replace(chapter, title="t" * 200) for _ in range(900)))
    blocks = home_view(huge, None, privacy="the privacy line", locale="en")["blocks"]
    check_limits(blocks, most=100)
    assert "the privacy line" in str(blocks[-1])
