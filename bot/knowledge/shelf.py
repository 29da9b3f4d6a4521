"""All episodes of the knowledge folder, kept up to date while questions go on.

A broken file keeps the old knowledge serving and says so; knows no adapter.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Self

import structlog

from bot.adapters.contract import Health
from bot.answer.library import Library
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.episode.stored import source_files
from bot.errors import ChapterVerseError, KnowledgeError
from bot.retrieval.cache import cached_index, transcript_path
from bot.retrieval.index import Index
from bot.telemetry import Telemetry

LOOK_SECONDS = 2.0
log = structlog.get_logger()

Fingerprint = tuple[tuple[str, int, int], ...]
Build = Callable[[Path, Path], Awaitable[Index]]


def episode_folders(knowledge: Path) -> dict[str, Path]:
    """Folders that hold an `episode.yaml`, by id. `knowledge` may also be such a folder itself."""
    folders = [knowledge, *sorted(path for path in knowledge.glob("*") if path.is_dir())]
    return {folder.resolve().name: folder for folder in folders if (folder / "episode.yaml").is_file()}


class Shelf:
    """Every episode, one of them the default. `build` makes an index beside what is served."""

    def __init__(
        self,
        knowledge: Path,
        data: Path,
        *,
        indexes: Mapping[str, Index],
        seen: Fingerprint,
        default: str,
        telemetry: Telemetry,
        build: Build,
    ) -> None:
        self._knowledge = knowledge
        self._data = data
        self._telemetry = telemetry
        self._build = build
        self._problem = ""
        self._wanted = asyncio.Event()
        self._seen = seen
        self._answers = {name: Answers(index) for name, index in indexes.items()}
        self.library = Library(self._answers, default=default)
        telemetry.knowledge_stale.set(0)

    @classmethod
    async def open(cls, knowledge: Path, data: Path, *, default: str, telemetry: Telemetry, build: Build) -> Self:
        """Load everything. Raises KnowledgeError, TranscriptError.

        What no cache holds is built in another process, so that whoever is told to stop meanwhile stops at once.
        """
        folders = episode_folders(knowledge)
        chosen, seen = _chosen(folders, default, knowledge), await asyncio.to_thread(_fingerprint, knowledge, data)
        indexes = {}
        for name, folder in folders.items():
            kept = await asyncio.to_thread(cached_index, folder, data)
            indexes[name] = kept if kept is not None else await build(folder, data)
        shelf = cls(knowledge, data, indexes=indexes, seen=seen, default=chosen, telemetry=telemetry, build=build)
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector need not walk through it, ever
        return shelf

    def episodes(self) -> dict[str, Episode]:
        """Every episode being served, by id."""
        return {name: answers.episode for name, answers in self._answers.items()}

    def health(self) -> Health:
        """Ready, also after a broken change: the knowledge before it goes on answering, and the line says so."""
        episode = self.library.default.episode
        if self._problem:
            return Health(is_ready=True, line=f"serving the knowledge before a broken change: {self._problem}")
        return Health(is_ready=True, line=f"{len(episode.notes)} notes, {len(episode.turns)} turns")

    def ask_for_reload(self) -> None:
        """Let `watch` reload at once; safe in a signal handler of the loop."""
        self._wanted.set()

    async def watch(self, *, look_seconds: float = LOOK_SECONDS) -> None:
        """Reload when a file changed or a reload was asked for, for ever."""
        while True:
            is_asked = await self._is_asked_within(look_seconds)
            try:
                if is_asked or await asyncio.to_thread(_fingerprint, self._knowledge, self._data) != self._seen:
                    await self.reload()
            except OSError as error:
                log.warning("knowledge_not_looked_at", error=type(error).__name__)

    async def reload(self) -> bool:
        """Build anew beside what is served and swap; False, and nothing changed, when something is broken."""
        try:
            self._seen = await asyncio.to_thread(_fingerprint, self._knowledge, self._data)
            folders = episode_folders(self._knowledge)
            if gone := self._answers.keys() - folders.keys():
                raise KnowledgeError([f"{self._knowledge}: {', '.join(sorted(gone))} is gone"])
            built = {name: await self._build(folders[name], self._data) for name in self._answers}
        except Exception as error:  # the rim: whatever a file does, the knowledge there is goes on answering
            return self._keep(error)
        for name, index in built.items():
            await asyncio.to_thread(self._answers[name].swap, index)
        gc.freeze()
        self._problem = ""
        self._telemetry.knowledge_stale.set(0)
        self._telemetry.knowledge_reloads.labels("served").inc()
        log.info("knowledge_reloaded", notes=len(self.library.default.episode.notes))
        return True

    def _keep(self, error: Exception) -> bool:
        known = isinstance(error, ChapterVerseError)
        self._problem = str(error).splitlines()[0] if known else type(error).__name__
        self._telemetry.knowledge_stale.set(1)
        self._telemetry.knowledge_reloads.labels("broken").inc()
        log.error("knowledge_not_reloaded", problem=self._problem)
        return False

    async def _is_asked_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            return False
        self._wanted.clear()
        return True


def _fingerprint(knowledge: Path, data: Path) -> Fingerprint:
    return tuple(
        (str(path), found.st_mtime_ns, found.st_size)
        for name, folder in episode_folders(knowledge).items()
        for path in (*source_files(folder), *_existing([transcript_path(data, name)]))
        for found in (path.stat(),)
    )


def _chosen(folders: dict[str, Path], default: str, knowledge: Path) -> str:
    if not folders:
        raise KnowledgeError([f"{knowledge}: no episode found; a folder with an episode.yaml is one"])
    if (knowledge / "episode.yaml").is_file():
        return knowledge.resolve().name
    if default in folders:
        return default
    raise KnowledgeError([f"EPISODE: {default!r} is none of {', '.join(folders)}"])


def _existing(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.exists()]
