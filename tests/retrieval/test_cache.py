"""The built index comes back from the data folder as long as nothing it was built from has changed."""

import os
import pickle
import shutil
from pathlib import Path

import pytest

from bot.episode.model import Episode
from bot.episode.stored import save_turns
from bot.errors import KnowledgeError, TranscriptError
from bot.retrieval.cache import load_index, transcript_path
from bot.retrieval.search import search
from tests.made_up import FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the made-up episode."""
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge" / "harbour-light"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


def _cached(data: Path) -> Path:
    return data / "harbour-light" / "index.pickle"


def test_the_second_start_reads_what_the_first_built(folder: Path, data: Path) -> None:
    """The same answers, and the file is not written again."""
    built = load_index(folder, data)
    before = _cached(data).stat()
    read = load_index(folder, data)
    assert _cached(data).stat().st_mtime_ns == before.st_mtime_ns
    for question in ("how high were the waves", "parafin", "capital city of peru", "xyzzy"):
        assert search(read, question) == search(built, question)
    assert read.episode == built.episode


def test_a_changed_source_is_seen_at_once(folder: Path, data: Path, told_episode: Episode) -> None:
    """A note, a new file, an imported transcript: each makes the old index worthless."""
    load_index(folder, data)
    notes = folder / "notes" / "02-storm.yaml"
    stamp = notes.stat()
    notes.write_text(notes.read_text().replace("30 metres up", "31 metres up"), encoding="utf-8")
    os.utime(notes, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "31 metres up" in load_index(folder, data).episode.note("great-storm").answer
    save_turns(told_episode.turns, transcript_path(data, "harbour-light"))
    assert len(load_index(folder, data).passages) > 0
    transcript_path(data, "harbour-light").unlink()
    assert load_index(folder, data).passages == ()


@pytest.mark.parametrize(
    "content",
    [
        '[{"speaker": "x", "start_seconds": "1", "end_seconds": 2, "text": "y"}]',
        '[{"speaker": "x", "start_seconds": 1, "end_seconds": null, "text": "y"}]',
        '[{"speaker": null, "start_seconds": 1, "end_seconds": 2, "text": "y"}]',
        '[{"speaker": "x", "start_seconds": 1, "end_seconds": 2, "text": 5}]',
        '{"a": 1}',
        "[5]",
        "",
    ],
)
def test_a_damaged_transcript_is_named(folder: Path, data: Path, content: str) -> None:
    """One line with the file and what to do, whatever the JSON holds."""
    transcript = transcript_path(data, "harbour-light")
    transcript.parent.mkdir(parents=True)
    transcript.write_text(content, encoding="utf-8")
    with pytest.raises(TranscriptError, match=r"transcript\.json: damaged; run `transcript import`"):
        load_index(folder, data)


def test_a_source_that_cannot_be_read_is_named(folder: Path, data: Path) -> None:
    """A folder where a file should be, as an unreadable file, is a line with its name and no traceback."""
    transcript = transcript_path(data, "harbour-light")
    transcript.mkdir(parents=True)
    with pytest.raises(TranscriptError, match=r"transcript\.json: cannot be read \(Is a directory\)"):
        load_index(folder, data)
    transcript.rmdir()
    (folder / "glossary.yaml").unlink(missing_ok=True)
    (folder / "glossary.yaml").mkdir()
    with pytest.raises(KnowledgeError, match=r"glossary\.yaml: cannot be read \(Is a directory\)"):
        load_index(folder, data)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, data: Path) -> None:
    """Which folder was looked in, and how to name another."""
    with pytest.raises(KnowledgeError, match=r"nowhere: no such folder; name another with --knowledge or --episode"):
        load_index(tmp_path / "nowhere", data)


def test_a_damaged_cache_is_built_anew(folder: Path, data: Path) -> None:
    """Whatever lies there; and the next start finds a good one."""
    built = load_index(folder, data)
    key = _cached(data).read_bytes()[:32]
    for damaged in (b"", key + b"not a pickle", key + pickle.dumps("no index")):
        _cached(data).write_bytes(damaged)
        assert search(load_index(folder, data), "waves") == search(built, "waves")
        assert len(_cached(data).read_bytes()) > 1000


def test_a_data_folder_that_takes_nothing_costs_only_time(folder: Path, tmp_path: Path) -> None:
    """A folder stands where the file should: the index is built and used all the same."""
    (tmp_path / "half" / "harbour-light" / "index.pickle").mkdir(parents=True)
    found = search(load_index(folder, tmp_path / "half"), "how high were the waves")
    assert found.hits[0].id == "great-storm"
    assert not list(tmp_path.rglob("*.part"))


def test_broken_sources_are_reported_cache_or_not(folder: Path, data: Path) -> None:
    """A curator's mistake is never hidden behind yesterday's index, nor is a damaged transcript."""
    load_index(folder, data)
    transcript_path(data, "harbour-light").write_bytes(b"{")
    with pytest.raises(TranscriptError):
        load_index(folder, data)
    transcript_path(data, "harbour-light").unlink()
    head = folder / "episode.yaml"
    head.write_text(head.read_text().replace("number: 7", "number: x"), encoding="utf-8")
    with pytest.raises(KnowledgeError):
        load_index(folder, data)
