"""Questions about the episode as a whole are answered from what is known of it."""

from dataclasses import replace

import pytest

from bot.answer.model import Question, Refusal
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.retrieval.index import Index


@pytest.mark.parametrize("text", ["who is the host?", "how long is the episode", "can you summarize this podcast"])
def test_the_whole_is_told_in_a_line_with_its_beginning(answers: Answers, episode: Episode, text: str) -> None:
    """Show, number, host, guest, length, day and themes; the first second to play."""
    told = answers.ask(Question(text=text))
    assert isinstance(told, Refusal)
    assert (told.outcome, told.reason) == ("smalltalk", "episode")
    assert told.text.startswith(
        "This is Coastlines #7: Ada Quill talks with Tomas Brandt, 10:00 long, from 2 November 2025. Its themes: "
    )
    assert all(theme.name in told.text for theme in episode.themes)
    assert [one.moment.url for one in told.nearest] == ["https://www.youtube.com/watch?v=Ab3dEf6hIj_&t=0"]
    assert told.nearest[0].hit_id == "first-night"


def test_an_episode_without_notes_is_told_all_the_same(episode: Episode) -> None:
    """Only nothing can be opened."""
    bare = Answers(Index.build(replace(episode, notes=(), insights=(), not_covered=())))
    told = bare.ask(Question(text="what is this episode about"))
    assert isinstance(told, Refusal)
    assert [one.hit_id for one in told.nearest] == [""]
