"""Typo repair that leaves real English words alone.

Knows the words of the index and of English, not what they mean. English: the word list of pyspellchecker.
"""

from collections.abc import Iterable, Mapping
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

    def repair(self, word: str) -> str:
        """The nearest word of the index, or the word itself when it is real, short, a number, or too far off.

        One edit (insert, drop, change, swap) from 4 letters on, two from 8; on a tie the more frequent word.
        """
        if len(word) < SHORTEST or not word.isalpha() or self.is_known(word):
            return word
        edits = 2 if len(word) >= TWO_EDITS_FROM else 1
        near = process.extract(word, self.counts.keys(), scorer=OSA.distance, score_cutoff=edits, limit=20)
        if not near:
            return word
        return str(min(near, key=lambda found: (found[1], found[0][0] != word[0], -self.counts[found[0]], found[0]))[0])


@lru_cache(maxsize=1)
def _english() -> NDArray[np.uint32]:
    return _english_hashes(SpellChecker().word_frequency.words())


def _english_hashes(words: Iterable[str]) -> NDArray[np.uint32]:
    return np.unique(np.fromiter((crc32(word.encode()) for word in words), np.uint32))
