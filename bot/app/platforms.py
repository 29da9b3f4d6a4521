"""The adapters of one process: which are wanted by its settings and roles, and what each is given.

Loads a platform's SDK only where it is used.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.adapters.contract import Health
from bot.adapters.limits import RateLimit
from bot.adapters.web.server import WebAdapter
from bot.answer.model import Answer, Refusal
from bot.app.parts import Parts, now
from bot.app.timed import TimedPoster
from bot.errors import SettingsError, StoreError
from bot.insights.daily import Daily
from bot.insights.poster import Poster
from bot.settings import Secret
from bot.store.secrets import Secrets
from bot.store.store import Store

READS_PER_MINUTE = 1200
DRAIN_SECONDS = 7.0
"""What work under way gets to finish; stopping as a whole stays below ten seconds."""


@dataclass(frozen=True, kw_only=True)
class Chat:
    """The chat platforms of a process by name, and how each posts its daily insights."""

    adapters: Mapping[str, Any]
    posters: Mapping[str, Poster]


def chat_platforms(parts: Parts) -> Chat:
    """The platforms whose settings are there. A process that only schedules posts, and listens to nothing.

    Raises SettingsError.
    """
    listens = {name for name in ("slack", "discord") if name in parts.roles}
    posts_only = "schedule" in parts.roles
    if "discord" in listens and parts.settings.discord_public_key and not parts.settings.discord_token:
        raise SettingsError(["DISCORD_PUBLIC_KEY: it needs DISCORD_TOKEN beside it"])
    adapters: dict[str, Any] = {}
    posters: dict[str, Poster] = {}
    wants_discord = bool(parts.settings.discord_token) and ("discord" in listens or posts_only)
    on_discord = _discord_poster() if wants_discord else None
    if on_discord is not None:
        posters["discord"] = TimedPoster(on_discord, parts.telemetry)
    if ("slack" in listens or posts_only) and (slack := _slack(parts, listens="slack" in listens)):
        adapters["slack"] = slack
        posters["slack"] = TimedPoster(slack.poster, parts.telemetry)
    daily = Daily(store=parts.store, episodes=parts.shelf.episodes, posters=posters, clock=now, random=random.Random())
    if on_discord is not None:
        adapters["discord"] = _discord(parts, listens="discord" in listens, daily=daily, poster=on_discord)
    if "slack" in adapters:
        adapters["slack"].serve_daily(daily)
    return Chat(adapters=adapters, posters=posters)


def _discord_poster() -> Any:
    from bot.adapters.discord.poster import DiscordPoster

    return DiscordPoster()


def _discord(parts: Parts, *, listens: bool, daily: Daily, poster: Any) -> Any:
    from bot.adapters.discord.adapter import DiscordAdapter
    from bot.adapters.discord.config import Config
    from bot.adapters.discord.pictures import Pictures
    from bot.adapters.discord.verbs import Privacy

    config = Config.from_settings(parts.settings)
    if not listens:
        config = replace(config, wants_gateway=False, public_key="")
    return DiscordAdapter(
        config=config,
        desk=parts.desk,
        privacy=Privacy(days=parts.settings.retention_days, is_keeping=parts.settings.keep_questions),
        pictures=Pictures(),
        daily=daily,
        poster=poster,
        drain_seconds=DRAIN_SECONDS,
    )


def _slack(parts: Parts, *, listens: bool) -> Any:
    from bot.adapters.slack.adapter import SlackAdapter
    from bot.adapters.slack.config import SlackConfig

    config = SlackConfig.of(parts.settings)
    if not config.is_wanted:
        return None
    if not listens:
        config = replace(config, app_token=Secret(""), signing_secret=Secret(""), posts_only=True)
    return SlackAdapter(config, desk=parts.desk, secrets=Secrets(parts.keys) if config.uses_oauth else None)


def web_adapter(parts: Parts, adapters: Mapping[str, Any]) -> WebAdapter:
    """The one HTTP server, with what the chat platforms serve by HTTP and how all of them are."""
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
        drain_seconds=DRAIN_SECONDS,
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
