"""The table itself: it holds every kind of outcome, so that no adapter is tested on answers only."""

from bot.answer.model import Question
from bot.answer.service import Answers
from tests.adapters.contract_table import CASES


def test_the_table_holds_every_kind_of_outcome(answers: Answers) -> None:
    """Answers, refusals and small talk all occur in the questions every adapter must agree on."""
    outcomes = {answers.ask(Question(text=case.text, theme=case.theme)).outcome for case in CASES}
    assert {"answer", "refusal", "smalltalk"} <= outcomes


def test_every_case_has_a_name_of_its_own() -> None:
    """A failing case is found by its name."""
    assert len({case.id for case in CASES}) == len(CASES)
