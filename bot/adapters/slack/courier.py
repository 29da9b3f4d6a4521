"""Carries messages to Slack, and says of each whether it surely arrived, surely not, or nobody knows.

Knows tokens, channels and addresses; no answers. An unclear send is never repeated.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from logging import Logger
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.blocks import Message
from bot.adapters.slack.retry import LONGEST_WAIT, NOT_CONNECTED, TRIES, Retry, wait_of
from bot.adapters.slack.sleeping import Pace, Sleep

API_URL = "https://slack.com/api/"
REPLY_ADDRESSES = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")
_READING = frozenset({"conversations.history", "conversations.info", "users.info"})  # these take no JSON
_UNCLEAR = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "unknown"})
BAD_TOKEN = frozenset({"token_revoked", "token_expired", "invalid_auth", "account_inactive", "not_authed"})


class Fate(Enum):
    """What became of a message."""

    POSTED = "posted"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A send and its end. `ts` is the message's id where Slack tells it; `reason` is Slack's short word."""

    fate: Fate
    ts: str = ""
    reason: str = ""
    wait_seconds: float = 0.0


class Courier:
    """One session for all calls. `reply_addresses` are the only places a response_url may lead to."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        logger: Logger,
        clock: Callable[[], float],
        sleep: Sleep,
        api_url: str = API_URL,
        reply_addresses: tuple[str, ...] = REPLY_ADDRESSES,
    ) -> None:
        self._session = session
        self._logger = logger
        self._sleep = sleep
        self._api_url = api_url
        self._reply_addresses = reply_addresses
        self._pace = Pace(clock, sleep)

    def client(self, token: str | None = None) -> AsyncWebClient:
        """Slack's own client on the shared session, with our rules for trying again."""
        return AsyncWebClient(
            token=token,
            base_url=self._api_url,
            session=self._session,
            logger=self._logger,
            retry_handlers=[Retry(self._sleep)],
        )

    async def call(self, token: str, method: str, **arguments: Any) -> dict[str, Any]:
        """A call that only reads or sets. Raises SlackApiError, or OSError where Slack cannot be reached."""
        try:
            if method in _READING:
                answer = await self.client(token).api_call(method, http_verb="GET", params=arguments)
            else:
                answer = await self.client(token).api_call(method, json=arguments)
        except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
            if isinstance(error, SlackApiError):
                raise
            raise OSError(f"Slack could not be reached ({type(error).__name__})") from None
        return answer.data if isinstance(answer.data, dict) else {}

    async def post(self, token: str, channel: str, message: Message, *, thread_ts: str = "") -> Sent:
        """A message everybody in the channel sees; to a user id, a direct message."""
        await self._pace.turn(channel)
        body = message.payload() | {"channel": channel}
        return await self._send(token, "chat.postMessage", body | ({"thread_ts": thread_ts} if thread_ts else {}))

    async def whisper(self, token: str, channel: str, user: str, message: Message, *, thread_ts: str = "") -> Sent:
        """A message only one person sees, in a channel that both they and the bot are in."""
        body = message.payload() | {"channel": channel, "user": user}
        return await self._send(token, "chat.postEphemeral", body | ({"thread_ts": thread_ts} if thread_ts else {}))

    async def open_window(self, token: str, trigger_id: str, view: dict[str, Any]) -> Sent:
        """A window over the Home tab."""
        return await self._send(token, "views.open", {"trigger_id": trigger_id, "view": view})

    async def update_window(self, token: str, view_id: str, view: dict[str, Any]) -> Sent:
        """Other content in an open window."""
        return await self._send(token, "views.update", {"view_id": view_id, "view": view})

    async def respond(self, url: str, message: Message, *, openly: bool = False, thread_ts: str = "") -> Sent:
        """An answer to the address that came with a verified command or press; it works for 30 minutes."""
        if not url.startswith(self._reply_addresses):
            return Sent(fate=Fate.REFUSED, reason="bad_response_url")
        body = message.payload() | {"response_type": "in_channel" if openly else "ephemeral"}
        body |= {"replace_original": False} | ({"thread_ts": thread_ts} if thread_ts else {})
        sent = await self._respond(url, body)
        for _ in range(TRIES):
            if sent.reason not in ("ratelimited", "not_connected") or sent.wait_seconds > LONGEST_WAIT:
                break
            await self._sleep(sent.wait_seconds)
            sent = await self._respond(url, body)
        return sent

    async def _respond(self, url: str, body: dict[str, Any]) -> Sent:
        try:
            async with self._session.post(url, json=body, allow_redirects=False) as answer:
                text = await answer.text(errors="replace")
                if answer.status == 429:
                    wait = wait_of(answer.headers)
                    return Sent(fate=Fate.REFUSED, reason="ratelimited", wait_seconds=wait)
                return _judge(answer.status, text)
        except NOT_CONNECTED:
            return Sent(fate=Fate.REFUSED, reason="not_connected", wait_seconds=0.5)
        except (aiohttp.ClientError, TimeoutError):
            return Sent(fate=Fate.UNCLEAR, reason="connection_lost")

    async def _send(self, token: str, method: str, body: dict[str, Any]) -> Sent:
        try:
            answer = await self.client(token).api_call(method, json=body)
        except SlackApiError as error:
            return _refusal(error)
        except NOT_CONNECTED:
            return Sent(fate=Fate.REFUSED, reason="not_connected", wait_seconds=1.0)
        except (aiohttp.ClientError, TimeoutError, SlackClientError):
            return Sent(fate=Fate.UNCLEAR, reason="connection_lost")
        return Sent(fate=Fate.POSTED, ts=str(answer.get("ts") or answer.get("message_ts") or ""))


def error_of(error: SlackApiError) -> tuple[int, str]:
    """Status and Slack's short word; 0 and `unknown` where there is neither."""
    response: Any = error.response
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    word = data.get("error", "") if isinstance(data, dict) else ""
    return int(status), str(word or ("ratelimited" if status == 429 else "unknown"))[:80]


def is_passing(error: SlackApiError) -> bool:
    """Whether Slack is only in trouble or asks to wait, and may answer the same call later."""
    status, word = error_of(error)
    return status == 429 or status >= 500 or word == "ratelimited" or word in _UNCLEAR


def _refusal(error: SlackApiError) -> Sent:
    status, word = error_of(error)
    if status == 429 or word == "ratelimited":
        wait = wait_of(getattr(error.response, "headers", None) or {})
        return Sent(fate=Fate.REFUSED, reason="ratelimited", wait_seconds=wait)
    unclear = status >= 500 or word in _UNCLEAR
    return Sent(fate=Fate.UNCLEAR if unclear else Fate.REFUSED, reason=word)


def _judge(status: int, text: str) -> Sent:
    """A response_url answers `ok`, or an object with `ok`, or with a status and a word."""
    if status >= 500:
        return Sent(fate=Fate.UNCLEAR, reason=f"status_{status}")
    if status != 200:
        return Sent(fate=Fate.REFUSED, reason=f"status_{status}")
    try:
        found = json.loads(text)
    except ValueError:
        return Sent(fate=Fate.POSTED)
    if isinstance(found, dict) and found.get("ok") is False:
        return Sent(fate=Fate.REFUSED, reason=str(found.get("error", "unknown"))[:80])
    return Sent(fate=Fate.POSTED)
