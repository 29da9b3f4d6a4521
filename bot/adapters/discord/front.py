"""From an interaction to its one visible answer: acknowledge first, then work, then answer or apologise.

The rim of the adapter: knows every way to fail and the line for it, not what a command does.
"""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.adapters.desk import Desk
from bot.adapters.discord import render
from bot.adapters.discord.talk import LOST, Talk, repeating
from bot.adapters.tasks import Tasks
from bot.adapters.words import say
from bot.errors import StoreError, UsageError

PLATFORM = "discord"
ANSWER_SECONDS = 60.0
APOLOGY_SECONDS = 15.0
ALREADY_ACKNOWLEDGED = 40060
Work = Callable[[Talk], Awaitable[None]]
log = structlog.get_logger()


class Front:
    """Runs the work of commands and buttons. `tasks` is drained by the adapter when it stops."""

    def __init__(self, *, desk: Desk, tasks: Tasks, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._desk = desk
        self._tasks = tasks
        self._answer_seconds = answer_seconds
        self._lines = Tasks(lambda error: log.error("line_not_shown", error=type(error).__name__))

    async def drain(self, seconds: float) -> None:
        """Let the lines to those who asked while it ended go out."""
        await self._lines.drain(seconds)

    async def run(
        self, interaction: discord.Interaction, work: Work, *, private: bool = True, is_update: bool = False
    ) -> None:
        """Begin at once: acknowledge, then work until one answer is shown. Once `tasks` is drained: a line."""
        whole = self._whole(interaction, work, private=private, is_update=is_update)
        if not self._tasks.spawn(whole, name="discord-interaction"):
            line = say("shared.restarting", interaction.locale.value)
            self._lines.spawn(self._say_now(interaction, line), name="discord-line")

    async def failed(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """A command that could not even begin: unknown, forbidden, or broken before it was acknowledged."""
        locale = interaction.locale.value
        if isinstance(error, app_commands.CheckFailure):
            text = say("shared.not_allowed", locale)
        elif isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)):
            text = say("discord.command_gone", locale)
        else:
            cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
            text = say("shared.failed", locale, code=self._desk.reference(PLATFORM, "command", cause))
        await self._say_now(interaction, text)

    async def refuse(self, interaction: discord.Interaction, key: str) -> None:
        """A polite line, at once, to an interaction that needs no work."""
        await self._say_now(interaction, say(key, interaction.locale.value))

    async def _whole(self, interaction: discord.Interaction, work: Work, *, private: bool, is_update: bool) -> None:
        if await self._acknowledge(interaction, private=private, is_update=is_update):
            await self._guarded(Talk(interaction, self._desk, is_update=is_update), work)

    async def _acknowledge(self, interaction: discord.Interaction, *, private: bool, is_update: bool) -> bool:
        """True once Discord has our acknowledgement. The library repeats after 5xx; only its first is in time."""
        try:
            await _acknowledge_once(interaction, private=private, is_update=is_update)
        except (discord.DiscordException, *LOST) as error:
            self._desk.reference(PLATFORM, "acknowledgement", error)
            return False
        return True

    async def _guarded(self, talk: Talk, work: Work) -> None:
        with self._desk.telemetry.in_flight.labels(PLATFORM).track_inprogress():
            try:
                async with asyncio.timeout(self._answer_seconds):
                    await work(talk)
            except asyncio.CancelledError:
                await self._apologise(talk, "restarting", None)
                raise
            except UsageError as error:
                await self._line(talk, str(error))
            except StoreError as error:
                await self._apologise(talk, "store_down", error)
            except TimeoutError as error:
                await self._apologise(talk, "late", error)
            except Exception as error:  # the rim: whatever broke, the person is told
                await self._apologise(talk, "failed", error)

    async def _apologise(self, talk: Talk, word: str, error: BaseException | None) -> None:
        code = self._desk.reference(PLATFORM, word, error) if word != "restarting" else ""
        if isinstance(error, discord.HTTPException):
            log.warning("refused_by_discord", reference=code, status=error.status, code=error.code)
        await self._line(talk, say(f"shared.{word}", talk.locale, code=code))

    async def _line(self, talk: Talk, text: str) -> None:
        """One line of ours, unless the answer already stands."""
        if talk.has_answered:
            return
        try:
            async with asyncio.timeout(APOLOGY_SECONDS):
                await talk.answer(render.line_card(text))
        except (discord.DiscordException, *LOST) as error:
            log.error("line_not_shown", platform=PLATFORM, error=type(error).__name__)

    async def _say_now(self, interaction: discord.Interaction, text: str) -> None:
        try:
            if interaction.response.is_done():
                await interaction.followup.send(text, ephemeral=True)
            else:
                await interaction.response.send_message(text, ephemeral=True)
        except (discord.DiscordException, *LOST) as error:
            log.error("line_not_shown", platform=PLATFORM, error=type(error).__name__)


async def _acknowledge_once(interaction: discord.Interaction, *, private: bool, is_update: bool) -> None:
    """Acknowledge; a repeat that finds it already done is as good as the first."""

    async def send() -> None:
        try:
            await interaction.response.defer(ephemeral=private and not is_update, thinking=not is_update)
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                raise

    try:
        await send()
    except aiohttp.ClientError:
        await repeating(send)
