"""BM25 with one score list a word: rank-bm25 weighs every word once at build, a question only adds up.

Knows words, not notes. Formula: Robertson/Spärck Jones BM25 as in rank_bm25.BM25Okapi, with Lucene's
idf ln(1 + (N - n + 0.5) / (n + 0.5)), which never turns negative for frequent words.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

Scores = NDArray[np.float32]


class _Bm25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 ships no types
    def _calc_idf(self, nd: dict[str, int]) -> None:
        for word, count in nd.items():
            self.idf[word] = math.log(1 + (self.corpus_size - count + 0.5) / (count + 0.5))


@dataclass(frozen=True, kw_only=True)
class Postings:
    """For each word the documents that hold it and what it adds to their score; `rarest` is the highest idf."""

    size: int
    by_word: Mapping[str, tuple[NDArray[np.int32], Scores]]
    idf: Mapping[str, float]
    rarest: float

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]], *, k1: float = 1.2, b: float = 0.75) -> "Postings":
        """Weigh every word of every document. No documents, or only empty ones, is fine."""
        if not any(documents):
            return cls(size=len(documents), by_word={}, idf={}, rarest=1.0)
        ranker = _Bm25(documents, k1=k1, b=b)
        ranker.doc_len = np.array(ranker.doc_len)
        holders: dict[str, list[int]] = {}
        for number, frequencies in enumerate(ranker.doc_freqs):
            for word in frequencies:
                holders.setdefault(word, []).append(number)
        by_word = {
            word: (np.array(numbers, np.int32), np.array(ranker.get_batch_scores([word], numbers), np.float32))
            for word, numbers in holders.items()
        }
        idf = dict(ranker.idf)
        return cls(size=len(documents), by_word=by_word, idf=idf, rarest=max(idf.values()))

    def score(self, weights: Iterable[tuple[str, float]]) -> Scores:
        """The score of every document for those weighted words, shape (size,), 0 where none is held."""
        scores = np.zeros(self.size, np.float32)
        for word, weight in weights:
            if found := self.by_word.get(word):
                scores[found[0]] += found[1] * np.float32(weight)
        return scores

    def holds(self, number: int, word: str) -> bool:
        """True when that document holds that word."""
        found = self.by_word.get(word)
        if found is None:
            return False
        at = int(np.searchsorted(found[0], number))
        return at < len(found[0]) and int(found[0][at]) == number
