"""What runs beside the adapters: the purge, the look at the database, the one download, the daily runner.

Each goes on whatever happens to the database, until it is cancelled.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog

from bot.app.parts import Parts, now
from bot.errors import StoreError
from bot.insights.poster import Poster
from bot.insights.runner import Runner
from bot.insights.sending import Handled
from bot.retrieval.cache import transcript_path
from bot.store.model import Claim
from bot.store.store import Store
from bot.telemetry import Telemetry

PURGE_SECONDS = 3600.0
LOOK_SECONDS = 15.0
Sleep = Callable[[float], Awaitable[None]]
log = structlog.get_logger()


async def purge(store: Store, *, keep: timedelta, sleep: Sleep = asyncio.sleep) -> None:
    """Remove what has expired and what was kept long enough, now and then once an hour."""
    while True:
        try:
            removed = await store.purge(votes=keep, questions=keep)
            if any(asdict(removed).values()):
                log.info("purged", **asdict(removed))
        except StoreError as error:
            log.warning("not_purged", reason=str(error))
        await sleep(PURGE_SECONDS)


async def look_at_database(
    store: Store,
    telemetry: Telemetry,
    *,
    clock: Callable[[], datetime],
    platforms: Collection[str],
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Put into the metrics whether it can be reached, and how late the insights are that this process posts.

    `platforms`: those it posts to; none where it does not schedule.
    """
    ready = telemetry.ready.labels("database")
    while True:
        try:
            due = await store.next_due_at(platforms) if platforms else None
            if not platforms:
                await store.ping()
            late = (clock() - due).total_seconds() if due is not None else 0.0
            telemetry.schedule_late.set(max(0.0, late))
            ready.set(1)
        except StoreError:
            ready.set(0)
        await sleep(LOOK_SECONDS)


def runner(parts: Parts, posters: Mapping[str, Poster]) -> Runner:
    """The daily insights, each counted by what became of it."""

    def count(claim: Claim, handled: Handled) -> None:
        parts.telemetry.deliveries.labels(claim.subscription.platform, handled.state.value).inc()

    return Runner(
        store=parts.store,
        episodes=parts.shelf.episodes,
        posters=posters,
        clock=now,
        random=random.Random(),
        observe=count,
    )


async def fetch_transcript(parts: Parts) -> None:
    """Fetch the transcript once where there is none; a failure is one line, the notes answer all the same.

    In a process of its own: parsing a page would hold up questions, and its memory goes back afterwards.
    """
    settings, episode_id = parts.settings, parts.shelf.library.default.episode.id
    if transcript_path(settings.data_dir, episode_id).exists():
        return
    folders = ("--knowledge", str(settings.knowledge_dir), "--data", str(settings.data_dir), "--episode", episode_id)
    command = (sys.executable, "-m", "bot", "transcript", "fetch", *folders)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    try:
        said, trouble = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    line = (said if process.returncode == 0 else trouble).decode("utf-8", errors="replace").strip()
    last = line.splitlines()[-1] if line else f"exit code {process.returncode}"
    if process.returncode == 0:
        print(f"Transcript fetched: {last}", file=sys.stderr, flush=True)
    else:
        print(f"No transcript: {last.rstrip('.')}. Answers come from the notes alone.", file=sys.stderr, flush=True)
