"""The knowledge folder as a running process sees it: loaded at start, loaded anew when a file changes.

A broken file keeps the old knowledge serving and says so; knows no adapter.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog

from bot.adapters.contract import Health
from bot.answer.library import Library
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.episode.stored import source_files
from bot.errors import ChapterVerseError, KnowledgeError
from bot.retrieval.cache import load_index, transcript_path
from bot.telemetry import Telemetry

LOOK_SECONDS = 2.0
log = structlog.get_logger()

Fingerprint = tuple[tuple[str, int, int], ...]


def episode_folders(knowledge: Path) -> dict[str, Path]:
    """Folders that hold an `episode.yaml`, by id. `knowledge` may also be such a folder itself."""
    folders = [knowledge, *sorted(path for path in knowledge.glob("*") if path.is_dir())]
    return {folder.resolve().name: folder for folder in folders if (folder / "episode.yaml").is_file()}


class Shelf:
    """All episodes of the knowledge folder, kept up to date. `default` names the one that is answered about."""

    def __init__(self, knowledge: Path, data: Path, *, default: str, telemetry: Telemetry) -> None:
        """Load everything. Raises KnowledgeError, TranscriptError."""
        self._knowledge = knowledge
        self._data = data
        self._telemetry = telemetry
        self._problem = ""
        folders = episode_folders(knowledge)
        if not folders:
            raise KnowledgeError([f"{knowledge}: no episode found; a folder with an episode.yaml is one"])
        chosen = default if default in folders else next(iter(folders)) if len(folders) == 1 else ""
        if not chosen:
            raise KnowledgeError([f"EPISODE: {default!r} is none of {', '.join(folders)}"])
        self._seen = self._fingerprint()
        self._answers = {name: Answers(load_index(folder, data)) for name, folder in folders.items()}
        self.library = Library(self._answers, default=chosen)

    def episodes(self) -> dict[str, Episode]:
        """Every episode being served, by id."""
        return {name: answers.episode for name, answers in self._answers.items()}

    def health(self) -> Health:
        """Not ready while a broken change is not served: the old knowledge goes on answering meanwhile."""
        episode = self.library.default.episode
        if self._problem:
            return Health(is_ready=False, line=f"serving the knowledge before a broken change: {self._problem}")
        return Health(is_ready=True, line=f"{len(episode.notes)} notes, {len(episode.turns)} turns")

    def reload(self) -> bool:
        """Build anew beside what is served and swap; False, and nothing changed, when a file is broken."""
        self._seen = self._fingerprint()
        try:
            built = {name: load_index(episode_folders(self._knowledge)[name], self._data) for name in self._answers}
        except (ChapterVerseError, KeyError, OSError) as error:
            self._problem = str(error).splitlines()[0] if isinstance(error, ChapterVerseError) else "a folder is gone"
            self._telemetry.knowledge_stale.set(1)
            log.error("knowledge_not_reloaded", problem=self._problem)
            return False
        for name, index in built.items():
            self._answers[name].swap(index)
        self._problem = ""
        self._telemetry.knowledge_stale.set(0)
        log.info("knowledge_reloaded", notes=len(self.library.default.episode.notes))
        return True

    async def watch(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Reload whenever a file changed; looks every 2 seconds, for ever."""
        while True:
            await sleep(LOOK_SECONDS)
            try:
                if await asyncio.to_thread(self._fingerprint) != self._seen:
                    await asyncio.to_thread(self.reload)
            except OSError as error:
                log.warning("knowledge_not_looked_at", error=type(error).__name__)

    def _fingerprint(self) -> Fingerprint:
        return tuple(
            (str(path), found.st_mtime_ns, found.st_size)
            for name, folder in episode_folders(self._knowledge).items()
            for path in (*source_files(folder), *_existing([transcript_path(self._data, name)]))
            for found in (path.stat(),)
        )


def _existing(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.exists()]
