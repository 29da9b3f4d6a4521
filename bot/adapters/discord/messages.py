"""Mentions, direct messages and replies to the bot: asked in words, answered with a reply.

Knows channels and messages; a post is repeated only under its own nonce, which Discord then keeps unique.
"""

import asyncio
from typing import Any

import discord
import structlog

from bot.adapters.desk import Desk
from bot.adapters.discord import render
from bot.adapters.discord.card import Card
from bot.adapters.discord.front import PLATFORM
from bot.adapters.discord.ids import topic_of
from bot.adapters.discord.mention import Facts, question_of
from bot.adapters.discord.parts import ids_on
from bot.adapters.discord.pictures import Picture
from bot.adapters.discord.talk import LOST, person, shown
from bot.adapters.discord.text import escape
from bot.adapters.discord.verbs import Verbs
from bot.adapters.tasks import Tasks
from bot.adapters.words import FALLBACK, say

PAUSES = (0.5, 2.0, 5.0)
ANSWER_SECONDS = 60.0
CANNOT_REPLY = 160002
"""Discord's code for a reply where the bot may not read the message history."""
PLAIN = (discord.MessageType.default, discord.MessageType.reply)
log = structlog.get_logger()


class Messages:
    """Answers messages that are meant for the bot."""

    def __init__(self, *, desk: Desk, verbs: Verbs, tasks: Tasks, pauses: tuple[float, ...] = PAUSES):
        self._desk = desk
        self._verbs = verbs
        self._tasks = tasks
        self._pauses = pauses

    async def received(self, message: discord.Message, bot: discord.ClientUser) -> None:
        """Begin to answer, if it is for us."""
        question = question_of(facts_of(message, bot))
        if question is None:
            return
        locale = _locale_of(message)
        is_told = self._tasks.spawn(self._guarded(message, question, locale), name="discord-message")
        if not is_told:
            await self._reply(message, render.line_card(say("shared.restarting", locale)), None)

    async def _guarded(self, message: discord.Message, question: str, locale: str) -> None:
        with self._desk.telemetry.in_flight.labels(PLATFORM).track_inprogress():
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    card, picture = await self._answer(message, question, locale)
            except asyncio.CancelledError:
                await self._reply(message, render.line_card(say("shared.restarting", locale)), None)
                raise
            except Exception as error:  # the rim: whatever broke, the person is told
                code = self._desk.reference(PLATFORM, "message", error)
                card, picture = render.line_card(say("shared.failed", locale, code=code)), None
            await self._reply(message, card, picture)

    async def _answer(self, message: discord.Message, question: str, locale: str) -> tuple[Card, Picture | None]:
        replied = _replied_to(message)
        if not question and replied is not None and not message.mentions and message.guild:
            return render.line_card(say("discord.reply_without_ping", locale)), None
        asker = person(self._desk, message.author.id, message.guild.id if message.guild else None, message.channel.id)
        outcome = await self._desk.ask(asker, question, topic=topic_of(ids_on(replied)))
        return await self._verbs.outcome(outcome, locale, is_shared=True)

    async def _reply(self, message: discord.Message, card: Card, picture: Picture | None) -> None:
        """Post the reply; where that is not possible, one line says so: here, or directly to the person."""
        locale = _locale_of(message)
        try:
            await self._post(message, card, picture)
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("reply_refused", channel=message.channel.id, status=error.status, code=error.code)
            place = f"#{getattr(message.channel, 'name', '')}"
            await self._tell(message, say("shared.no_permission", locale, place=place))
        except (discord.DiscordException, *LOST) as error:
            code = self._desk.reference(PLATFORM, "reply", error)
            await self._line(message, say("shared.failed", locale, code=code))

    async def _post(self, message: discord.Message, card: Card, picture: Picture | None) -> None:
        """Post as a reply with the picture; without both where only those are not allowed."""
        reference = message.to_reference(fail_if_not_exists=False)
        try:
            await self._send(message, card, picture, reference)
        except discord.HTTPException as error:
            if error.code != CANNOT_REPLY and (picture is None or not isinstance(error, discord.Forbidden)):
                raise
            await self._send(message, card, None, None)

    async def _send(
        self, message: discord.Message, card: Card, picture: Picture | None, reference: discord.MessageReference | None
    ) -> None:
        """Post under the asked message's own nonce, again after a failure that may pass."""
        more: dict[str, Any] = {"reference": reference, "mention_author": False} if reference else {}
        for pause in (*self._pauses, None):
            try:
                await message.channel.send(**shown(card, picture), **more, nonce=str(message.id))
            except (discord.DiscordServerError, *LOST):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def _line(self, message: discord.Message, text: str) -> None:
        """A bare line under the reply's nonce: should the reply have arrived after all, Discord posts nothing more."""
        try:
            await message.channel.send(escape(text), nonce=str(message.id))
        except (discord.DiscordException, *LOST):
            await self._tell(message, text)

    async def _tell(self, message: discord.Message, text: str) -> None:
        if message.guild is None:
            return
        try:
            await message.author.send(embed=shown(render.line_card(text), None)["embed"])
        except (discord.DiscordException, *LOST) as error:
            log.warning("person_not_reached", error=type(error).__name__)


def facts_of(message: discord.Message, bot: discord.ClientUser) -> Facts:
    """What decides whether a message is for us."""
    replied = _replied_to(message)
    return Facts(
        content=message.content,
        bot_id=bot.id,
        is_from_person=not message.author.bot and message.webhook_id is None,
        is_plain=message.type in PLAIN,
        is_direct=isinstance(message.channel, discord.DMChannel),
        mentions_bot=any(user.id == bot.id for user in message.mentions),
        is_reply_to_bot=replied is not None and replied.author.id == bot.id,
    )


def _locale_of(message: discord.Message) -> str:
    return message.guild.preferred_locale.value if message.guild else FALLBACK


def _replied_to(message: discord.Message) -> discord.Message | None:
    resolved = message.reference.resolved if message.reference else None
    return resolved if isinstance(resolved, discord.Message) else None
