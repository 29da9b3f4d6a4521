"""Typo repair that leaves real English words alone.

Knows the words of the index and of English, not what they mean. English: the word list of pyspellchecker.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

SHORTEST = 4
TWO_EDITS_FROM = 8


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """`counts`: how often each word stands in the index. `english`: sorted CRC-32 of every English word."""

    counts: Mapping[str, int]
    english: NDArray[np.uint32]

    @classmethod
    def build(cls, counts: Mapping[str, int]) -> "Spelling":
        """Spelling for an index with those words."""
        return cls(counts=dict(counts), english=_english())

    def is_known(self, word: str) -> bool:
        """True for a word of the index or of English."""
        if word in self.counts:
            return True
        found = crc32(word.encode())
        at = int(np.searchsorted(self.english, found))
        return at < len(self.english) and int(self.english[at]) == found

    def is_misspelt(self, word: str) -> bool:
        """True for what may be a slip of the pen: letters alone, four at least, and no word we know."""
        return len(word) >= SHORTEST and word.isalpha() and not self.is_known(word)

    def repair(self, word: str) -> str:
        """The nearest word of the index, or the word itself when it is real, short, a number, or too far off.

        On a tie the more frequent word.
        """
        near = nearby(word, self.counts.keys()) if self.is_misspelt(word) else []
        if not near:
            return word
        return min(near, key=lambda found: (found[1], found[0][0] != word[0], -self.counts[found[0]], found[0]))[0]


def nearby(word: str, among: Collection[str]) -> list[tuple[str, int]]:
    """The words of which it may be a slip, and how many edits off: one, from 8 letters on two.

    An edit is a letter put in, dropped or changed, or two that changed places.
    """
    edits = 2 if len(word) >= TWO_EDITS_FROM else 1
    found = process.extract(word, among, scorer=OSA.distance, score_cutoff=edits, limit=None)
    return [(str(one), int(slips)) for one, slips, _ in found]


@lru_cache(maxsize=1)
def _english() -> NDArray[np.uint32]:
    return _english_hashes(SpellChecker().word_frequency.words())


def _english_hashes(words: Iterable[str]) -> NDArray[np.uint32]:
    return np.unique(np.fromiter((crc32(word.encode()) for word in words), np.uint32))
