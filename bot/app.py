"""Wiring: builds everything from the settings, starts it in order, stops it in order.

The one place that knows all parts; holds no behaviour of its own.
"""

import asyncio
import random
import secrets
import signal
import sys
import time
from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.adapters.contract import Adapter, Health
from bot.adapters.desk import Desk
from bot.adapters.limits import RateLimit
from bot.adapters.web.server import WebAdapter
from bot.answer.model import Answer, Refusal
from bot.errors import ChapterVerseError, SettingsError, StoreError
from bot.insights.daily import Daily
from bot.insights.poster import Poster
from bot.insights.runner import Runner
from bot.insights.sending import Handled
from bot.knowledge import Shelf
from bot.retrieval.cache import transcript_path
from bot.settings import Secret, Settings
from bot.store.model import Claim
from bot.store.secrets import Secrets
from bot.store.store import Store
from bot.telemetry import Telemetry, set_up_logs

ROLES = ("web", "slack", "discord", "schedule")
PURGE_SECONDS = 3600.0
READS_PER_MINUTE = 1200
log = structlog.get_logger()


def run(settings: Settings, *, only: str = "") -> int:
    """Serve until SIGTERM or Ctrl-C; the exit code. Raises ChapterVerseError when it cannot go on."""
    set_up_logs(settings.log_format, settings.log_level)
    asyncio.run(serve(settings, roles=read_roles(only)))
    return 0


def read_roles(only: str) -> frozenset[str]:
    """The roles of `--only`; all of them for an empty text. Raises SettingsError."""
    asked = frozenset(part for part in only.replace(",", " ").split() if part)
    if unknown := asked - set(ROLES):
        raise SettingsError([f"--only: {', '.join(sorted(unknown))} is unknown; choose from {', '.join(ROLES)}"])
    return asked or frozenset(ROLES)


@dataclass(frozen=True, kw_only=True)
class _Parts:
    settings: Settings
    roles: frozenset[str]
    telemetry: Telemetry
    shelf: Shelf
    store: Store
    desk: Desk
    keys: tuple[str, ...]


async def serve(settings: Settings, *, roles: frozenset[str], stopped: asyncio.Event | None = None) -> None:
    """Build, start, wait for a signal or for `stopped`, stop. Raises ChapterVerseError when it cannot go on."""
    stopped = stopped or asyncio.Event()
    async with AsyncExitStack() as stack:
        parts = await _build(settings, roles, stack)
        adapters = _chat_adapters(parts)
        posters: dict[str, Poster] = {name: adapter.poster for name, adapter in adapters.items()}
        daily = Daily(
            store=parts.store, episodes=parts.shelf.episodes, posters=posters, clock=_now, random=random.Random()
        )
        for adapter in adapters.values():
            adapter.serve_daily(daily)
        web = _web_adapter(parts, adapters)
        everything: list[Adapter] = [web, *adapters.values()]
        for one in everything:
            stack.push_async_callback(_stop, one)
            await one.start()
        background = _background(parts, posters)
        stack.push_async_callback(_cancel, background)
        _hear_signals(stopped, parts.shelf)
        print(f"Chapter & Verse is at {web.url}", file=sys.stderr, flush=True)
        await _until_stopped(stopped, everything)


async def _build(settings: Settings, roles: frozenset[str], stack: AsyncExitStack) -> _Parts:
    telemetry = Telemetry()
    data = _data_folder(settings)
    shelf = await asyncio.to_thread(Shelf, settings.knowledge_dir, data, default=settings.episode, telemetry=telemetry)
    url = settings.database_url.reveal() or f"sqlite:///{data / 'chapterverse.db'}"
    store = await Store.open(url, clock=_now)
    stack.push_async_callback(store.close)
    keys = _keys(settings, data)
    desk = Desk(
        library=shelf.library,
        store=store,
        telemetry=telemetry,
        user_limit=RateLimit(settings.questions_per_minute, time.monotonic),
        place_limit=RateLimit(settings.channel_questions_per_minute, time.monotonic),
        key=keys[-1].encode(),
        keep_questions=settings.keep_questions,
    )
    return _Parts(settings=settings, roles=roles, telemetry=telemetry, shelf=shelf, store=store, desk=desk, keys=keys)


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
    path = data / "secret.key"
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        return (path.read_text(encoding="utf-8").strip(),)
    except OSError as error:
        raise SettingsError([f"SECRET_KEY: not set, and none can be kept in DATA_DIR ({error.strerror})"]) from None


def _chat_adapters(parts: _Parts) -> dict[str, Any]:
    """The platforms whose settings are there. A process that only schedules posts, and listens to nothing."""
    found: dict[str, Any] = {}
    listens = {name for name in ("slack", "discord") if name in parts.roles}
    posts_only = "schedule" in parts.roles
    if parts.settings.discord_token and ("discord" in listens or posts_only):
        found["discord"] = _discord(parts, listens="discord" in listens)
    if ("slack" in listens or posts_only) and (slack := _slack(parts, listens="slack" in listens)):
        found["slack"] = slack
    return found


def _discord(parts: _Parts, *, listens: bool) -> Any:
    from bot.adapters.discord.adapter import DiscordAdapter
    from bot.adapters.discord.config import Config
    from bot.adapters.discord.pictures import Pictures
    from bot.adapters.discord.verbs import Privacy

    config = Config.from_settings(parts.settings)
    if not listens:
        config = replace(config, wants_gateway=False, public_key="")
    privacy = Privacy(days=parts.settings.retention_days, is_keeping=parts.settings.keep_questions)
    return DiscordAdapter(config=config, desk=parts.desk, privacy=privacy, pictures=Pictures())


def _slack(parts: _Parts, *, listens: bool) -> Any:
    from bot.adapters.slack.adapter import SlackAdapter
    from bot.adapters.slack.config import SlackConfig

    config = SlackConfig.of(parts.settings)
    if not config.is_wanted:
        return None
    if not listens:
        config = replace(config, app_token=Secret(""), signing_secret=Secret(""), posts_only=True)
    return SlackAdapter(config, desk=parts.desk, secrets=Secrets(parts.keys) if config.uses_oauth else None)


def _web_adapter(parts: _Parts, adapters: Mapping[str, Any]) -> WebAdapter:
    settings = parts.settings
    checks: dict[str, Any] = {"knowledge": parts.shelf.health, "database": lambda: _database_health(parts.store)}
    checks.update({name: adapter.health for name, adapter in adapters.items()})
    return WebAdapter(
        desk=parts.desk,
        host=settings.host,
        port=settings.port,
        read_limit=RateLimit(READS_PER_MINUTE, time.monotonic),
        trusted_proxies=settings.trusted_proxies,
        endpoints=[endpoint for adapter in adapters.values() for endpoint in adapter.endpoints],
        checks=checks,
        show={"discord": _as_discord, "slack": _as_slack},
    )


def _as_discord(outcome: Answer | Refusal) -> Mapping[str, Any]:
    from bot.adapters.discord.payload import message_payload
    from bot.adapters.discord.render import answer_card, refusal_card

    card = answer_card(outcome, locale="en") if isinstance(outcome, Answer) else refusal_card(outcome, locale="en")
    return message_payload(card)


def _as_slack(outcome: Answer | Refusal) -> Mapping[str, Any]:
    from bot.adapters.slack.render import answer_message, refusal_message

    if isinstance(outcome, Answer):
        return answer_message(outcome, reply="preview", locale="en").payload()
    return refusal_message(outcome, locale="en").payload()


async def _database_health(store: Store) -> Health:
    try:
        await store.ping()
    except StoreError as error:
        return Health(is_ready=False, line=str(error))
    return Health(is_ready=True, line="reachable")


def _background(parts: _Parts, posters: Mapping[str, Poster]) -> list[asyncio.Task[None]]:
    work: list[Awaitable[None]] = [parts.shelf.watch(), _purge(parts)]
    if parts.settings.transcript_autofetch:
        work.append(_fetch_transcript(parts))
    if "schedule" in parts.roles and posters:
        runner = Runner(
            store=parts.store,
            episodes=parts.shelf.episodes,
            posters=posters,
            clock=_now,
            random=random.Random(),
            observe=lambda claim, handled: _count_delivery(parts.telemetry, claim, handled),
        )
        work.append(runner.run())
    return [asyncio.ensure_future(one) for one in work]


def _count_delivery(telemetry: Telemetry, claim: Claim, handled: Handled) -> None:
    telemetry.deliveries.labels(claim.subscription.platform, handled.state.value).inc()


async def _purge(parts: _Parts) -> None:
    """Remove what has expired, once an hour."""
    kept = timedelta(days=parts.settings.retention_days)
    while True:
        try:
            await parts.store.purge(votes=kept, questions=kept)
        except StoreError as error:
            log.warning("not_purged", reason=str(error))
        await asyncio.sleep(PURGE_SECONDS)


async def _fetch_transcript(parts: _Parts) -> None:
    """Fetch the transcript once where there is none; a failure is one line, the notes answer all the same."""
    from bot.transcripts import fetch_transcript

    episode_id = parts.shelf.library.default.episode.id
    folder, data = _episode_folder(parts.settings, episode_id), parts.settings.data_dir
    if transcript_path(data, episode_id).exists():
        return
    try:
        found = await asyncio.to_thread(fetch_transcript, folder=folder, data=data)
    except ChapterVerseError as error:
        print(f"No transcript: {error}. Answers come from the notes alone.", file=sys.stderr, flush=True)
        return
    print(f"Transcript fetched: {found['turns']} turns.", file=sys.stderr, flush=True)


def _episode_folder(settings: Settings, episode_id: str) -> Path:
    beside = settings.knowledge_dir / episode_id
    return beside if beside.is_dir() else settings.knowledge_dir


def _hear_signals(stopped: asyncio.Event, shelf: Shelf) -> None:
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT"):
        loop.add_signal_handler(getattr(signal, name), stopped.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, shelf.reload))


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


async def _stop(adapter: Adapter) -> None:
    await adapter.stop()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _now() -> datetime:
    return datetime.now(UTC)
