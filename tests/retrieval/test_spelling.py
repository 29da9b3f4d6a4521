"""Typos are mended; real words are left alone."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.spelling import Spelling

COUNTS = Counter(
    {"paraffin": 3, "lighthouse": 5, "vinegar": 4, "keeper": 9, "lantern": 2, "storm": 6, "nvlink": 7, "cuda": 20,
     "grace": 1, "electricity": 2, "newspaper": 2, "mainland": 1, "automation": 2, "engineer": 3, "engineering": 2,
     "tsmc": 5}
)  # fmt: skip
SPELLING = Spelling.build(COUNTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("parafin", "paraffin"), ("paraffn", "paraffin"), ("parrafin", "paraffin"), ("paraffinn", "paraffin"),
        ("lighthous", "lighthouse"),
        ("ligthouse", "lighthouse"), ("lihgthouse", "lighthouse"), ("lighthuose", "lighthouse"),
        ("vinagar", "vinegar"), ("vineger", "vinegar"), ("vingar", "vinegar"), ("vniegar", "vinegar"),
        ("keper", "keeper"), ("kepeer", "keeper"), ("lantren", "lantern"), ("stomr", "storm"), ("sstorm", "storm"),
        ("electrcity", "electricity"), ("elektricity", "electricity"), ("eletricty", "electricity"),
        ("newspapper", "newspaper"), ("manland", "mainland"), ("automtion", "automation"), ("enginer", "engineer"),
        ("cudda", "cuda"), ("nvlnk", "nvlink"), ("nvlinkk", "nvlink"), ("tscm", "tsmc"),
    ],
)  # fmt: skip
def test_a_typo_becomes_the_word_of_the_index(typed: str, meant: str) -> None:
    """A letter lost, doubled, changed or swapped; two of them in a long word."""
    assert SPELLING.repair(typed) == meant


@pytest.mark.parametrize(
    "word",
    "salary story stork worm steeper lanterns brace trace engine price dinner weather barrage scores vintage grade "
    "graze beautiful organization organise colour color keepers peace".split(),
)
def test_a_real_word_is_left_alone(word: str) -> None:
    """Even when a word of the index is one letter away: mending it made results worse."""
    assert SPELLING.repair(word) == word


@pytest.mark.parametrize(
    "word", ["", "a", "cda", "kpr", "1981", "h100", "x9y8", "qwertyuiop", "zzzzzz", "stormmmmm", "💡💡💡💡"]
)
def test_what_is_short_a_number_or_too_far_stays(word: str) -> None:
    """There is nothing to be sure of."""
    assert SPELLING.repair(word) == word


@given(st.sampled_from(sorted(COUNTS)))
def test_words_of_the_index_stay(word: str) -> None:
    """They are right by definition, English or not."""
    assert SPELLING.is_known(word)
    assert SPELLING.repair(word) == word


@given(st.text(max_size=30))
def test_any_word_repairs_to_itself_or_to_a_known_word(word: str) -> None:
    """Never to anything else, and a second repair changes nothing."""
    repaired = SPELLING.repair(word)
    assert repaired == word or repaired in COUNTS
    assert SPELLING.repair(repaired) == repaired


def test_a_tie_goes_to_the_same_first_letter_then_the_frequent_word() -> None:
    """And then to the alphabet, so that the same typo is always mended alike."""
    for counts, typed, meant in (
        ({"vorkel": 1, "worgel": 9}, "vorgel", "vorkel"),
        ({"worbel": 2, "wormel": 9}, "worzel", "wormel"),
        ({"wormel": 2, "worbel": 2}, "worzel", "worbel"),
    ):
        assert replace(SPELLING, counts=counts).repair(typed) == meant


def test_an_index_without_words_mends_nothing() -> None:
    """An empty episode is no crash."""
    assert replace(SPELLING, counts={}).repair("parafin") == "parafin"
