"""How much a question is worded like those the episode answers rather than like those it does not.

Naive Bayes over words and pairs of neighbours, stop words included: `salary` and `name of` lean away, `why` towards.
Knows phrasings, not notes.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.retrieval.text import stem, words

SEEN_AT_LEAST = 3


@dataclass(frozen=True, kw_only=True)
class Leaning:
    """For each word or pair ln P(it | answered ask) - ln P(it | refused phrasing), about -5 to 5."""

    odds: Mapping[str, float]

    @classmethod
    def build(cls, asked: Iterable[str], refused: Iterable[str]) -> "Leaning":
        """From phrasings of both kinds; what stands in fewer than three is left out."""
        found = [wordings(words(ask)) for ask in asked], [wordings(words(ask)) for ask in refused]
        counts = tuple(Counter(wording for wordings in side for wording in wordings) for side in found)
        sizes = tuple(len(side) + 1 for side in found)
        return cls(
            odds={
                wording: math.log((counts[0][wording] + 0.5) / sizes[0])
                - math.log((counts[1][wording] + 0.5) / sizes[1])
                for wording in sorted(counts[0].keys() | counts[1].keys())
                if counts[0][wording] + counts[1][wording] >= SEEN_AT_LEAST
            }
        )

    def of(self, question: Sequence[str]) -> float:
        """The mean over what is known of the words of a question; 0 where nothing is."""
        known = [self.odds[wording] for wording in sorted(wordings(question)) if wording in self.odds]
        return sum(known) / len(known) if known else 0.0


def wordings(found: Sequence[str]) -> set[str]:
    """The stems of words and their neighbouring pairs."""
    stems = [stem(word) for word in found]
    return {*stems, *(f"{one} {other}" for one, other in itertools.pairwise(stems))}
