"""`/daily` in Slack: who may run it, what was typed, and the service's reply as a message.

Knows the grammar of one line; the verbs themselves are the insights service's.
"""

import asyncio
import re
from dataclasses import dataclass, field, replace

from slack_sdk.errors import SlackApiError

from bot.adapters.slack import blocks as kit
from bot.adapters.slack.blocks import Block, Message
from bot.adapters.slack.config import SlackConfig
from bot.adapters.slack.courier import error_of
from bot.adapters.slack.incoming import Incoming
from bot.adapters.slack.poster import daily_message, workspace_key
from bot.adapters.slack.render import paragraphs
from bot.adapters.slack.replies import Replies
from bot.adapters.slack.text import escape, unescape
from bot.adapters.slack.workspaces import Workspace
from bot.adapters.words import say
from bot.errors import UsageError
from bot.insights.daily import Channel, Daily, DailyReply, Typed
from bot.store.store import Store

VERBS = ("set", "pause", "resume", "skip", "next", "preview", "replace", "now", "status", "stop")
LOOK_SECONDS = 3.0
_CHANNEL = re.compile(r"<#(C[A-Z0-9]+|G[A-Z0-9]+)(?:\|[^<>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>")
_NAMED = re.compile(r"\b(time|zone|days|theme|episode)\s*[=:]\s*(?:[\"“„]([^\"”“]*)[\"”“]|(\S+))", re.IGNORECASE)
_HALF = re.compile(r"[ap]\.?m\.?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A typed line, taken apart: the verb, the channel and group where named, `key=value` pairs, the rest."""

    verb: str
    channel_id: str = ""
    group_id: str = ""
    named: dict[str, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()


def read_line(text: str) -> Line | None:
    """The line behind `/daily`; None for a verb that does not exist."""
    verb, _, more = text.strip().partition(" ")
    if verb.lower() not in VERBS:
        return None
    channel, group = _CHANNEL.search(more), _GROUP.search(more)
    more = unescape(_GROUP.sub(" ", _CHANNEL.sub(" ", more)))
    named = {match[1].lower(): (match[2] or match[3] or "").strip() for match in _NAMED.finditer(more)}
    rest = tuple(_NAMED.sub(" ", more).split())
    return Line(
        verb=verb.lower(),
        channel_id=channel[1] if channel else "",
        group_id=group[1] if group else "",
        named=named,
        rest=rest,
    )


def typed_of(line: Line) -> Typed:
    """What `set` got: `09:00 Europe/Berlin weekdays`, with names where the order differs."""
    rest = list(line.rest)
    time = line.named.get("time") or (rest.pop(0) if rest else "")
    if rest and _HALF.fullmatch(rest[0]):
        time = f"{time} {rest.pop(0)}"
    zone = line.named.get("zone") or (rest.pop(0) if rest else "")
    days = line.named.get("days") or " ".join(rest)
    return Typed(time=time, zone=zone, days=days, theme=line.named.get("theme", ""), role_id=line.group_id or None)


class DailyCommands:
    """Runs `/daily` for those who may; rights are checked every time."""

    def __init__(self, *, daily: Daily, store: Store, replies: Replies, config: SlackConfig) -> None:
        self._daily = daily
        self._store = store
        self._replies = replies
        self._config = config
        self._locale = config.locale

    async def run(self, incoming: Incoming) -> Message:
        """The reply to a typed line. Raises UsageError, StoreError."""
        line = read_line(incoming.text)
        if line is None:
            raise UsageError(say("slack.usage_daily", self._locale))
        workspace = await self._replies.workspaces.find(incoming.team_id, incoming.enterprise_id)
        if workspace is None:
            raise UsageError(say("slack.not_installed", self._locale))
        if not await self._may(incoming, workspace):
            raise UsageError(say("slack.daily_not_allowed", self._locale))
        channel = self._channel(incoming, line, workspace)
        reply = await self._carry_out(incoming, line, channel)
        if line.verb in ("set", "resume") and (hint := await self._invitation(workspace, channel.channel_id)):
            reply = replace(reply, text=f"{reply.text} {hint}")
        return reply_message(reply, locale=self._locale)

    async def upcoming(self, incoming: Incoming, workspace: Workspace) -> DailyReply | None:
        """A preview of what is due first in the workspace; None where nothing is. Raises StoreError."""
        key = workspace_key(incoming.team_id, workspace)
        found = await self._store.subscriptions_of("slack", key)
        running = [(one.next_due_at, one) for one in found if one.next_due_at and not one.is_paused]
        if not running:
            return None
        _, first = min(running, key=lambda pair: pair[0])
        channel = Channel(platform="slack", workspace_id=key, channel_id=first.channel_id, episode=first.episode_id)
        try:
            return await self._daily.preview(channel)
        except UsageError:
            return None

    async def _carry_out(self, incoming: Incoming, line: Line, channel: Channel) -> DailyReply:
        words = " ".join(line.rest)
        if line.verb == "set":
            return await self._daily.set(channel, typed_of(line))
        if line.verb == "pause":
            return await self._daily.pause(channel, words.removeprefix("until").strip())
        if line.verb == "skip":
            return await self._daily.skip(channel, words)
        if line.verb == "now":
            return await self._daily.now(channel, key=f"slack:{incoming.key}")
        verbs = {
            "resume": self._daily.resume,
            "next": self._daily.next,
            "preview": self._daily.preview,
            "replace": self._daily.replace,
            "status": self._daily.status,
            "stop": self._daily.stop,
        }
        return await verbs[line.verb](channel)

    def _channel(self, incoming: Incoming, line: Line, workspace: Workspace) -> Channel:
        if not line.channel_id and any(word.startswith("#") for word in line.rest):
            raise UsageError(say("slack.daily_channel", self._locale))
        channel_id = line.channel_id or ("" if incoming.is_direct else incoming.channel_id)
        if not channel_id:
            raise UsageError(say("slack.daily_where", self._locale))
        return Channel(
            platform="slack",
            workspace_id=workspace_key(incoming.team_id, workspace),
            channel_id=channel_id,
            episode=line.named.get("episode", ""),
            admin_contact=incoming.user_id,
        )

    async def _invitation(self, workspace: Workspace, channel_id: str) -> str:
        """The line that asks for an invitation where the bot cannot post, or may not know; else empty."""
        scopes = workspace.scopes or self._config.optional_scopes
        is_public_enough = "chat:write.public" in scopes
        unsure = "" if is_public_enough else say("slack.daily_invite", self._locale)
        if "channels:read" not in scopes:
            return unsure
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                found = await self._replies.courier.call(workspace.bot_token, "conversations.info", channel=channel_id)
        except SlackApiError as error:
            is_hidden = error_of(error)[1] == "channel_not_found"
            return say("slack.daily_not_member", self._locale) if is_hidden else unsure
        except OSError:
            return unsure
        channel = found.get("channel")
        if not isinstance(channel, dict):
            return unsure
        may_post = channel.get("is_member") or (is_public_enough and not channel.get("is_private"))
        return "" if may_post else say("slack.daily_not_member", self._locale)

    async def _may(self, incoming: Incoming, workspace: Workspace) -> bool:
        """On the operator's list, the installer, or a workspace admin where Slack lets us ask."""
        if incoming.user_id in self._config.admins or incoming.user_id == workspace.installer_id:
            return True
        if "users:read" not in (workspace.scopes or self._config.optional_scopes):
            return False
        try:
            found = await self._replies.courier.call(workspace.bot_token, "users.info", user=incoming.user_id)
        except SlackApiError as error:
            if error_of(error)[1] in ("missing_scope", "user_not_found", "user_not_visible"):
                return False
            raise
        user = found.get("user")
        is_admin = isinstance(user, dict) and any(user.get(key) is True for key in ("is_admin", "is_owner"))
        return is_admin and isinstance(user, dict) and not user.get("deleted", False)


def reply_message(reply: DailyReply, *, locale: str) -> Message:
    """The service's reply: a sentence, lines of two, and a post exactly as the channel will see it."""
    parts: list[Block] = [kit.section(reply.text)]
    parts += paragraphs([f"*{escape(name)}*  {escape(text)}" for name, text in reply.lines])
    if reply.post is not None:
        parts += [kit.divider(), *daily_message(reply.post, locale=locale).blocks]
    return kit.message(reply.text, parts)
