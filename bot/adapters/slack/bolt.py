"""Slack's Bolt as a switchboard: it parses, acknowledges, and hands over what arrived; nothing else happens in it.

Knows Bolt. Everything is passed to it explicitly: none of Slack's own environment variables reaches it.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.incoming import Incoming, from_command, from_event, from_press
from bot.adapters.words import say

Accept = Callable[[Incoming], bool]
"""Takes work over into a task of its own; False once the bot is stopping."""

_ANY = re.compile(".*", re.DOTALL)
_SECRET = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe[\w.-]*|ticket=[^\s'\"&]+|https?://hooks\.\S+|(?<=secret=)\S+")


@contextmanager
def without_slack_environment() -> Iterator[None]:
    """Hide every SLACK_ variable while Slack's objects are made: they would read them behind our back."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


class _Redact(logging.Filter):
    """Takes tokens, tickets and reply addresses out of what Slack's libraries log, and drops their tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _SECRET.sub("***", record.getMessage())[:500], ()
        record.exc_info = record.exc_text = None
        return True


def quiet_logger() -> logging.Logger:
    """The logger Slack's libraries get: warnings on, without anything secret in them."""
    logger = logging.getLogger("chapterverse.slack")
    logger.setLevel(logging.WARNING)
    if not any(isinstance(one, _Redact) for one in logger.filters):
        logger.addFilter(_Redact())
    return logger


async def _authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
    """Nothing is looked up before the acknowledgement; the token is found when something is sent."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


def build_app(accept: Accept, *, client: AsyncWebClient, locale: str) -> AsyncApp:
    """A Bolt app that acknowledges at once and gives everything to `accept`.

    It verifies no signature: HTTP requests come through the gate, Socket Mode through its own connection.
    """
    with without_slack_environment():
        app = AsyncApp(
            name="chapterverse",
            logger=quiet_logger(),
            client=client,
            signing_secret="",
            authorize=_authorize,
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
    restarting = say("shared.restarting", locale)

    async def on_command(ack: Any, body: dict[str, Any]) -> None:
        incoming = from_command(body)
        if incoming is None or accept(incoming):
            await ack()
        else:
            await ack(text=restarting, response_type="ephemeral")

    async def on_press(ack: Any, body: dict[str, Any]) -> None:
        incoming = from_press(body)
        if incoming is not None:
            accept(incoming)
        await ack()

    async def on_event(body: dict[str, Any]) -> None:
        incoming = from_event(body)
        if incoming is not None:
            accept(incoming)

    app.command(_ANY)(on_command)
    app.action(_ANY)(on_press)
    app.event(_ANY)(on_event)
    return app
