"""The application: builds everything from the settings, starts it in order, stops it in order.

The one place that knows all parts; holds no behaviour of its own.
"""

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import structlog

from bot.adapters.contract import Adapter
from bot.app import background
from bot.app.parts import Parts, build_parts, now
from bot.app.platforms import chat_platforms, web_adapter
from bot.errors import UsageError
from bot.insights.poster import Poster
from bot.settings import Settings
from bot.telemetry import set_up_logs

ROLES = ("web", "slack", "discord", "schedule")
STOP_SECONDS = 9.0
log = structlog.get_logger()


def run(settings: Settings, *, only: str = "") -> int:
    """Serve until SIGTERM or Ctrl-C; the exit code. Raises ChapterVerseError when it cannot go on."""
    roles = read_roles(only)
    set_up_logs(settings.log_format, settings.log_level)
    asyncio.run(serve(settings, roles=roles))
    return 0


def read_roles(only: str) -> frozenset[str]:
    """The roles of `--only`; all of them for an empty text. Raises UsageError."""
    asked = frozenset(part for part in only.replace(",", " ").split() if part)
    if unknown := asked - set(ROLES):
        raise UsageError(f"--only: {', '.join(sorted(unknown))} is unknown; choose from {', '.join(ROLES)}")
    return asked or frozenset(ROLES)


async def serve(settings: Settings, *, roles: frozenset[str]) -> None:
    """Build, start, wait for a signal, stop. Raises ChapterVerseError when it cannot go on."""
    stopped = asyncio.Event()
    _hear_signals(stopped)
    async with AsyncExitStack() as stack:
        starting = asyncio.ensure_future(_start(settings, roles, stack))
        adapters = await _unless(stopped, starting)
        if adapters is not None:
            await _until_stopped(stopped, adapters)
        log.info("stopping")


async def _start(settings: Settings, roles: frozenset[str], stack: AsyncExitStack) -> list[Adapter]:
    """Everything running; whatever was begun is undone by `stack`, also after a failure half-way."""
    parts = await build_parts(settings, roles, stack)
    chat = chat_platforms(parts)
    web = web_adapter(parts, chat.adapters)
    adapters: list[Adapter] = [web, *chat.adapters.values()]
    stack.push_async_callback(_stop, adapters)
    for one in adapters:
        _watch(parts, one)
        await one.start()
    stack.push_async_callback(_cancel, _background(parts, chat.posters))
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, parts.shelf.ask_for_reload)
    print(f"Chapter & Verse is at {web.url}", file=sys.stderr, flush=True)
    return adapters


def _watch(parts: Parts, adapter: Adapter) -> None:
    def look() -> tuple[bool, float | None]:
        health = adapter.health()
        return health.is_ready, health.event_age_seconds

    parts.telemetry.watch(adapter.name, look, has_events=adapter.name != "web")


def _background(parts: Parts, posters: Mapping[str, Poster]) -> list[asyncio.Task[None]]:
    served = posters if "schedule" in parts.roles else {}
    work = [
        parts.shelf.watch(),
        background.purge(parts.store, keep=timedelta(days=parts.settings.retention_days)),
        background.look_at_database(parts.store, parts.telemetry, clock=now, platforms=tuple(served)),
    ]
    if parts.settings.transcript_autofetch:
        work.append(background.fetch_transcript(parts))
    if served:
        work.append(background.runner(parts, served).run())
    return [asyncio.create_task(one) for one in work]


def _hear_signals(stopped: asyncio.Event) -> None:
    """SIGHUP does nothing before there is something to reload; it would end the process."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)


async def _unless(stopped: asyncio.Event, starting: asyncio.Future[list[Adapter]]) -> list[Adapter] | None:
    """What was started; None when told to stop before that."""
    waiting = asyncio.ensure_future(stopped.wait())
    try:
        both: list[asyncio.Future[Any]] = [waiting, starting]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            return starting.result()
        starting.cancel()
        await asyncio.wait([starting])
        return None
    finally:
        waiting.cancel()


async def _until_stopped(stopped: asyncio.Event, adapters: list[Adapter]) -> None:
    """Return on the signal; raise what an adapter cannot go on from."""
    waits = [asyncio.ensure_future(adapter.wait()) for adapter in adapters]
    signal_wait = asyncio.ensure_future(stopped.wait())
    try:
        done, _ = await asyncio.wait([signal_wait, *waits], return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in (signal_wait, *waits):
            one.cancel()
        await asyncio.gather(signal_wait, *waits, return_exceptions=True)


async def _stop(adapters: list[Adapter]) -> None:
    """All at once, so that the time each may take does not add up."""
    stops = [asyncio.create_task(one.stop(), name=one.name) for one in adapters]
    done, late = await asyncio.wait(stops, timeout=STOP_SECONDS)
    for one in late:
        one.cancel()
        log.warning("stopped_late", part=one.get_name())
    for one in done:
        if error := one.exception():
            log.warning("not_stopped_cleanly", part=one.get_name(), error=type(error).__name__)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
