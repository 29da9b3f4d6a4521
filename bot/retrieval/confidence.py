"""Answer, closest moments, or refusal: one probability that the first hit answers, and two lines through it.

Pure. `python -m bot.evaluate.fit` fits the weights, on phrasings held out of the index and on tuning questions only.
"""

import math
from typing import Literal

from bot.retrieval.search import Found

Verdict = Literal["answer", "closest", "refusal"]

ANSWER_FROM = 0.5
CLOSEST_FROM = 0.25
WEIGHTS = (2.062, -4.728, 4.094, 2.716)
BIAS = -0.772


def signals(found: Found) -> tuple[float, ...]:
    """What speaks for and against answering, in the order of WEIGHTS.

    The match of the best ask, that of the best refused phrasing, how much of the question the hit covers,
    and how its words lean.
    """
    match = found.hits[0].match if found.hits else 0.0
    return (match, found.refused_match, found.covered, found.leaning)


def probability(found: Found) -> float:
    """The probability that the first hit answers the question (logistic regression)."""
    if not found.hits or not found.content_words:
        return 0.0
    weighed = BIAS + sum(weight * signal for weight, signal in zip(WEIGHTS, signals(found), strict=True))
    return 1 / (1 + math.exp(-weighed))


def decide(found: Found) -> tuple[Verdict, float]:
    """What to do with a search result, and the probability behind it."""
    chance = probability(found)
    if chance >= ANSWER_FROM:
        return "answer", chance
    return ("closest" if chance >= CLOSEST_FROM else "refusal"), chance
