"""Pictures of the episode for a card, drawn off the event loop.

Knows the drawing and its words; what cannot be drawn is left out, an answer never waits for it in vain.
"""

import asyncio
from dataclasses import dataclass

import structlog

from bot.episode.model import Episode
from bot.picture.draw import draw_map, draw_strip
from bot.picture.words import describe_map, describe_strip

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A PNG, and what it shows in words."""

    png: bytes
    alt: str


class Pictures:
    """Draws; equal strips are drawn once."""

    async def map(self, episode: Episode, *, theme: str | None = None) -> Picture:
        """The whole episode. Raises KeyError for an unknown theme."""
        png = await asyncio.to_thread(draw_map, episode, theme=theme)
        return Picture(png=png, alt=describe_map(episode, theme=theme))

    async def strip(self, episode: Episode, seconds: int) -> Picture | None:
        """The episode as a thin line with that moment marked; None where drawing failed."""
        try:
            png = await asyncio.to_thread(draw_strip, episode, seconds)
        except (OSError, ValueError) as error:
            log.warning("strip_not_drawn", error=type(error).__name__)
            return None
        return Picture(png=png, alt=describe_strip(episode, seconds))
