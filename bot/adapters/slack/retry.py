"""When a call to Slack is tried again: never where the first try may have posted.

Knows Slack's client, its answers and method names; no content.
"""

from typing import Any

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from bot.adapters.slack.sleeping import Sleep

LONGEST_WAIT = 20.0
TRIES = 2
_POSTING = frozenset({"chat.postMessage", "chat.postEphemeral", "views.open", "oauth.v2.access"})
NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def wait_of(headers: Any) -> float:
    """The seconds of Retry-After, 1 where it is missing or unreadable. Slack's client gives lists or strings."""
    for name in headers:
        if str(name).lower() == "retry-after":
            found = headers[name]
            first = found[0] if isinstance(found, list) else found
            return float(first) if str(first).strip().isdigit() else 1.0
    return 1.0


class Retry(AsyncRetryHandler):
    """Rate limits always, server errors and lost connections only where a second call does no harm."""

    def __init__(self, sleep: Sleep) -> None:
        super().__init__(max_retry_count=TRIES)
        self._sleep = sleep

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        method = (request.url or "").rstrip("/").rsplit("/", 1)[-1]
        if response is not None and response.status_code == 429:
            return wait_of(response.headers) <= LONGEST_WAIT
        if isinstance(error, NOT_CONNECTED):
            return True
        if method in _POSTING:
            return False
        if response is not None:
            return response.status_code >= 500
        return isinstance(error, aiohttp.ClientConnectionError | TimeoutError)

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        is_limited = response is not None and response.status_code == 429
        pause = wait_of(response.headers) if response is not None and is_limited else 0.5 * 2**state.current_attempt
        state.next_attempt_requested = True
        await self._sleep(pause)
        state.increment_current_attempt()
