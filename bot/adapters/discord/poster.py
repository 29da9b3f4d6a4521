"""Daily insights into channels: posted under a nonce, found again by their mark, admins told directly.

Knows Discord's ways to fail; what follows from an outcome is the sender's to decide.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import discord
import structlog

from bot.adapters.discord import render
from bot.adapters.discord.daily import daily_card
from bot.adapters.discord.ids import has_mark
from bot.adapters.discord.parts import ids_on
from bot.adapters.discord.talk import LOST, shown
from bot.adapters.words import FALLBACK
from bot.insights.poster import Absent, NotPosted, Outcome, Posted, Rejected, Sight, Unclear
from bot.insights.posts import DailyPost
from bot.store.model import Subscription

POST_SECONDS = 50.0
PAUSES = (1.0, 3.0)
LOOKED_AT = 500
MARGIN = timedelta(seconds=30)
NOT_CONNECTED = NotPosted(reason="I am not connected to Discord just now", retry_after_seconds=30.0)
log = structlog.get_logger()


class DiscordPoster:
    """One platform's poster. `client` gives the logged-in client, or None while there is none."""

    def __init__(self) -> None:
        self._client: Callable[[], discord.Client | None] = lambda: None

    def attach(self, client: Callable[[], discord.Client | None]) -> None:
        """Post through this client from now on."""
        self._client = client

    async def post(self, subscription: Subscription, post: DailyPost) -> Outcome:
        """Post once; what may have arrived is repeated only under the same nonce."""
        client = self._client()
        if client is None:
            return NOT_CONNECTED
        try:
            async with asyncio.timeout(POST_SECONDS):
                return await self._post(_channel(client, subscription), post)
        except TimeoutError:
            return Unclear(reason="Discord did not answer in time")
        except discord.RateLimited as error:
            return NotPosted(reason="Discord asks to wait", retry_after_seconds=error.retry_after)
        except discord.HTTPException as error:
            return _refused(error)
        except (discord.DiscordException, RuntimeError) as error:
            log.warning("daily_not_posted", error=type(error).__name__)
            return Unclear(reason="the connection to Discord was closed")

    async def _post(self, channel: discord.PartialMessageable, post: DailyPost) -> Outcome:
        card = daily_card(post, locale=FALLBACK)
        roles = [discord.Object(int(post.role_id))] if card.content and post.role_id else []
        mentions = discord.AllowedMentions(everyone=False, users=False, replied_user=False, roles=roles or False)
        for pause in (*PAUSES, None):
            try:
                sent = await channel.send(**shown(card, None), nonce=post.mark, allowed_mentions=mentions)
            except (discord.DiscordServerError, *LOST):
                if pause is None:
                    return Unclear(reason="Discord did not say whether it took the post")
                await asyncio.sleep(pause)
            else:
                return Posted(message_ref=f"{channel.id}:{sent.id}")
        raise AssertionError("the last try returns")

    async def find(self, subscription: Subscription, mark: str, since: datetime) -> Sight:
        """Look through what the bot itself wrote in the channel since then."""
        client = self._client()
        if client is None or client.user is None:
            return Unclear(reason=NOT_CONNECTED.reason, is_passing=True)
        try:
            return await _look(_channel(client, subscription), client.user.id, mark, since)
        except discord.HTTPException as error:
            is_passing = error.status >= 500 or error.status in (401, 429)
            return Unclear(reason=f"looking into the channel was refused ({error.status})", is_passing=is_passing)
        except (discord.DiscordException, RuntimeError, *LOST):
            return Unclear(reason="Discord could not be reached to look for an earlier post", is_passing=True)

    async def tell_admin(self, subscription: Subscription, text: str) -> bool:
        """A direct message to whoever set the subscription."""
        client = self._client()
        if client is None or not subscription.admin_contact.isdigit():
            return False
        line = render.line_card(text)
        where = f"<#{subscription.channel_id}>" if subscription.channel_id.isdigit() else ""
        try:
            direct = await client.create_dm(discord.Object(int(subscription.admin_contact)))
            await direct.send(content=where, **shown(line, None))
        except (discord.DiscordException, *LOST) as error:
            log.warning("admin_not_reached", error=type(error).__name__)
            return False
        return True


def _channel(client: discord.Client, subscription: Subscription) -> discord.PartialMessageable:
    return client.get_partial_messageable(int(subscription.channel_id), guild_id=int(subscription.workspace_id))


async def _look(channel: discord.PartialMessageable, bot_id: int, mark: str, since: datetime) -> Sight:
    """Absent only where the channel's history can be read: without that right Discord shows an empty one."""
    count = 0
    async for message in channel.history(limit=LOOKED_AT, after=since - MARGIN, oldest_first=True):
        count += 1
        if message.author.id == bot_id and has_mark(ids_on(message), mark):
            return Posted(message_ref=f"{channel.id}:{message.id}")
    if count >= LOOKED_AT:
        return Unclear(reason="too many messages came since to look through them all")
    if count or [message async for message in channel.history(limit=1)]:
        return Absent()
    return Unclear(reason="I may not read this channel's history, so I cannot tell whether it was posted")


def _refused(error: discord.HTTPException) -> Outcome:
    if error.status == 429:
        return NotPosted(reason="Discord asks to wait", retry_after_seconds=60.0)
    if error.status == 401:
        return NotPosted(reason="Discord does not accept my token", retry_after_seconds=300.0)
    if error.status == 404:
        return Rejected(reason="the channel is gone")
    if error.status == 403:
        return Rejected(reason="I may not write in the channel: allow me to see it, send messages and embed links")
    return Rejected(reason=f"Discord does not accept the post ({error.status}, code {error.code})")
