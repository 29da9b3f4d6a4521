"""Going on from an answer: bare follow-ups, and what stands behind a button."""

import pytest

from bot.answer.model import Question, Refusal
from bot.answer.service import Answers
from bot.episode.model import Episode
from tests.answer.asked import answered


def test_a_bare_follow_up_gives_more_of_the_topic(answers: Answers) -> None:
    """First the detail, then what comes next in the video."""
    detail = answered(answers, "and why?", topic="great-storm")
    assert detail.text.startswith("He says that he counted the waves")
    assert detail.hit_id == "great-storm+"
    after = answered(answers, "tell me more", topic=detail.hit_id)
    assert after.hit_id == "fog-horn"
    assert answered(answers, "go on", topic="fog-horn").hit_id == "dog-pilot"


def test_the_last_note_is_followed_by_itself(answers: Answers) -> None:
    """There is nothing behind it, and no silence either."""
    assert answered(answers, "and then?", topic="advice-listening").hit_id == "advice-listening"


def test_a_real_question_leaves_the_topic(answers: Answers) -> None:
    """Content of its own makes a question new."""
    assert answered(answers, "what was the dog called", topic="great-storm").hit_id == "dog-pilot"


@pytest.mark.parametrize("topic", [None, "", "gone-note", "t9999"])
def test_a_follow_up_to_nothing_is_a_question_like_any(answers: Answers, topic: str | None) -> None:
    """Without a topic that still exists there is nothing to say more about."""
    assert isinstance(answers.ask(Question(text="and why?", topic=topic)), Refusal)


def test_open_gives_the_answer_behind_a_button(answers: Answers, told_episode: Episode) -> None:
    """Notes, their details and bare passages, with full confidence and further moments."""
    answer = answers.open("great-storm", question="how high were the waves")
    assert answer is not None
    assert (answer.hit_id, answer.confidence, answer.question) == ("great-storm", 1.0, "how high were the waves")
    assert "great-storm" not in {one.hit_id for one in answer.related}
    detail = answers.open("great-storm+")
    assert detail is not None
    assert detail.text == told_episode.note("great-storm").detail
    passage = answers.open("t2")
    assert passage is not None
    assert (passage.source, passage.theme) == ("passage", None)
    assert passage.quote is not None
    assert passage.text == f"“{passage.quote.text}”"


@pytest.mark.parametrize(
    "hit_id", ["", "+", "gone", "gone+", "t", "t-1", "t999999", "tt2", "great-storm++", "GREAT-STORM"]
)
def test_open_of_what_is_gone_is_none(answers: Answers, hit_id: str) -> None:
    """A button of an old reply outlives the note behind it."""
    assert answers.open(hit_id) is None


def test_a_note_without_detail_opens_as_itself(answers: Answers, told_episode: Episode) -> None:
    """There is never an empty text."""
    answer = answers.open("fog-horn+")
    assert answer is not None
    assert answer.text == told_episode.note("fog-horn").answer
