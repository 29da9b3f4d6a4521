"""What Slack sends, as one frozen value: who, where, what, and how to answer.

Pure; a body comes from a verified source and may still be any shape. What is not for us is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.adapters.desk import Asker
from bot.adapters.slack.text import mentions_others, said

Surface = Literal["command", "press", "mention", "direct", "thread", "home", "prompts", "revoked", "removed"]
Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One thing to react to. `key` is the same in every redelivery; `conversation` keeps a topic."""

    surface: Surface
    key: str
    team_id: str = ""
    enterprise_id: str = ""
    user_id: str = field(default="", repr=False)
    channel_id: str = ""
    text: str = field(default="", repr=False)
    name: str = ""
    value: str = field(default="", repr=False)
    ts: str = ""
    thread_ts: str = ""
    conversation: str = ""
    response_url: str = field(default="", repr=False)
    trigger_id: str = field(default="", repr=False)
    view_id: str = ""
    view_type: str = ""
    revoked_bots: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_direct(self) -> bool:
        """True in a direct message with the bot."""
        return self.channel_id.startswith("D")

    @property
    def asker(self) -> Asker:
        """Who asks, as the desk knows people."""
        return Asker(
            platform="slack",
            user_id=f"{self.team_id}:{self.user_id}",
            place_id="" if self.is_direct or not self.channel_id else f"{self.team_id}:{self.channel_id}",
            conversation=self.conversation or None,
        )

    def asker_in(self, ts: str) -> Asker:
        """The same person in the thread under a message."""
        return replace(self.asker, conversation=f"{self.team_id}:{self.channel_id}:{ts}")


def from_command(body: Body) -> Incoming | None:
    """A slash command."""
    team, channel, user = _text(body, "team_id"), _text(body, "channel_id"), _text(body, "user_id")
    if not user or not _text(body, "command"):
        return None
    return Incoming(
        surface="command",
        key=_text(body, "trigger_id"),
        team_id=team,
        enterprise_id=_text(body, "enterprise_id"),
        user_id=user,
        channel_id=channel,
        text=said(_text(body, "text")) if _text(body, "command") != "/daily" else _text(body, "text"),
        name=_text(body, "command").removeprefix("/"),
        conversation=f"{team}:{channel}" if channel.startswith("D") else "",
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
    )


def from_press(body: Body) -> Incoming | None:
    """A pressed button, in a message, in the Home tab or in a window."""
    pressed = body.get("actions")
    first = pressed[0] if isinstance(pressed, list) and pressed and isinstance(pressed[0], Mapping) else {}
    user = _text(_part(body, "user"), "id")
    if not user or not _text(first, "action_id"):
        return None
    team = _text(_part(body, "team"), "id") or _text(_part(body, "user"), "team_id")
    container, view = _part(body, "container"), _part(body, "view")
    channel = _text(_part(body, "channel"), "id") or _text(container, "channel_id")
    thread = _text(container, "thread_ts") or _text(_part(body, "message"), "thread_ts")
    own = f"{team}:{channel}" if channel.startswith("D") else ""
    return Incoming(
        surface="press",
        key=_text(body, "trigger_id"),
        team_id=team,
        enterprise_id=_text(_part(body, "enterprise"), "id"),
        user_id=user,
        channel_id=channel,
        name=_text(first, "action_id"),
        value=_text(first, "value"),
        ts=_text(container, "message_ts"),
        thread_ts=thread,
        conversation=f"{team}:{channel}:{thread}" if thread else own,
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
        view_id=_text(view, "id"),
        view_type=_text(view, "type"),
    )


def from_event(body: Body) -> Incoming | None:
    """An event that asks for something; None for our own messages, edits, joins, and what we do not react to."""
    event = _part(body, "event")
    kind = _text(event, "type")
    team, enterprise, bot_user = _place(body)
    if kind in ("app_uninstalled", "tokens_revoked"):
        tokens = _part(event, "tokens").get("bot")
        bots = tuple(one for one in tokens if isinstance(one, str)) if isinstance(tokens, list) else ()
        return Incoming(
            surface="removed" if kind == "app_uninstalled" else "revoked",
            key=_text(body, "event_id"),
            team_id=team,
            enterprise_id=enterprise,
            revoked_bots=bots,
        )
    start = _started(event)
    if start is not None:
        surface, user, channel, thread = start
        return Incoming(
            surface=surface,
            key=_text(body, "event_id"),
            team_id=team,
            enterprise_id=enterprise,
            user_id=user,
            channel_id=channel,
            thread_ts=thread,
        )
    if kind in ("app_mention", "message"):
        return _question(body, event, bot_user)
    return None


def _started(event: Body) -> tuple[Surface, str, str, str] | None:
    kind, tab = _text(event, "type"), _text(event, "tab")
    if kind == "app_home_opened" and tab in ("home", "messages"):
        surface: Surface = "home" if tab == "home" else "prompts"
        return surface, _text(event, "user"), _text(event, "channel"), ""
    if kind == "assistant_thread_started":
        thread = _part(event, "assistant_thread")
        return "prompts", _text(thread, "user_id"), _text(thread, "channel_id"), _text(thread, "thread_ts")
    return None


def _question(body: Body, event: Body, bot_user: str) -> Incoming | None:
    team, enterprise, _ = _place(body)
    user, channel, raw = _text(event, "user"), _text(event, "channel"), _text(event, "text")
    if not user or not channel or user == bot_user or "bot_id" in event:
        return None
    if _text(event, "subtype") not in ("", "file_share", "thread_broadcast"):
        return None
    surface = _surface(event, bot_user, raw)
    if surface is None:
        return None
    thread, ts = _text(event, "thread_ts"), _text(event, "ts")
    conversation = f"{team}:{channel}:{thread or ts}"
    if surface == "direct" and not thread:
        conversation = f"{team}:{channel}"
    return Incoming(
        surface=surface,
        key=_text(body, "event_id"),
        team_id=team,
        enterprise_id=enterprise,
        user_id=user,
        channel_id=channel,
        text=said(raw, bot_user_id=bot_user if surface != "direct" else bot_user or "-"),
        ts=ts,
        thread_ts=thread or ts,
        conversation=conversation,
    )


def _surface(event: Body, bot_user: str, raw: str) -> Surface | None:
    if _text(event, "type") == "app_mention":
        return None if _text(event, "channel").startswith("D") else "mention"
    if _text(event, "channel_type") == "im":
        return "direct"
    in_thread = _text(event, "thread_ts") not in ("", _text(event, "ts"))
    return "thread" if in_thread and bot_user and not _addresses_anyone(raw, bot_user) else None


def _addresses_anyone(raw: str, bot_user: str) -> bool:
    """A mention of the bot comes as an event of its own; a mention of others is not for the bot."""
    return f"<@{bot_user}" in raw or mentions_others(raw, bot_user)


def _place(body: Body) -> tuple[str, str, str]:
    """Team, organisation and bot user of the installation that an event is for."""
    granted = body.get("authorizations")
    first = granted[0] if isinstance(granted, list) and granted and isinstance(granted[0], Mapping) else {}
    team = _text(first, "team_id") or _text(body, "team_id")
    enterprise = _text(first, "enterprise_id") or _text(body, "enterprise_id")
    return team, enterprise, _text(first, "user_id") if first.get("is_bot") else ""


def _part(body: Body, key: str) -> Body:
    found = body.get(key)
    return found if isinstance(found, Mapping) else {}


def _text(body: Body, key: str) -> str:
    found = body.get(key)
    return found if isinstance(found, str) else ""
