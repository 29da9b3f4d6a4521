"""The figures the README states are kept: a floor below which no change may push them."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer.model import Answer, Question
from bot.answer.service import Answers
from bot.episode.loader import read_episode
from bot.episode.transcript import read_transcript
from bot.evaluate.questions import read_questions
from bot.evaluate.score import Report, report, run
from bot.retrieval.index import Index

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def offline() -> Answers:
    """The real episode without its transcript."""
    return Answers(Index.build(read_episode(ROOT / "knowledge" / "jensen-huang")))


@pytest.fixture(scope="module")
def told(transcript_page: Path) -> Answers:
    """The real episode with its transcript."""
    episode = read_episode(ROOT / "knowledge" / "jensen-huang")
    return Answers(Index.build(replace(episode, turns=read_transcript(transcript_page, episode).turns)))


def _score(answers: Answers, *, held_back: bool) -> Report:
    questions = read_questions(ROOT / "tests" / "golden" / "questions.yaml")
    chosen = [one for one in questions if one.held_back == held_back]
    return report(run(chosen, lambda text: answers.ask(Question(text=text)), time.perf_counter))


def _holds_the_line(found: Report) -> None:
    assert (found.hit_at_1 or 0) >= 0.88
    assert (found.hit_at_3 or 0) >= 0.95
    assert (found.facts_found or 0) >= 0.85
    assert (found.wrongly_refused or 0) <= 0.05
    assert (found.rightly_refused or 0) >= 0.90
    assert found.rightly_refused_by_kind["near_miss"] >= 0.80


def test_the_notes_alone_hold_the_line(offline: Answers) -> None:
    """On questions held back from all tuning, with no transcript at hand."""
    _holds_the_line(_score(offline, held_back=True))


def test_with_the_transcript_the_line_holds_too(told: Answers) -> None:
    """The same with passages, quotes and snapped moments."""
    _holds_the_line(_score(told, held_back=True))


def test_every_starter_is_answered(offline: Answers) -> None:
    """What is offered to somebody who has not asked yet leads to an answer."""
    assert len(offline.episode.starters) == 6
    for starter in offline.episode.starters:
        assert isinstance(offline.ask(Question(text=starter)), Answer), starter


def test_every_note_opens_and_its_moment_is_in_the_video(offline: Answers) -> None:
    """Each hit id leads to an answer, its link to a second of this video."""
    for note in offline.episode.notes:
        answer = offline.open(note.id)
        assert answer is not None
        assert answer.moment.url.startswith("https://www.youtube.com/watch?v=vif8NQcjVf0&t=")
        assert 0 <= answer.moment.start_seconds < offline.episode.duration_seconds


def test_every_insight_can_be_asked_about(offline: Answers) -> None:
    """`Ask about this` on a daily post always has an answer."""
    for insight in offline.episode.insights:
        assert offline.open(offline.thought(insight).hit_id) is not None
