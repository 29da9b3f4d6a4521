"""One interaction that was acknowledged: how to answer it, exactly once, and how to add to it.

Knows Discord's ways to fail, not what is said. The first answer is a PATCH and may be repeated; an addition may not.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord

from bot.adapters.desk import Asker, Desk
from bot.adapters.discord.card import Card
from bot.adapters.discord.parts import embed_of, file_of, view_of
from bot.adapters.discord.payload import PICTURE_NAME
from bot.adapters.discord.pictures import Picture

PAUSES = (0.25, 0.5, 1.0, 2.0)
UNKNOWN_WEBHOOK = 10015
LOST = (aiohttp.ClientError, OSError, asyncio.TimeoutError)


class Talk:
    """What a command or a button works with. `is_update`: a press that leaves the message as it is."""

    def __init__(self, interaction: discord.Interaction, desk: Desk, *, is_update: bool = False) -> None:
        self.interaction = interaction
        self.asker = asker_of(interaction, desk)
        self.locale = interaction.locale.value
        self._is_update = is_update
        self.has_answered = False

    async def answer(self, card: Card, picture: Picture | None = None) -> None:
        """Show the answer where "thinking…" stands; for a press on a message, privately under it."""
        if self._is_update:
            await self.add(card, picture, private=True)
        else:
            await repeating(lambda: self._edit(card, picture))
        self.has_answered = True

    async def add(self, card: Card, picture: Picture | None = None, *, private: bool) -> None:
        """A further message. Raises what was lost on the way: whether it arrived is then unknown."""
        await self.interaction.followup.send(**shown(card, picture), ephemeral=private)

    async def change_buttons(self, card: Card) -> None:
        """Put other buttons under the message that was pressed."""
        await repeating(lambda: self.interaction.edit_original_response(view=view_of(card)))

    async def _edit(self, card: Card, picture: Picture | None) -> None:
        fields = shown(card, picture)
        attached = [fields.pop("file")] if "file" in fields else []
        await self.interaction.edit_original_response(**fields, attachments=attached)


def asker_of(interaction: discord.Interaction, desk: Desk) -> Asker:
    """Who asks. The conversation is this person in this channel; no user id stands in its key."""
    return person(desk, interaction.user.id, interaction.guild_id, interaction.channel_id)


def person(desk: Desk, user_id: int, guild_id: int | None, channel_id: int | None) -> Asker:
    """A person somewhere on Discord, for the desk."""
    bare = Asker(platform="discord", user_id=str(user_id))
    place = guild_id or channel_id
    conversation = f"{channel_id}:{desk.user_hash(bare)[:16]}"
    return Asker(platform="discord", user_id=str(user_id), place_id=str(place or ""), conversation=conversation)


async def repeating(send: Callable[[], Awaitable[object]]) -> None:
    """Do what may be done twice, again after a lost connection, or while Discord does not yet know our answer."""
    for pause in PAUSES:
        try:
            await send()
        except LOST:
            await asyncio.sleep(pause)
        except discord.NotFound as error:
            if error.code != UNKNOWN_WEBHOOK:
                raise
            await asyncio.sleep(pause)
        else:
            return
    await send()


def shown(card: Card, picture: Picture | None) -> dict[str, Any]:
    """What discord.py's sending methods take."""
    embed = embed_of(card)
    fields: dict[str, Any] = {"embed": embed, "view": view_of(card)}
    if card.content:
        fields["content"] = card.content
    if picture is not None:
        embed.set_image(url=f"attachment://{PICTURE_NAME}")
        fields["file"] = file_of(picture.png, picture.alt)
    return fields
