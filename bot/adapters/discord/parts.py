"""A card as discord.py's objects. The buttons are one `DynamicItem`, so that they work after a restart.

Knows the library's shapes, not what a press does: the client's `on_press` handler does.
"""

import io
import re
from typing import Any, Self

import discord

from bot.adapters.discord.card import Card
from bot.adapters.discord.ids import TEMPLATE, Press, parse
from bot.adapters.discord.payload import PICTURE_NAME, embed_payload

PRESS_EVENT = "press"


class PressButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=re.compile(TEMPLATE)):
    """Every button of ours that is no link; all it knows is in its custom id."""

    def __init__(self, button: discord.ui.Button[Any], press: Press | None) -> None:
        super().__init__(button)
        self.press = press

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button of a message sent by this or an earlier process."""
        assert isinstance(item, discord.ui.Button)
        return cls(item, parse(match.string))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Hand the press to whoever listens on the client."""
        interaction.client.dispatch(PRESS_EVENT, interaction, self.press)


def embed_of(card: Card) -> discord.Embed:
    """The embed of a card."""
    return discord.Embed.from_dict(embed_payload(card))


def view_of(card: Card) -> discord.ui.View:
    """The rows of a card. Nothing of it is kept in memory: all its buttons are links or dynamic."""
    view = discord.ui.View(timeout=None)
    for at, row in enumerate(card.rows):
        for one in row:
            button: discord.ui.Button[Any] = discord.ui.Button(
                label=one.label, url=one.url, custom_id=one.custom_id, style=discord.ButtonStyle.secondary, row=at
            )
            view.add_item(button if one.custom_id is None else PressButton(button, parse(one.custom_id)))
    return view


def file_of(picture: bytes, alt: str) -> discord.File:
    """A picture to attach, with words for those who do not see it."""
    return discord.File(io.BytesIO(picture), filename=PICTURE_NAME, description=alt[:1024])


def ids_on(message: discord.Message | None) -> tuple[str, ...]:
    """The custom ids of the buttons on a message."""
    rows = message.components if message is not None else []
    found = [child for row in rows if isinstance(row, discord.ActionRow) for child in row.children]
    return tuple(one.custom_id for one in found if isinstance(one, discord.Button) and one.custom_id)
