"""Fetching and importing a transcript: stored whole, or nothing is changed."""

from pathlib import Path

import pytest

from bot import transcripts
from bot.episode.model import Episode
from bot.episode.stored import load_turns
from bot.errors import TranscriptError
from bot.retrieval.cache import transcript_path
from tests.made_up import FOLDER

PAGE = (FOLDER / "transcript.html").read_bytes()


class _Host:
    """A publisher that gives one page and counts who asks."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[str] = []

    async def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        return self.content


def test_an_import_stores_and_shows_what_it_found(tmp_path: Path, told_episode: Episode) -> None:
    """Turns, words, speakers, chapters."""
    found = transcripts.import_transcript(FOLDER / "transcript.html", folder=FOLDER, data=tmp_path / "data")
    assert load_turns(transcript_path(tmp_path / "data", "harbour-light")) == told_episode.turns
    assert found == {
        "turns": 9,
        "words": sum(len(turn.text.split()) for turn in told_episode.turns),
        "speakers": ["Tomas Brandt", "Ada Quill"],
        "chapters": 3,
    }
    shown = transcripts.show_transcript(folder=FOLDER, data=tmp_path / "data")
    assert {**shown, "chapters": 3} == found


@pytest.mark.parametrize(
    "content", [b"", PAGE[: len(PAGE) // 2], PAGE.replace(b"Ab3dEf6hIj_", b"dQw4w9WgXcQ"), b"\xff"]
)
def test_a_bad_file_changes_nothing(tmp_path: Path, told_episode: Episode, content: bytes) -> None:
    """What was stored before is stored after."""
    transcripts.import_transcript(FOLDER / "transcript.html", folder=FOLDER, data=tmp_path)
    bad = tmp_path / "bad.html"
    bad.write_bytes(content)
    with pytest.raises(TranscriptError, match=r"^bad\.html: "):
        transcripts.import_transcript(bad, folder=FOLDER, data=tmp_path)
    assert load_turns(transcript_path(tmp_path, "harbour-light")) == told_episode.turns


def test_the_page_is_asked_for_once(tmp_path: Path, told_episode: Episode) -> None:
    """A kept page serves again; only force asks anew."""
    host = _Host(PAGE)
    first = transcripts.fetch_transcript(folder=FOLDER, data=tmp_path, fetch=host)
    assert transcripts.fetch_transcript(folder=FOLDER, data=tmp_path, fetch=host) == first
    assert host.asked == ["https://coastlines.example/harbour-light-transcript/"]
    transcripts.fetch_transcript(folder=FOLDER, data=tmp_path, fetch=host, force=True)
    assert len(host.asked) == 2
    assert load_turns(transcript_path(tmp_path, "harbour-light")) == told_episode.turns


@pytest.mark.parametrize("content", [b"<html>not there</html>", b"\xff\xfe", PAGE[: len(PAGE) // 2]])
def test_a_bad_download_is_not_kept(tmp_path: Path, content: bytes) -> None:
    """The next try asks again."""
    host = _Host(content)
    for _ in range(2):
        with pytest.raises(TranscriptError):
            transcripts.fetch_transcript(folder=FOLDER, data=tmp_path, fetch=host)
    assert len(host.asked) == 2
    assert not list(tmp_path.rglob("*.json"))


def test_nothing_stored_says_how_to_get_it(tmp_path: Path) -> None:
    """Both ways."""
    with pytest.raises(TranscriptError, match=r"run `transcript fetch` or `transcript import FILE`"):
        transcripts.show_transcript(folder=FOLDER, data=tmp_path)


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the setting that chooses another."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file", encoding="utf-8")
    with pytest.raises(TranscriptError, match="choose another with DATA_DIR"):
        transcripts.import_transcript(FOLDER / "transcript.html", folder=FOLDER, data=blocked)
