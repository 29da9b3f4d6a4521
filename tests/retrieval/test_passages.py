"""Passages: whole turns, 40 to 120 words."""

from hypothesis import given
from hypothesis import strategies as st

from bot.episode.model import Turn
from bot.retrieval.index import PASSAGE_WORDS, cut_passages

LOWER, UPPER = PASSAGE_WORDS


def _turns(sizes: list[int]) -> tuple[Turn, ...]:
    return tuple(
        Turn(
            speaker="AB"[number % 2],
            start_seconds=10 * number,
            end_seconds=10 * number + 10,
            text=" ".join(f"w{number}x{i}" for i in range(size)),
        )
        for number, size in enumerate(sizes)
    )


SIZES = st.lists(st.one_of(st.integers(1, 30), st.integers(1, 300)), max_size=40)


@given(SIZES)
def test_passages_are_all_turns_in_order(sizes: list[int]) -> None:
    """No turn is lost, cut, doubled or moved."""
    turns = _turns(sizes)
    passages = list(cut_passages(turns))
    assert tuple(turn for passage in passages for turn in passage.turns) == turns
    for passage in passages:
        assert passage.start_seconds == passage.turns[0].start_seconds
        assert passage.end_seconds == passage.turns[-1].end_seconds
        assert passage.text == " ".join(turn.text for turn in passage.turns)


@given(SIZES)
def test_passages_have_40_to_120_words(sizes: list[int]) -> None:
    """Longer only where one turn is; shorter only at the end or before a turn that would not fit."""
    passages = list(cut_passages(_turns(sizes)))
    counts = [len(passage.text.split()) for passage in passages]
    for at, (passage, count) in enumerate(zip(passages, counts, strict=True)):
        assert count <= UPPER or len(passage.turns) == 1
        if count < LOWER and at + 1 < len(passages):
            assert count + len(passages[at + 1].turns[0].text.split()) > UPPER


def test_no_turns_are_no_passages() -> None:
    """An episode without transcript has none."""
    assert list(cut_passages(())) == []


def test_a_turn_of_40_words_stands_alone() -> None:
    """The lower line counts as reached."""
    assert [len(passage.turns) for passage in cut_passages(_turns([40, 39, 1, 41, 5]))] == [1, 2, 1, 1]
