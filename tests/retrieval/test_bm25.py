"""Weighed once a word, the scores are those of rank-bm25 itself."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from bot.retrieval.bm25 import Postings

WORDS = st.sampled_from("lamp storm oil dog fog wave keeper night glass rope".split())
DOCUMENTS = st.lists(st.lists(WORDS, max_size=12), max_size=15)


class _Oracle(BM25Okapi):  # type: ignore[misc]  # rank-bm25 ships no types
    """Plain rank-bm25, with the idf that Lucene uses."""

    def _calc_idf(self, nd: Counter[str]) -> None:
        self.idf = {word: math.log(1 + (self.corpus_size - n + 0.5) / (n + 0.5)) for word, n in nd.items()}


def _formula(documents: list[list[str]], word: str, at: int, *, k1: float, b: float) -> float:
    """BM25 of one word written out, as in Robertson and Zaragoza 2009, eq. 3.15."""
    holders = sum(word in document for document in documents)
    mean = sum(map(len, documents)) / len(documents)
    idf = math.log(1 + (len(documents) - holders + 0.5) / (holders + 0.5))
    count = documents[at].count(word)
    return idf * count * (k1 + 1) / (count + k1 * (1 - b + b * len(documents[at]) / mean))


@given(DOCUMENTS, st.lists(WORDS, max_size=6), st.sampled_from([(1.2, 0.75), (0.6, 0.5), (2.0, 0.0), (1.5, 0.9)]))
def test_scores_are_those_of_rank_bm25(
    documents: list[list[str]], question: list[str], parameters: tuple[float, float]
) -> None:
    """Any documents, any question, any parameters: the same numbers as the library asked directly."""
    k1, b = parameters
    scores = Postings.build(documents, k1=k1, b=b).score((word, 1.0) for word in question)
    assert scores.shape == (len(documents),)
    if any(documents):
        expected = _Oracle(documents, k1=k1, b=b).get_scores(question)
        np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)


@given(DOCUMENTS.filter(any), WORDS)
def test_scores_are_those_of_the_formula(documents: list[list[str]], word: str) -> None:
    """And the library's numbers are BM25's."""
    scores = Postings.build(documents).score([(word, 1.0)])
    for at in range(len(documents)):
        assert scores[at] == pytest.approx(_formula(documents, word, at, k1=1.2, b=0.75), rel=1e-4, abs=1e-5)


@given(DOCUMENTS, st.lists(st.tuples(WORDS, st.floats(0, 3)), max_size=6))
def test_scores_add_up_and_are_never_negative(documents: list[list[str]], weights: list[tuple[str, float]]) -> None:
    """A word in every document still counts for something, and nothing counts against."""
    postings = Postings.build(documents)
    scores = postings.score(weights)
    assert (scores >= 0).all()
    parts = sum((postings.score([one]) for one in weights), np.zeros(len(documents), np.float32))
    np.testing.assert_allclose(scores, parts, rtol=1e-4, atol=1e-5)


@given(DOCUMENTS.filter(any), WORDS)
def test_what_holds_the_word_scores_and_nothing_else(documents: list[list[str]], word: str) -> None:
    """No document without the word gets a score, every one with it does."""
    scores = Postings.build(documents).score([(word, 1.0)])
    assert [bool(score) for score in scores] == [word in document for document in documents]


@pytest.mark.parametrize("documents", [[], [[]], [[], [], []]])
def test_an_empty_corpus_is_no_crash(documents: list[list[str]]) -> None:
    """The library divides by zero there."""
    postings = Postings.build(documents)
    assert postings.size == len(documents)
    assert not postings.score([("lamp", 1.0)]).any()


def test_an_unknown_word_and_no_word_find_nothing() -> None:
    """Zero everywhere, not the first documents of the corpus."""
    postings = Postings.build([["lamp", "oil"], ["storm"]])
    assert not postings.score([("submarine", 1.0)]).any()
    assert not postings.score([]).any()


def test_equal_documents_tie() -> None:
    """To the last bit, so that whoever sorts can break ties by a rule."""
    scores = Postings.build([["lamp", "oil"], ["dog"], ["oil", "lamp"]]).score([("lamp", 1.0), ("oil", 0.5)])
    assert scores[0] == scores[2] > scores[1] == 0


def test_a_rarer_word_weighs_more() -> None:
    """What idf is for."""
    postings = Postings.build([["lamp", "oil"], ["lamp", "dog"], ["lamp", "fog"]])
    scores = postings.score([("oil", 1.0)]) - postings.score([("lamp", 1.0)])
    assert scores[0] > 0
    assert postings.idf["lamp"] > 0
