"""Interactions over signed HTTP: the same commands and buttons, the first response in the reply itself.

Knows the one place where discord.py lets its first response be taken: the webhook adapter of a context.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import discord
import structlog
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.adapters.discord.signature import Signature
from bot.adapters.http import Endpoint, HttpReply, HttpRequest

PATH = "/discord/interactions"
MAX_BODY = 256 * 1024
RESPOND_SECONDS = 2.5
PING, AUTOCOMPLETE = 1, 4
KNOWN = (1, 2, 3, 4, 5)
log = structlog.get_logger()


class Interactions:
    """The endpoint. `client` gives the logged-in client, or None while there is none."""

    def __init__(
        self,
        signature: Signature,
        client: Callable[[], discord.Client | None],
        *,
        late_line: Callable[[str], str],
        respond_seconds: float = RESPOND_SECONDS,
    ) -> None:
        self._signature = signature
        self._client = client
        self._late_line = late_line
        self._respond_seconds = respond_seconds
        self.endpoint = Endpoint(method="POST", path=PATH, handle=self.handle, max_body=MAX_BODY)

    async def handle(self, request: HttpRequest) -> HttpReply:
        """401 for what Discord did not sign, 400 for what is no interaction, 413 for too much; else the response."""
        if len(request.body) > MAX_BODY:
            return _problem(413, "body too large")
        if not self._signature.is_good(request.headers, request.body):
            return _problem(401, "invalid request signature")
        payload = _read(request.body)
        if payload is None:
            return _problem(400, "not an interaction")
        if payload["type"] == PING:
            return _json({"type": PING})
        client = self._client()
        if client is None:
            return _problem(503, "starting")
        return await self._respond(client, payload)

    async def _respond(self, client: discord.Client, payload: dict[str, Any]) -> HttpReply:
        taken = _Taken()
        token = async_context.set(taken)
        try:
            # The tasks this begins copy the context, so their first response comes to `taken`.
            client._connection.parse_interaction_create(cast(Any, payload))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            log.warning("interaction_not_read", error=type(error).__name__)
            return _problem(400, "not an interaction")
        finally:
            async_context.reset(token)
        try:
            async with asyncio.timeout(self._respond_seconds):
                return _json(await asyncio.shield(taken.first))
        except TimeoutError:
            taken.first.cancel()
            return _json(self._too_late(payload))

    def _too_late(self, payload: dict[str, Any]) -> dict[str, Any]:
        if payload["type"] == AUTOCOMPLETE:
            return {"type": 8, "data": {"choices": []}}
        line = self._late_line(str(payload.get("locale", "")))
        return {"type": 4, "data": {"content": line, "flags": 64, "allowed_mentions": {"parse": []}}}


class _Taken(AsyncWebhookAdapter):
    """Gives the first response to the waiting HTTP request; everything after it goes the usual way."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.first: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def create_interaction_response(  # type: ignore[override]
        self, interaction_id: int, token: str, *, session: Any, proxy: Any = None, proxy_auth: Any = None, params: Any
    ) -> dict[str, Any]:
        """Take the response; an error for a second one, or one that comes too late."""
        if self.first.done():
            raise ConnectionAbortedError("the HTTP request is no longer waiting")
        self.first.set_result(params.payload)
        return {"interaction": {"id": str(interaction_id), "type": params.payload["type"]}}


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict) or payload.get("type") not in KNOWN:
        return None
    return payload


def _json(value: object) -> HttpReply:
    return HttpReply(status=200, body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def _problem(status: int, text: str) -> HttpReply:
    return HttpReply(
        status=status, body=json.dumps({"error": text}).encode(), headers={"Content-Type": "application/json"}
    )
