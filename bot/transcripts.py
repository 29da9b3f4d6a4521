"""Fetching and importing an episode's transcript into the data folder.

Wires the download, the parsers and the folder together; nothing is changed unless the whole transcript was read.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.episode.fetch import fetch_page
from bot.episode.loader import read_episode
from bot.episode.model import Episode
from bot.episode.stored import load_turns, save_turns, write_atomically
from bot.episode.transcript import Transcript, parse_page, read_transcript
from bot.errors import TranscriptError
from bot.retrieval.cache import transcript_path

Fetch = Callable[[str], Awaitable[bytes]]


def import_transcript(file: Path, *, folder: Path, data: Path) -> dict[str, Any]:
    """Store the transcript in that file; what was found in it. Raises TranscriptError, KnowledgeError."""
    episode = read_episode(folder)
    return _store(read_transcript(file, episode), episode, data)


def fetch_transcript(*, folder: Path, data: Path, force: bool = False, fetch: Fetch = fetch_page) -> dict[str, Any]:
    """Download the page named in episode.yaml once and store its transcript; a kept page is not asked for again."""
    episode = read_episode(folder)
    if not episode.links.transcript:
        raise TranscriptError("episode.yaml names no transcript page; use `transcript import FILE`")
    page = data / episode.id / "page.html"
    if page.exists() and not force:
        return _store(read_transcript(page, episode), episode, data)
    content = asyncio.run(_await(fetch(episode.links.transcript)))
    try:
        transcript = parse_page(content.decode("utf-8"), episode)
    except UnicodeDecodeError:
        raise TranscriptError(f"{episode.links.transcript}: the page is not UTF-8 text; nothing was changed") from None
    found = _store(transcript, episode, data)
    write_atomically(page, content)
    return found


async def _await(work: Awaitable[bytes]) -> bytes:
    return await work


def show_transcript(*, folder: Path, data: Path) -> dict[str, Any]:
    """What is stored, without the chapters, which only a page has. Raises TranscriptError when nothing is."""
    turns = load_turns(transcript_path(data, folder.name))
    if not turns:
        raise TranscriptError("No transcript is stored; run `transcript fetch` or `transcript import FILE`.")
    found = _found(Transcript(turns=turns, chapters=0))
    del found["chapters"]
    return found


def _store(transcript: Transcript, episode: Episode, data: Path) -> dict[str, Any]:
    try:
        save_turns(transcript.turns, transcript_path(data, episode.id))
    except OSError as error:
        raise TranscriptError(f"{data}: cannot be written ({error.strerror}); choose another with DATA_DIR") from None
    return _found(transcript)


def _found(transcript: Transcript) -> dict[str, Any]:
    return {
        "turns": len(transcript.turns),
        "words": transcript.words,
        "speakers": list(transcript.speakers),
        "chapters": transcript.chapters,
    }
