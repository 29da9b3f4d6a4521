"""Words as the search sees them, the same on both sides."""

import pytest
import Stemmer
from hypothesis import given
from hypothesis import strategies as st

from bot.episode.model import Glossary
from bot.retrieval.text import Analyzer, stem, words

PLAIN = Analyzer.build(Glossary())
SEA = Analyzer.build(
    Glossary(
        terms=(("paraffin", ("kerosene", "lamp oil")), ("Coast Guard", ("coastguard", "CG"))),
        synonyms=(("storm", "gale", "big wind"), ("keeper", "Coast Guard")),
    )
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t", []),
        ("?!…—💡", []),
        ("Why did the LAMP go out?", ["why", "did", "the", "lamp", "go", "out"]),
        ("the keeper's dog", ["the", "keeper", "dog"]),
        ("the keeper’s dog", ["the", "keeper", "dog"]),
        ("don't, won’t, isn't", ["not", "not", "not"]),
        ("co-design", ["co", "design"]),
        ("1,000,000 waves", ["1000000", "waves"]),
        ("3.5 metres", ["3.5", "metres"]),
        ("ﬁre ﬂag", ["fire", "flag"]),
        ("ＦＵＬＬ", ["full"]),
        ("naïve café", ["naïve", "café"]),
        ("<@123> **storm** `x`", ["123", "storm", "x"]),
        ("a\u0000b", ["a", "b"]),
    ],
)
def test_text_falls_into_words(text: str, expected: list[str]) -> None:
    """Lower case, no possessives, no punctuation, wide and joined letters made plain."""
    assert words(text) == expected


@given(st.text(max_size=200))
def test_any_text_has_words(text: str) -> None:
    """Whatever is typed: words without space, and their words are themselves again in lower case."""
    for word in words(text):
        assert word
        assert not any(letter.isspace() for letter in word)
    assert isinstance(PLAIN.terms(text), tuple)
    assert isinstance(SEA.terms(text), tuple)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("storms", "storm"),
        ("burning", "burned"),
        ("keepers", "keeper"),
        ("twelve", "12"),
        ("thirty", "30"),
        ("two", "2"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    """Plural, tense, and numbers spelled out."""
    assert stem(one) == stem(other)


def test_words_of_any_question_carry_no_content() -> None:
    """Articles, question words and the show's own name do not count."""
    assert not any(map(Analyzer.build(Glossary()).is_content, "what did he say about the podcast".split()))
    assert all(map(Analyzer.build(Glossary()).is_content, "storm lamp vinegar".split()))


def test_stop_words_leave_and_order_stays() -> None:
    """Terms come in the order of the words."""
    assert PLAIN.terms("the storm and the lamps") == ("storm", "lamp")
    assert PLAIN.terms("the of and") == ()


def test_text_speak_means_what_it_stands_for() -> None:
    """`u` is you, `y` is why, `ppl` are people."""
    assert PLAIN.terms("y did ppl leave") == PLAIN.terms("why did people leave")


def test_a_variant_is_found_by_its_name() -> None:
    """Kerosene, lamp oil and paraffin share a term; the words themselves stay."""
    term = stem("paraffin")
    assert term in SEA.terms("how much paraffin")
    assert term in SEA.terms("how much kerosene")
    assert term in SEA.terms("where was the lamp oil kept")
    assert term not in SEA.terms("the oil of the lamp")
    assert {"lamp", "oil"} <= set(SEA.terms("lamp oil"))


def test_a_name_of_several_words_is_one_term() -> None:
    """In whatever form it is written."""
    together = set(SEA.terms("Coast Guard")) & set(SEA.terms("coastguard")) & set(SEA.terms("CG"))
    assert len(together) == 1


def test_only_whole_words_of_the_glossary_count() -> None:
    """`CG` is not found inside other words."""
    assert set(SEA.terms("cgi lampoil")) == set(PLAIN.terms("cgi lampoil"))


def test_synonyms_point_at_each_other_and_not_at_themselves() -> None:
    """Single words, and runs of words as one term."""
    storm, gale = stem("storm"), stem("gale")
    big_wind = next(term for term in SEA.terms("a big wind") if "_" in term)
    assert set(SEA.synonyms[storm]) == {gale, big_wind}
    assert storm in SEA.synonyms[big_wind]
    assert all(term not in kin for term, kin in SEA.synonyms.items())
    guard = next(term for term in SEA.terms("coastguard") if "_" in term)
    assert guard in SEA.synonyms[stem("keeper")]


@given(st.lists(st.sampled_from("paraffin kerosene lamp oil coast guard cg storm the of dogs".split()), max_size=12))
def test_both_sides_see_the_same(found: list[str]) -> None:
    """Splitting first or last makes no difference: what is indexed and what is asked meet."""
    assert SEA.terms(" ".join(found)) == SEA.terms_of(found)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("favourite", "favorite"),
        ("utilisation", "utilization"),
        ("organised", "organizing"),
        ("centres", "center"),
        ("modelling", "modeling"),
        ("defence", "defense"),
        ("analysing", "analyzes"),
        ("programmes", "program"),
    ],
)
def test_either_spelling_is_one_word(british: str, american: str) -> None:
    """What is written one way is found the other way."""
    assert stem(british) == stem(american)


@pytest.mark.parametrize("word", ["analysis", "programmers", "realistic", "metre2", "promise", "precise"])
def test_words_that_only_look_british_stay(word: str) -> None:
    """Endings are mended on known roots alone."""
    assert stem(word) == Stemmer.Stemmer("english").stemWord(word)
