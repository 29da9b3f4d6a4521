"""What every role needs: telemetry, knowledge, store and desk, built from the settings.

Knows no adapter.
"""

import asyncio
import os
import secrets
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.desk import Desk
from bot.adapters.limits import RateLimit
from bot.errors import SettingsError
from bot.knowledge.build import Builder
from bot.knowledge.shelf import Shelf
from bot.settings import Settings
from bot.store.store import Store
from bot.telemetry import Telemetry
from bot.traces import open_traces


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One process's parts. `keys` hash and encrypt, newest first."""

    settings: Settings
    roles: frozenset[str]
    telemetry: Telemetry
    shelf: Shelf
    store: Store
    desk: Desk
    keys: tuple[str, ...] = field(repr=False)


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


async def build_parts(settings: Settings, roles: frozenset[str], stack: AsyncExitStack) -> Parts:
    """Everything, with what must be closed given to `stack`. Raises ChapterVerseError."""
    traces = open_traces(settings.otel_endpoint)
    if traces is not None:
        stack.push_async_callback(asyncio.to_thread, traces.close)
    telemetry = Telemetry(spans=traces)
    data = _data_folder(settings)
    keys = _keys(settings, data)
    shelf = await Shelf.open(
        settings.knowledge_dir, data, default=settings.episode, telemetry=telemetry, build=Builder()
    )
    url = settings.database_url.reveal() or f"sqlite:///{data / 'chapterverse.db'}"
    store = await Store.open(url, clock=now)
    stack.push_async_callback(store.close)
    desk = Desk(
        library=shelf.library,
        store=store,
        telemetry=telemetry,
        user_limit=RateLimit(settings.questions_per_minute, time.monotonic),
        place_limit=RateLimit(settings.channel_questions_per_minute, time.monotonic),
        key=keys[-1].encode(),
        keep_questions=settings.keep_questions,
    )
    return Parts(settings=settings, roles=roles, telemetry=telemetry, shelf=shelf, store=store, desk=desk, keys=keys)


def _data_folder(settings: Settings) -> Path:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            [f"DATA_DIR: cannot be made ({error.strerror}); choose a folder that can be written"]
        ) from None
    return settings.data_dir


def _keys(settings: Settings, data: Path) -> tuple[str, ...]:
    """The keys of SECRET_KEY, newest first; without one, a key made once and kept in the data folder."""
    given = tuple(part.strip() for part in settings.secret_key.reveal().split(",") if part.strip())
    if given:
        return given
    try:
        return (kept_key(data / "secret.key"),)
    except OSError as error:
        raise SettingsError([f"SECRET_KEY: not set, and none can be kept in DATA_DIR ({error.strerror})"]) from None


def kept_key(path: Path) -> str:
    """Made whole beside and linked into place, so that of two processes that start at once one key stays."""
    if not path.exists():
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.touch(mode=0o600)
        beside.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        with suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_text(encoding="utf-8").strip()
