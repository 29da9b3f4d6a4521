"""The built index kept in the data folder, under the hash of everything it was built from.

Knows files; the index itself knows none. The data folder is the operator's own: what lies there is trusted as code is.
"""

import hashlib
import os
import pickle
import sys
from dataclasses import replace
from pathlib import Path

from bot import __version__
from bot.episode.stored import load_turns, source_files, write_atomically
from bot.retrieval.index import Index


def transcript_path(data: Path, episode_id: str) -> Path:
    """Where an episode's turns are stored."""
    return data / episode_id / "transcript.json"


def load_index(knowledge: Path, data: Path) -> Index:
    """The index of the episode in folder `knowledge`, with its transcript from `data` if there is one.

    Built anew when any source changed, else read back. Raises KnowledgeError, TranscriptError.
    """
    if (index := cached_index(knowledge, data)) is not None:
        return index
    key, cached = _key(knowledge, data), _cached(knowledge, data)
    from bot.episode.loader import read_episode  # only now: its parsers cost a start from the cache 20 MB and 0.2 s

    episode = read_episode(knowledge)
    index = Index.build(replace(episode, turns=load_turns(transcript_path(data, knowledge.name))))
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(cached, key + pickle.dumps(index, protocol=pickle.HIGHEST_PROTOCOL))
    except OSError:
        pass  # a read-only or full data folder costs the next start a second, nothing else
    return index


def cached_index(knowledge: Path, data: Path) -> Index | None:
    """The index as it was kept, or None where it must be built anew."""
    key = _key(knowledge, data)
    return _read(_cached(knowledge, data), key) if key else None


def program_files() -> list[Path]:
    """Our own code that an index is made of and by."""
    return [
        path
        for folder in ("episode", "retrieval")
        for path in sorted((Path(__file__).parents[1] / folder).glob("*.py"))
    ]


def _cached(knowledge: Path, data: Path) -> Path:
    return data / knowledge.name / "index.pickle"


def _key(knowledge: Path, data: Path) -> bytes:
    transcript = transcript_path(data, knowledge.name)
    return _hash([*source_files(knowledge), *([transcript] if os.path.exists(transcript) else [])])


def _read(path: Path, key: bytes) -> Index | None:
    try:
        with path.open("rb") as file:
            if file.read(len(key)) != key:
                return None
            index = pickle.load(file)
        return index if isinstance(index, Index) else None
    except Exception:  # whatever a damaged cache does, building anew is right
        return None


def _hash(sources: list[Path]) -> bytes:
    """Of the files, of our own code that builds, and of the Python that pickles; empty where a file cannot be read."""
    digest = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for path in [*program_files(), *sources]:
        try:
            content = path.read_bytes()
        except OSError:
            return b""  # building anew says which file it is, and what to do
        digest.update(f"{path.name} {len(content)} ".encode())
        digest.update(content)
    return digest.digest()
