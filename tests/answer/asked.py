"""Asking in one line. Knows no test."""

from bot.answer.model import Answer, Question
from bot.answer.service import Answers


def answered(answers: Answers, text: str, **options: str) -> Answer:
    """The answer to a question that has one."""
    outcome = answers.ask(Question(text=text, **options))
    assert isinstance(outcome, Answer)
    return outcome
