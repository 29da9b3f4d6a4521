"""Answer, closest moments, or refusal: one probability that the first hit answers, and two lines through it.

Pure. `python -m bot.evaluate.fit` fits the weights, on phrasings held out of the index and on tuning questions only.
"""

import math
from typing import Literal

from bot.retrieval.search import SAME_ASK, Found

Verdict = Literal["answer", "closest", "refusal"]

ANSWER_FROM = 0.5
CLOSEST_FROM = 0.25
KNOWN_ASK = 0.9
WEIGHTS = (3.725, -4.727, 3.691, 3.279)
BIAS = -1.385


def signals(found: Found) -> tuple[float, ...]:
    """What speaks for and against answering, in the order of WEIGHTS.

    The match of the best ask, that of the best refused phrasing, how much of the question the hit covers,
    and how its words lean.
    """
    match = found.hits[0].match if found.hits else 0.0
    return (match, found.refused_match, found.covered, found.leaning)


def probability(found: Found) -> float:
    """The probability that the first hit answers: logistic regression, or near 1 where the question is a known ask."""
    if not found.hits or found.is_refused or not (found.content_words or found.hits[0].asked):
        return 0.0
    seen = signals(found)
    weighed = BIAS + sum(weight * signal for weight, signal in zip(WEIGHTS, seen, strict=True))
    chance = 1 / (1 + math.exp(-weighed))
    is_known_ask = seen[0] >= SAME_ASK and seen[0] > found.refused_match
    return max(chance, KNOWN_ASK) if is_known_ask else chance


def decide(found: Found) -> tuple[Verdict, float]:
    """What to do with a search result, and the probability behind it."""
    chance = probability(found)
    if chance >= ANSWER_FROM:
        return "answer", chance
    return ("closest" if chance >= CLOSEST_FROM else "refusal"), chance
