"""The REST side, and the controls of a test: interactions, messages, faults, and what was shown to whom.

Knows only the routes the bot uses; anything else is a 404 the test will see in `calls`.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord import payloads
from tests.fakes.discord.faults import Faults
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.wire import as_json, as_synced, body_of, ends, kept

TOKEN = "fake-bot-token"
ACK_SECONDS = 3.0


@dataclass
class Asked:
    """One interaction as the person sees it: when it was acknowledged, what stands there, what was added."""

    payload: dict[str, Any]
    began: float = field(default_factory=monotonic)
    ack_seconds: float | None = None
    callback: dict[str, Any] | None = None
    shown: dict[str, Any] | None = None
    shown_seconds: float | None = None
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_shown(self, seconds: float = 10.0) -> dict[str, Any]:
        """What stands where "thinking…" stood, or the first added message."""
        async with asyncio.timeout(seconds):
            while not (self.shown or self.added):
                self.changed.clear()
                await self.changed.wait()
        return self.shown or self.added[0]

    async def until_acknowledged(self, seconds: float = 10.0) -> dict[str, Any]:
        """The first response."""
        async with asyncio.timeout(seconds):
            while self.callback is None:
                self.changed.clear()
                await self.changed.wait()
        return self.callback

    @property
    def visible(self) -> int:
        """How many messages the person sees."""
        return len(self.added) + (self.shown is not None)


@dataclass
class Call:
    """One request, as it was answered; status 0: the connection was cut."""

    method: str
    path: str
    body: dict[str, Any]
    status: int = 0


class FakeDiscord:
    """`async with FakeDiscord() as fake:` serves on loopback until the end of the block."""

    def __init__(self, *, guild_count: int = 1) -> None:
        self.stirred = asyncio.Event()
        self.gateway = Gateway(TOKEN, self.stirred)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.asked: dict[str, Asked] = {}
        self.posts: list[dict[str, Any]] = []
        self.synced: list[list[dict[str, Any]]] = []
        self.guild_count = guild_count
        self.shards = 2
        self.may_read_history = True
        self.posted = asyncio.Event()
        self._nonces: dict[tuple[str, str], dict[str, Any]] = {}
        self._runner: web.AppRunner | None = None
        self.base = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{port}/api/v10"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self.gateway.close(1001)
        await self._runner.cleanup()

    async def interact(self, kind: int, data: dict[str, Any], **more: Any) -> Asked:
        """A person uses the bot; sent over the gateway."""
        asked = self.expect(payloads.interaction(kind, data, **more))
        await self.gateway.dispatch("INTERACTION_CREATE", asked.payload)
        return asked

    def expect(self, payload: dict[str, Any]) -> Asked:
        """Make an interaction known without sending it: for HTTP."""
        asked = Asked(payload=payload)
        self.asked[payload["token"]] = asked
        return asked

    async def write(self, content: str, **more: Any) -> dict[str, Any]:
        """A person writes a message."""
        made = payloads.message(payloads.user(), content, **more)
        await self.gateway.dispatch("MESSAGE_CREATE", made)
        return made

    async def until_posted(self, count: int = 1, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The posts in channels, once there are so many."""
        async with asyncio.timeout(seconds):
            while len(self.posts) < count:
                self.posted.clear()
                await self.posted.wait()
        return self.posts

    def called(self, method: str, part: str) -> list[Call]:
        """The requests of a method whose path holds a part."""
        return [one for one in self.calls if one.method == method and part in one.path]

    async def until(self, is_so: Callable[[], bool], seconds: float = 15.0) -> None:
        """Look again after every request and every frame, until it is so."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self.stirred.clear()
                await self.stirred.wait()

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        finally:
            self.stirred.set()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        body = await body_of(request)
        call = Call(method=request.method, path=path, body=body)
        self.calls.append(call)
        fault = self.faults.take(request.method, path)
        if fault is not None and fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        status, answer = (
            (0, {}) if fault and not fault.is_done_first and ends(fault) else self._serve(request, path, body)
        )
        if fault is not None and fault.is_dropped:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault is not None and fault.status:
            call.status = fault.status
            return as_json(fault.body, fault.status, fault.headers)
        call.status = status
        return as_json(answer, status)

    def _serve(self, request: web.Request, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        match request.method, path.strip("/").split("/"):
            case "POST", ["interactions", _, token, "callback"]:
                return self._callback(token, body)
            case "PATCH", ["webhooks", _, token, "messages", "@original"]:
                return self._edit(token, body)
            case "POST", ["webhooks", _, token]:
                return self._follow_up(token, body)
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return 401, {"message": "401: Unauthorized", "code": 0}
        match request.method, path.strip("/").split("/"):
            case "GET", ["users", "@me"]:
                return 200, payloads.BOT
            case "GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return 200, self._application()
            case "GET", ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
                return 200, {"url": self.gateway.url, "shards": self.shards, "session_start_limit": limit}
            case "PUT", ["applications", _, "commands"]:
                self.synced.append(body["list"])
                return 200, [as_synced(number, one) for number, one in enumerate(body["list"])]
            case "POST", ["users", "@me", "channels"]:
                return 200, payloads.channel(int(body["recipient_id"]) + 1, None)
            case "GET", ["channels", channel_id]:
                return 200, payloads.channel(int(channel_id))
            case "POST", ["channels", channel_id, "messages"]:
                return self._post(channel_id, body)
            case "GET", ["channels", channel_id, "messages"]:
                return 200, self._history(channel_id, request.query)
        return 404, {"message": "404: Not Found", "code": 0}

    def _history(self, channel_id: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Newest first; of those after an id the oldest. Empty, as on Discord, where reading is not allowed."""
        if not self.may_read_history:
            return []
        after, limit = int(query.get("after", "0")), int(query.get("limit", "50"))
        found = [one for one in self.posts if one["channel_id"] == channel_id and int(one["id"]) > after]
        found = found[:limit] if after else found[-limit:]
        return found[::-1]

    def _application(self) -> dict[str, Any]:
        return {
            "id": str(payloads.APPLICATION_ID),
            "name": "Chapter & Verse",
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "rpc_origins": [],
            "owner": payloads.user(1, "owner"),
            "team": None,
            "approximate_guild_count": self.guild_count,
            "approximate_user_install_count": 0,
        }

    def _callback(self, token: str, body: dict[str, Any]) -> tuple[int, Any]:
        asked = self.asked.get(token)
        if asked is None or (asked.callback is None and monotonic() - asked.began > ACK_SECONDS):
            return 404, {"message": "Unknown interaction", "code": 10062}
        if asked.callback is not None:
            return 400, {"message": "Interaction has already been acknowledged.", "code": 40060}
        self.acknowledge(asked, body)
        return 200, {"interaction": {"id": asked.payload["id"], "type": asked.payload["type"]}}

    def acknowledge(self, asked: Asked, body: dict[str, Any]) -> None:
        """Take a first response, from the callback route or from the reply to an HTTP interaction."""
        asked.ack_seconds = monotonic() - asked.began
        asked.callback = body
        if body["type"] == 4:
            asked.shown = body["data"]
        asked.changed.set()

    def _edit(self, token: str, body: dict[str, Any]) -> tuple[int, Any]:
        asked = self.asked.get(token)
        if asked is None or asked.callback is None:
            return 404, {"message": "Unknown Webhook", "code": 10015}
        if asked.callback["type"] in (6, 7):
            asked.payload["message"] |= {key: body[key] for key in body if key in ("embeds", "components")}
            return 200, asked.payload["message"]
        asked.shown = body
        asked.shown_seconds = monotonic() - asked.began
        asked.changed.set()
        return 200, payloads.message(payloads.BOT, flags=64) | kept(body)

    def _follow_up(self, token: str, body: dict[str, Any]) -> tuple[int, Any]:
        asked = self.asked.get(token)
        if asked is None or asked.callback is None:
            return 404, {"message": "Unknown Webhook", "code": 10015}
        if len(asked.added) >= 5:
            return 400, {"message": "Maximum number of follow up messages reached", "code": 40094}
        asked.added.append(body)
        asked.changed.set()
        return 200, payloads.message(payloads.BOT, flags=int(body.get("flags", 0))) | kept(body)

    def _post(self, channel_id: str, body: dict[str, Any]) -> tuple[int, Any]:
        nonce = body.get("nonce")
        if nonce and body.get("enforce_nonce") and (channel_id, nonce) in self._nonces:
            return 200, self._nonces[channel_id, nonce]
        made = payloads.message(payloads.BOT, body.get("content") or "", channel_id=int(channel_id)) | kept(body)
        made |= {key: body[key] for key in ("nonce", "message_reference", "allowed_mentions") if body.get(key)}
        if nonce:
            self._nonces[channel_id, nonce] = made
        self.posts.append(made)
        self.posted.set()
        return 200, made
