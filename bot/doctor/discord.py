"""Discord: reachable, the token good, the application set as the settings say, and its rights in a channel.

Knows REST paths and permission bits; no client library.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.discord.invite import EMBED_LINKS, READ_HISTORY, SEND_IN_THREADS, SEND_MESSAGES, VIEW_CHANNEL
from bot.doctor.calls import Calls, Reply
from bot.doctor.finding import Finding
from bot.settings import Settings

ADMINISTRATOR = 1 << 3
NEEDED = {
    VIEW_CHANNEL: "View Channel",
    SEND_MESSAGES: "Send Messages",
    EMBED_LINKS: "Embed Links",
    READ_HISTORY: "Read Message History",
}
THREADS = frozenset({10, 11, 12})
FEW_STARTS = 20


class Reader:
    """Rights of the bot in channels."""

    def __init__(self, calls: Calls, token: str, user_id: str) -> None:
        self._calls = calls
        self._token = token
        self._user_id = user_id
        self._guilds: dict[str, tuple[Reply, Reply]] = {}

    async def missing(self, guild_id: str, channel_id: str) -> str:
        """What stops a daily post there, with what to do; empty when nothing does."""
        channel = await self._get(f"channels/{channel_id}")
        if channel.status == 404:
            return "the channel is gone; set /daily in another one"
        if channel.status == 403:
            return "the bot cannot see it; give its role View Channel there"
        if channel.status != 200:
            return f"not looked at ({channel.trouble or channel.status}); run doctor again"
        is_thread = channel.body.get("type") in THREADS
        holder = await self._get(f"channels/{channel.body.get('parent_id')}") if is_thread else channel
        member, roles = await self._guild(str(channel.body.get("guild_id", guild_id)))
        if member.status in (403, 404):
            return "the bot is no member of the server any more; invite it again"
        if member.status != 200 or roles.status != 200 or holder.status != 200:
            return "not looked at; run doctor again"
        has = permissions(self._user_id, member.body, roles.rows, holder.body)
        wanted = dict(NEEDED)
        if is_thread:
            del wanted[SEND_MESSAGES]
            wanted[SEND_IN_THREADS] = "Send Messages in Threads"
        lacking = [name for bit, name in wanted.items() if not has & bit]
        return f"give the bot's role {', '.join(lacking)} there" if lacking else ""

    async def _guild(self, guild_id: str) -> tuple[Reply, Reply]:
        if guild_id not in self._guilds:
            member = await self._get(f"guilds/{guild_id}/members/{self._user_id}")
            self._guilds[guild_id] = member, await self._get(f"guilds/{guild_id}/roles")
        return self._guilds[guild_id]

    async def _get(self, path: str) -> Reply:
        return await self._calls.discord(path, self._token)


def permissions(
    user_id: str, member: Mapping[str, Any], roles: tuple[Mapping[str, Any], ...], channel: Mapping[str, Any]
) -> int:
    """The bot's bits in a channel, by Discord's order: roles, then overwrites of everyone, roles, the member."""
    guild_id = str(channel.get("guild_id", ""))
    own = {guild_id, *map(str, member.get("roles", ()))}
    bits = 0
    for role in roles:
        bits |= int(role.get("permissions", 0)) if str(role.get("id")) in own else 0
    if bits & ADMINISTRATOR:
        return ~0
    overwrites = {str(one.get("id")): one for one in channel.get("permission_overwrites", ())}
    for layer in ({guild_id}, own - {guild_id}, {user_id}):
        changes = [overwrites[one] for one in layer if one in overwrites]
        for one in changes:
            bits &= ~int(one.get("deny", 0))
        for one in changes:
            bits |= int(one.get("allow", 0))
    return bits


@dataclass(frozen=True, kw_only=True)
class OnDiscord:
    """What was found; `reader` is there when the token is good."""

    findings: tuple[Finding, ...] = ()
    reader: Reader | None = None


async def check(settings: Settings, calls: Calls) -> OnDiscord:
    """Everything about Discord; nothing where it is not set."""
    if not settings.discord_token:
        return OnDiscord()
    token = settings.discord_token.reveal()
    reach = await calls.discord("gateway")
    if not reach.status:
        advice = "let this machine reach discord.com and gateway.discord.gg on port 443"
        return OnDiscord(findings=(Finding.bad("network", f"Discord: {reach.trouble}", advice),))
    network = Finding.fine("network", "Discord is reachable")
    me = await calls.discord("users/@me", token)
    if me.status == 401:
        advice = "copy a fresh one: Developer Portal, Bot, Reset Token"
        return OnDiscord(findings=(network, Finding.bad("discord", "DISCORD_TOKEN is not accepted", advice)))
    if me.status != 200:
        line = f"the token was not checked: status {me.status}"
        return OnDiscord(findings=(network, Finding.bad("discord", line, "run doctor again in a minute")))
    findings = [network, Finding.fine("discord", "DISCORD_TOKEN is good")]
    findings += _application(settings, await calls.discord("applications/@me", token))
    findings += _starts(await calls.discord("gateway/bot", token)) if settings.discord_gateway else []
    return OnDiscord(findings=tuple(findings), reader=Reader(calls, token, str(me.body.get("id", ""))))


def _application(settings: Settings, reply: Reply) -> list[Finding]:
    if reply.status != 200:
        line = f"the application was not looked at: status {reply.status}"
        return [Finding.note("discord", line, "run doctor again in a minute")]
    found = []
    portal = "copy it from the Developer Portal, General Information"
    if settings.discord_application_id and settings.discord_application_id != str(reply.body.get("id")):
        found.append(Finding.bad("discord", "DISCORD_APPLICATION_ID is another application's than the token", portal))
    key = str(reply.body.get("verify_key", ""))
    if settings.discord_public_key and settings.discord_public_key.lower() != key.lower():
        found.append(Finding.bad("discord", "DISCORD_PUBLIC_KEY is not the application's", portal))
    return [*found, *_address(settings, bool(reply.body.get("interactions_endpoint_url")))]


def _address(settings: Settings, has_address: bool) -> list[Finding]:
    """Discord sends commands to the address in the portal or over the gateway, never to both."""
    if has_address and not settings.discord_public_key:
        advice = "remove Interactions Endpoint URL in the portal, or set DISCORD_PUBLIC_KEY"
        return [Finding.bad("discord", "commands go to an HTTP address that this bot does not serve", advice)]
    if settings.discord_public_key and not has_address:
        base = settings.public_url.rstrip("/") or "https://YOUR-ADDRESS"
        advice = f"in the portal set Interactions Endpoint URL to {base}/discord/interactions"
        if settings.discord_gateway:
            return [Finding.note("discord", "no Interactions Endpoint URL: commands arrive over the gateway", advice)]
        return [Finding.bad("discord", "no Interactions Endpoint URL, and the gateway is off: nothing arrives", advice)]
    return []


def _starts(reply: Reply) -> list[Finding]:
    limit = reply.body.get("session_start_limit", {})
    left = limit.get("remaining") if isinstance(limit, dict) else None
    if isinstance(left, int) and left < FEW_STARTS:
        advice = "do not restart the bot over and over; Discord resets the token at 0"
        return [Finding.note("discord", f"{left} connections left today", advice)]
    return []
