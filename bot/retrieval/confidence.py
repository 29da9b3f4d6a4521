"""Answer, closest moments, or refusal: one probability that the first hit answers, and two lines through it.

Pure. The weights were fitted by `bot.evaluate.fit` on tuning questions only; docs/retrieval.md says how.
"""

import math
from dataclasses import dataclass
from typing import Literal

from bot.retrieval.search import Found

Verdict = Literal["answer", "closest", "refusal"]

ANSWER_FROM = 0.5
CLOSEST_FROM = 0.25


@dataclass(frozen=True, kw_only=True)
class Signals:
    """What speaks for and against answering, each 0 to 1 but `margin`, -1 to 1."""

    match: float
    covered: float
    known: float
    refused_match: float
    margin: float


def signals(found: Found) -> Signals:
    """The signals of a search result."""
    match = found.hits[0].match if found.hits else 0.0
    return Signals(
        match=match,
        covered=found.covered,
        known=found.known,
        refused_match=found.refused_match,
        margin=match - found.refused_match,
    )


def probability(found: Found) -> float:
    """The probability that the first hit answers the question (logistic regression)."""
    if not found.hits or not found.content_words:
        return 0.0
    seen = signals(found)
    weighed = -2.0 + 3.0 * seen.match + 2.0 * seen.covered + 1.0 * seen.known + 6.0 * seen.margin
    return 1 / (1 + math.exp(-weighed))


def decide(found: Found) -> tuple[Verdict, float]:
    """What to do with a search result, and the probability behind it."""
    chance = probability(found)
    if chance >= ANSWER_FROM:
        return "answer", chance
    return ("closest" if chance >= CLOSEST_FROM else "refusal"), chance
