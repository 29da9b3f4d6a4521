"""The Discord adapter: puts the parts together, starts them, drains and stops them.

Holds the desk; knows nothing of answers.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

import discord
import structlog

from bot.adapters.contract import DRAIN_SECONDS, Health
from bot.adapters.desk import Desk
from bot.adapters.discord.admin import Admin, daily_group
from bot.adapters.discord.commands import Tree, fill
from bot.adapters.discord.config import Config
from bot.adapters.discord.connection import Connection
from bot.adapters.discord.front import ANSWER_SECONDS, PLATFORM, Front
from bot.adapters.discord.ids import Press
from bot.adapters.discord.interactions import Interactions
from bot.adapters.discord.messages import Messages
from bot.adapters.discord.parts import PressButton
from bot.adapters.discord.pictures import Pictures
from bot.adapters.discord.poster import DiscordPoster
from bot.adapters.discord.presses import Presses
from bot.adapters.discord.signature import Signature
from bot.adapters.discord.sync import keep_synced
from bot.adapters.discord.verbs import Privacy, Verbs
from bot.adapters.http import Endpoint
from bot.adapters.tasks import Tasks
from bot.adapters.words import say
from bot.insights.daily import Daily

LINE_SECONDS = 1.0
log = structlog.get_logger()


class DiscordAdapter:
    """Discord, over the gateway and, with a public key, over signed HTTP.

    `daily` brings /daily, `pictures` /map and strips; `poster` posts through this adapter's client.
    `clock`: seconds since 1970; after `answer_seconds` without an answer it apologises.
    """

    name = PLATFORM

    def __init__(
        self,
        *,
        config: Config,
        desk: Desk,
        privacy: Privacy,
        pictures: Pictures | None = None,
        daily: Daily | None = None,
        poster: DiscordPoster | None = None,
        clock: Callable[[], float] = time.time,
        drain_seconds: float = DRAIN_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._config = config
        self._desk = desk
        self._clock = clock
        self._drain_seconds = drain_seconds
        self._tasks = Tasks(self._report)
        self._front = Front(desk=desk, tasks=self._tasks, answer_seconds=answer_seconds)
        self._verbs = Verbs(desk=desk, privacy=privacy, pictures=pictures, has_daily=daily is not None)
        self._presses = Presses(desk=desk, front=self._front, verbs=self._verbs)
        self._messages = Messages(desk=desk, verbs=self._verbs, tasks=self._tasks)
        self._admin = Admin(daily=daily, front=self._front, verbs=self._verbs) if daily else None
        self._connection = Connection(config, self.prepare)
        if poster is not None:
            poster.attach(lambda: self.client)
        self._serving: asyncio.Task[None] | None = None
        self._syncing: asyncio.Task[Any] | None = None
        self._last_event: float | None = None
        self._was_connected = False
        self.endpoints: tuple[Endpoint, ...] = self._make_endpoints()

    @property
    def client(self) -> discord.Client | None:
        """The logged-in client, or None while there is none."""
        return self._connection.client

    async def start(self) -> None:
        """Log in; a Discord that cannot be reached is tried again in the background. Raises SettingsError."""
        self._serving = asyncio.create_task(self._connection.serve(), name="discord-connection")
        await self._connection.tried()
        if self._serving.done():
            self._serving.result()

    async def wait(self) -> None:
        """Return when the connection was stopped. Raises SettingsError when it cannot go on."""
        if self._serving is None:
            return
        await asyncio.wait({self._serving})
        if not self._serving.cancelled():
            self._serving.result()

    async def synced(self) -> bool:
        """Wait until the commands were told to Discord; False when that failed for good."""
        return self._syncing is not None and bool(await asyncio.shield(self._syncing))

    async def stop(self) -> None:
        """Answer new interactions with a line, finish what runs within the drain time, then close."""
        cut = await self._tasks.drain(self._drain_seconds)
        await self._front.drain(LINE_SECONDS)
        await self._connection.stop()
        await _end(self._syncing, patience=0.0)
        await _end(self._serving, patience=LINE_SECONDS)
        log.info("discord_stopped", cut_short=cut)

    def health(self) -> Health:
        """Ready once the gateway is, or logged in where there is none."""
        age = None if self._last_event is None else round(self._clock() - self._last_event, 1)
        client = self.client
        if client is None:
            return Health(is_ready=False, line="discord: not connected", event_age_seconds=age)
        if self._config.wants_gateway and not client.is_ready():
            return Health(is_ready=False, line="discord: logged in, waiting for the gateway", event_age_seconds=age)
        way = f"gateway, {len(client.guilds)} servers" if self._config.wants_gateway else "HTTP interactions"
        return Health(is_ready=True, line=f"discord: {way}", event_age_seconds=age)

    def _make_endpoints(self) -> tuple[Endpoint, ...]:
        if not self._config.public_key:
            return ()
        signature = Signature(self._config.public_key, self._clock)
        return (Interactions(signature, lambda: self.client, late_line=self._late_line).endpoint,)

    def _late_line(self, locale: str) -> str:
        return say("shared.late", locale, code=self._desk.reference(PLATFORM, "late"))

    async def prepare(self, client: discord.Client) -> Tree:
        """Put commands, buttons and listeners on a client that has not logged in yet; its command tree."""
        tree = Tree(client, self._front)
        await fill(tree, self._verbs, self._front)
        if self._admin is not None:
            tree.add_command(daily_group(self._admin))
        client.add_dynamic_items(PressButton)
        self._listen(client)

        async def setup_hook() -> None:
            if self._syncing is not None:
                self._syncing.cancel()
            self._syncing = asyncio.create_task(keep_synced(tree, self._desk.store), name="discord-sync")

        client.setup_hook = setup_hook  # type: ignore[method-assign]
        return tree

    def _listen(self, client: discord.Client) -> None:
        async def on_message(message: discord.Message) -> None:
            if client.user is not None:
                await self._messages.received(message, client.user)

        async def on_press(interaction: discord.Interaction, press: Press | None) -> None:
            await self._presses.pressed(interaction, press)

        async def on_interaction(interaction: discord.Interaction) -> None:
            await self._presses.unknown(interaction)

        async def on_socket_event_type(_: str) -> None:
            self._last_event = self._clock()

        async def on_resumed() -> None:
            self._reconnected("resumed")

        async def on_ready() -> None:
            self._reconnected("ready")

        async def on_error(event: str, *_: object) -> None:
            self._desk.reference(PLATFORM, f"event_{event}", sys.exc_info()[1])

        for handler in (
            on_message,
            on_press,
            on_interaction,
            on_socket_event_type,
            on_resumed,
            on_ready,
            on_error,
        ):
            client.event(handler)

    def _reconnected(self, how: str) -> None:
        if self._was_connected:
            self._desk.telemetry.reconnects.labels(PLATFORM).inc()
        self._was_connected = True
        log.info("discord_connected", how=how)

    def _report(self, error: BaseException) -> None:
        self._desk.reference(PLATFORM, "background", error)


async def _end(task: asyncio.Task[Any] | None, *, patience: float) -> None:
    """Wait so long for a task, then cancel it and let it clean up."""
    if task is None:
        return
    _, late = await asyncio.wait({task}, timeout=patience)
    for one in late:
        one.cancel()
        await asyncio.wait(late, timeout=LINE_SECONDS)
