"""What Slack sends, as it sends it: commands, mentions, messages, presses; and the signature over a body."""

import hashlib
import hmac
import itertools
import json
from typing import Any
from urllib.parse import urlencode

from tests.fakes.slack.server import APP, BOT_USER, SECRET, TEAM, FakeSlack

_NUMBERS = itertools.count(1)


def number() -> str:
    """A number no other payload has."""
    return f"{next(_NUMBERS):06}"


def command(
    slack: FakeSlack, name: str, text: str = "", *, user: str = "U0ADA", channel: str = "C1", hook: str = "h1"
) -> dict[str, Any]:
    return {
        "command": f"/{name}",
        "text": text,
        "team_id": TEAM,
        "team_domain": "rock",
        "channel_id": channel,
        "channel_name": "general",
        "user_id": user,
        "user_name": "ada",
        "api_app_id": APP,
        "response_url": f"{slack.url}hooks/{hook}",
        "trigger_id": f"13.{number()}.abc",
    }


def event(inner: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": inner,
        "event_id": f"Ev{number()}",
        "event_time": 1_700_000_000,
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
    }


def mention(text: str, *, user: str = "U0ADA", channel: str = "C1", thread: str = "") -> dict[str, Any]:
    inner = {"type": "app_mention", "user": user, "text": f"<@{BOT_USER}> {text}", "channel": channel}
    inner["ts"] = f"1700000001.{number()}"
    return event(inner | ({"thread_ts": thread} if thread else {}))


def direct(text: str, *, user: str = "U0ADA", channel: str = "D1", thread: str = "", **more: Any) -> dict[str, Any]:
    inner = {"type": "message", "channel_type": "im", "user": user, "text": text, "channel": channel}
    inner["ts"] = f"1700000001.{number()}"
    return event(inner | ({"thread_ts": thread} if thread else {}) | more)


def reply(text: str, *, thread: str, user: str = "U0ADA", channel: str = "C1") -> dict[str, Any]:
    inner = {"type": "message", "channel_type": "channel", "user": user, "text": text, "channel": channel}
    return event(inner | {"ts": f"1700000001.{number()}", "thread_ts": thread})


def press(
    slack: FakeSlack,
    button: dict[str, Any],
    *,
    user: str = "U0ADA",
    channel: str = "C1",
    hook: str = "p1",
    thread: str = "",
    view: str = "",
) -> dict[str, Any]:
    container: dict[str, Any] = {"type": "message", "message_ts": "1700000002.000001", "channel_id": channel}
    body: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": user, "team_id": TEAM},
        "team": {"id": TEAM, "domain": "rock"},
        "api_app_id": APP,
        "trigger_id": f"14.{number()}.abc",
        "actions": [{"type": "button", "block_id": "b", "action_ts": "1.2", **button}],
    }
    if view:
        return body | {"container": {"type": "view", "view_id": "V1"}, "view": {"id": "V1", "type": view}}
    if thread:
        container["thread_ts"] = thread
    return body | {
        "container": container,
        "channel": {"id": channel, "name": "general"},
        "response_url": f"{slack.url}hooks/{hook}",
    }


def buttons(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The buttons of a message by action id."""
    found = {}
    for block in message.get("blocks", ()):
        for element in [*block.get("elements", ()), block.get("accessory", {})]:
            if element.get("type") == "button":
                found[element["action_id"]] = element
    return found


def words(message: dict[str, Any]) -> str:
    """All text a person sees in a message, in order."""
    found = []
    for block in message.get("blocks", ()):
        for part in [block.get("text", {}), *block.get("elements", ())]:
            text = part.get("text", "") if isinstance(part, dict) else ""
            found.append(text if isinstance(text, str) else text.get("text", ""))
    return "\n".join(found)


def signed(body: bytes, *, now: float, secret: str = SECRET, kind: str = "application/json") -> dict[str, str]:
    """The headers of a request from Slack."""
    stamp = str(int(now))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


def as_form(payload: dict[str, Any]) -> tuple[bytes, str]:
    """A command or press as a form, an event as JSON: body and content type."""
    if "command" in payload:
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if payload.get("type") == "block_actions":
        return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(payload).encode(), "application/json"
