"""Scores are what they say: each figure on a hand-made set whose result is known."""

import itertools
from pathlib import Path

import pytest

from bot.answer.model import Question
from bot.answer.service import Answers
from bot.errors import KnowledgeError
from bot.evaluate.questions import GoldenQuestion, read_questions
from bot.evaluate.score import report, run

SOAP = GoldenQuestion(
    id="a1", text="why not use soap", answerable=True, windows=((100, 110),), facts=(("streak",), ("vinegar", "acid"))
)
WRONG_PLACE = GoldenQuestion(id="a2", text="what was the dog called", answerable=True, windows=((0, 60),))
REFUSED = GoldenQuestion(id="a3", text="how old did the dog get", answerable=True, windows=((291, 360),))
NEAR_MISS = GoldenQuestion(id="n1", text="what breed was pilot", answerable=False, kind="near_miss")
HELLO = GoldenQuestion(id="n2", text="hello", answerable=False, kind="smalltalk")


def _report(answers: Answers, *questions: GoldenQuestion):  # type: ignore[no-untyped-def]
    ticks = itertools.count()
    return report(run(questions, lambda text: answers.ask(Question(text=text)), lambda: next(ticks) / 1000))


def test_a_right_answer_counts_everywhere(answers: Answers) -> None:
    """Moment inside the window, both facts found, nothing refused, no second off."""
    found = _report(answers, SOAP)
    assert (found.hit_at_1, found.hit_at_3, found.facts_found, found.wrongly_refused) == (1, 1, 1, 0)
    assert found.median_seconds_off == 0


def test_a_moment_outside_every_window_is_a_miss_with_its_distance(answers: Answers) -> None:
    """The dog is spoken of at 4:51, 231 seconds behind the accepted window."""
    found = _report(answers, WRONG_PLACE)
    assert found.hit_at_1 == 0
    assert found.median_seconds_off == 231


def test_a_refused_real_question_is_a_miss_and_counted(answers: Answers) -> None:
    """Refusing is never better than answering wrongly."""
    found = _report(answers, SOAP, REFUSED)
    assert found.hit_at_1 == 0.5
    assert found.wrongly_refused == 0.5


def test_refusals_are_counted_by_kind(answers: Answers) -> None:
    """A near miss and small talk are right when not answered."""
    found = _report(answers, NEAR_MISS, HELLO)
    assert found.rightly_refused == 1
    assert found.rightly_refused_by_kind == {"near_miss": 1, "smalltalk": 1}
    assert found.hit_at_1 is None


def test_times_are_those_of_the_clock(answers: Answers) -> None:
    """Each question took the one millisecond that the clock moved on."""
    found = _report(answers, SOAP, HELLO)
    assert found.p50_milliseconds == pytest.approx(1)
    assert found.p99_milliseconds == pytest.approx(1)


def test_an_empty_set_gives_a_report_without_figures(answers: Answers) -> None:
    """Nothing asked, nothing claimed."""
    found = _report(answers)
    assert (found.answerable, found.hit_at_1, found.rightly_refused) == (0, None, None)


def test_a_question_set_with_mistakes_names_all_of_them(tmp_path: Path) -> None:
    """Unknown keys, unreadable times and missing windows come in one report."""
    path = tmp_path / "set.yaml"
    path.write_text("- {id: a, question: x, windows: [[0:10, soon]]}\n- {id: b, question: y, wndows: []}\n")
    with pytest.raises(KnowledgeError) as caught:
        read_questions(path)
    assert len(caught.value.problems) >= 2
    assert all(problem.startswith("set.yaml: ") for problem in caught.value.problems)


def test_the_golden_set_is_as_large_as_promised() -> None:
    """At least 150 answerable and 100 not, half of those near misses, a third or more held back."""
    questions = read_questions(Path(__file__).parents[1] / "golden" / "questions.yaml")
    answerable = [one for one in questions if one.answerable]
    others = [one for one in questions if not one.answerable]
    assert len(answerable) >= 150
    assert len(others) >= 100
    assert sum(one.kind == "near_miss" for one in others) >= 50
    assert sum(one.held_back for one in questions) / len(questions) >= 0.30
