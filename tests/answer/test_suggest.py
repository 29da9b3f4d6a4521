"""Completions for what is half typed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.suggest import LIMIT, TEXT_LENGTH, complete, suggestions
from bot.episode.loader import read_episode
from bot.episode.model import Chapter, Episode
from tests.made_up import FOLDER

KNOWN = suggestions(read_episode(FOLDER))


def test_everything_can_be_completed_chapters_first(episode: Episode) -> None:
    """Chapters, themes, then note titles, in the order of the episode."""
    kinds = [one.kind for one in KNOWN]
    assert kinds == ["chapter"] * 3 + ["theme"] * 3 + ["note"] * 8
    assert [one.text for one in KNOWN[:3]] == [chapter.title for chapter in episode.chapters]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("storm", "Storms"),
        ("GREAT ST", "The great storm"),
        ("vineg", "Cleaning the lens with vinegar"),
        ("vingar", "Cleaning the lens with vinegar"),
        ("fogg", "Eleven days of fog"),
        ("the dog that", "The dog that heard boats first"),
        ("  arrival ", "Arrival"),
        ("machine repl", "The machine that replaced him"),
    ],
)
def test_the_nearest_title_leads(typed: str, text: str) -> None:
    """In any case, half typed, mistyped."""
    assert complete(typed, KNOWN)[0].text == text


@pytest.mark.parametrize("typed", ["", " ", "\n"])
def test_nothing_typed_offers_the_first(typed: str) -> None:
    """What a person sees before the first letter."""
    assert complete(typed, KNOWN) == KNOWN[:LIMIT]
    assert complete(typed, KNOWN, limit=2) == KNOWN[:2]


@given(st.text(max_size=200), st.integers(0, 30))
def test_any_text_gets_at_most_so_many(typed: str, limit: int) -> None:
    """Each once, all of the known ones."""
    found = complete(typed, KNOWN, limit=limit)
    assert len(found) <= limit
    assert len(set(found)) == len(found)
    assert set(found) <= set(KNOWN)


def test_long_titles_are_cut_and_equal_ones_stand_once(episode: Episode) -> None:
    """100 characters is the limit of the strictest platform; a chapter wins over a note of the same title."""
    long = replace(episode.notes[0], title="x" * 150)
    same = replace(episode.notes[1], title=episode.chapters[0].title)
    chapters = (*episode.chapters, Chapter(title="y" * 101, start_seconds=590, end_seconds=600))
    known = suggestions(replace(episode, notes=(long, same), chapters=chapters))
    assert max(len(one.text) for one in known) == TEXT_LENGTH
    assert len({one.text for one in known}) == len(known)
    assert [one.kind for one in known if one.text == "Arrival"] == ["chapter"]
    assert known[0].text == "Arrival"
