"""Slack: reachable, both tokens good, the scopes granted, and whether the bot may post in a channel.

Knows Web API methods and their short error words.
"""

from dataclasses import dataclass

from bot.doctor.calls import Calls, Reply
from bot.doctor.finding import Finding
from bot.settings import Settings

UNSURE = frozenset({"missing_scope", "ratelimited", "rate_limited"})


class Reader:
    """Rights of the bot in channels. Without `channels:read` Slack does not tell, and nothing is said."""

    def __init__(self, calls: Calls, token: str, scopes: frozenset[str]) -> None:
        self._calls = calls
        self._token = token
        self._scopes = scopes

    async def missing(self, workspace_id: str, channel_id: str) -> str:
        """What stops a daily post there, with what to do; empty when nothing is known to."""
        reply = await self._calls.slack("conversations.info", self._token, channel=channel_id)
        word = str(reply.body.get("error", ""))
        if word in UNSURE or not reply.status:
            return ""
        if word == "channel_not_found":
            return "gone, or private without the bot; invite it there, or set /daily in another one"
        channel = reply.body.get("channel")
        if not isinstance(channel, dict):
            return ""
        if channel.get("is_archived"):
            return "archived; set /daily in another one"
        may_post = channel.get("is_member") or channel.get("is_im") or "chat:write.public" in self._scopes
        return "" if may_post else "the bot is no member; write /invite @Chapter & Verse there"


@dataclass(frozen=True, kw_only=True)
class OnSlack:
    """What was found; `reader` is there when the bot token is good."""

    findings: tuple[Finding, ...] = ()
    reader: Reader | None = None


async def check(settings: Settings, calls: Calls) -> OnSlack:
    """Everything about Slack; nothing where it is not set."""
    if not (settings.slack_bot_token or settings.slack_app_token or settings.slack_client_id):
        return OnSlack()
    reach = await calls.slack("api.test")
    if not reach.status:
        advice = "let this machine reach slack.com and wss-primary.slack.com on port 443"
        return OnSlack(findings=(Finding.bad("network", f"Slack: {reach.trouble}", advice),))
    findings = [Finding.fine("network", "Slack is reachable"), *await _app_token(settings, calls)]
    if not settings.slack_bot_token:
        line = "each workspace installs the bot by itself; its token is checked whenever it is used"
        return OnSlack(findings=(*findings, Finding.note("slack", line)))
    reply = await calls.slack("auth.test", settings.slack_bot_token.reveal())
    bot_token = _token("SLACK_BOT_TOKEN", reply, "copy it anew: your app's page, OAuth & Permissions")
    if bot_token.state != "fine":
        return OnSlack(findings=(*findings, bot_token))
    granted = frozenset(part.strip() for part in reply.headers.get("x-oauth-scopes", "").split(",") if part.strip())
    reader = Reader(calls, settings.slack_bot_token.reveal(), granted)
    return OnSlack(findings=(*findings, bot_token, *_scopes(settings, granted)), reader=reader)


async def _app_token(settings: Settings, calls: Calls) -> list[Finding]:
    if not settings.slack_app_token:
        return []
    reply = await calls.slack("apps.connections.open", settings.slack_app_token.reveal())
    advice = "make one with connections:write: your app's page, Basic Information, App-Level Tokens"
    if reply.body.get("error") == "missing_scope":
        return [Finding.bad("slack", "SLACK_APP_TOKEN lacks connections:write", advice)]
    if reply.body.get("error") in ("access_denied", "not_allowed_token_type", "socket_mode_disabled"):
        return [Finding.bad("slack", "Socket Mode is off for this app", "your app's page, Socket Mode: turn it on")]
    return [_token("SLACK_APP_TOKEN", reply, advice)]


def _token(name: str, reply: Reply, advice: str) -> Finding:
    if reply.body.get("ok") is True:
        return Finding.fine("slack", f"{name} is good")
    word = str(reply.body.get("error", ""))
    if reply.status == 200 and word and word not in UNSURE:
        return Finding.bad("slack", f"{name} is not accepted ({word[:40]})", advice)
    return Finding.bad("slack", f"{name} was not checked: status {reply.status}", "run doctor again in a minute")


def _scopes(settings: Settings, granted: frozenset[str]) -> list[Finding]:
    from bot.adapters.slack.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES

    install = "add them under OAuth & Permissions, then reinstall the app"
    found = []
    if lacking := [one for one in REQUIRED_SCOPES if one not in granted]:
        found.append(Finding.bad("slack", f"scopes are missing: {', '.join(lacking)}", install))
    if claimed := [one for one in settings.slack_optional_scopes if one not in granted]:
        advice = f"{install}, or take them out of SLACK_OPTIONAL_SCOPES"
        found.append(Finding.bad("slack", f"optional scopes are set, not granted: {', '.join(claimed)}", advice))
    unused = [one for one in OPTIONAL_SCOPES if one in granted and one not in settings.slack_optional_scopes]
    if unused:
        line = f"optional scopes are granted, not set: {', '.join(unused)}"
        found.append(Finding.note("slack", line, "name them in SLACK_OPTIONAL_SCOPES to use them"))
    return found or [Finding.fine("slack", "every scope is granted")]
