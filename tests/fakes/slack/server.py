"""The fake Slack: one aiohttp server that a real, unmodified Bolt talks to.

Keeps what arrived in lists; a fault is put in front of a method and used up by the next call.
"""

import asyncio
import itertools
import json
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

BOT_TOKEN = "xoxb-1-fake-bot"
APP_TOKEN = "xapp-1-fake-app"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, BOT_USER, APP = "T1", "UBOT", "A1"
READS = {"conversations.history", "conversations.info", "users.info"}
POSTS = {"chat.postMessage", "chat.postEphemeral"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What the next call of a method meets. `drop` ends the connection, after the work was done if `done`."""

    status: int = 200
    error: str = ""
    retry_after: str = ""
    drop: bool = False
    done: bool = False


@dataclass(kw_only=True)
class Call:
    """One call: the method, or `response_url`; what was sent; when."""

    method: str
    body: dict[str, Any]
    token: str = ""
    at: float = 0.0


@dataclass
class FakeSlack:
    """Start it, point a bot at `api_url`, then send and look."""

    calls: list[Call] = field(default_factory=list)
    refused: list[Call] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=lambda: {BOT_TOKEN: TEAM})
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    oauth: dict[str, dict[str, Any]] = field(default_factory=dict)
    scopes: str = "app_mentions:read,assistant:write,chat:write,commands,im:history"
    app_tokens: set[str] = field(default_factory=lambda: {APP_TOKEN})
    opened: int = 0
    linked: int = 0
    answers_pings: bool = True
    ticket_works: bool = True

    def __post_init__(self) -> None:
        self._sockets: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._stamps = itertools.count(1)
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def api_url(self) -> str:
        return f"{self.url}api/"

    async def start(self) -> "FakeSlack":
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/api/{method}", self._api)
        app.router.add_get("/api/{method}", self._api)
        app.router.add_post("/hooks/{name}", self._hook)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return self

    async def stop(self) -> None:
        await self.kill_sockets()
        if self._runner is not None:
            await self._runner.cleanup()

    def fail(self, method: str, *faults: Fault) -> None:
        """Put faults in front of the next calls of a method."""
        self.faults[method].extend(faults)

    def posted(self, *methods: str) -> list[dict[str, Any]]:
        """The bodies that arrived, of these methods or of all that show something to somebody."""
        shown = set(methods) or {*POSTS, "response_url", "views.open", "views.update"}
        return [call.body for call in self.calls if call.method in shown]

    async def until(self, count: int, *methods: str, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The bodies, once there are so many."""
        async with asyncio.timeout(seconds):
            while len(found := self.posted(*methods)) < count:
                self._changed.clear()
                await self._changed.wait()
        return found

    # --- what a bot calls

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await _body(request) if request.method == "POST" else dict(request.query)
        if method in READS and request.content_type == "application/json":
            return web.json_response({"ok": False, "error": "invalid_arguments"})
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or str(body.pop("token", ""))
        call = Call(method=method, body=body, token=token, at=time.monotonic())
        return await self._answer(request, call, self._result(call))

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request) | {"_hook": request.match_info["name"]}
        call = Call(method="response_url", body=body, at=time.monotonic())
        return await self._answer(request, call, "ok")

    async def _answer(self, request: web.Request, call: Call, result: Any) -> web.StreamResponse:
        fault = self.faults[call.method].popleft() if self.faults[call.method] else None
        if fault is None or fault.done:
            self.calls.append(call)
        else:
            self.refused.append(call)
        self._changed.set()
        if fault is None:
            return (
                web.Response(text=result)
                if isinstance(result, str)
                else web.json_response(result, headers={"x-oauth-scopes": self.scopes})
            )
        if fault.drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        headers = {"retry-after": fault.retry_after} if fault.retry_after else {}
        if fault.error:
            return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=headers)
        return web.Response(status=fault.status, text="trouble", headers=headers)

    def _result(self, call: Call) -> dict[str, Any]:
        if call.method == "apps.connections.open":
            return self._open(call)
        if call.method == "oauth.v2.access":
            key = str(call.body.get("code") or call.body.get("refresh_token"))
            return {"ok": True, **self.oauth[key]} if key in self.oauth else {"ok": False, "error": "invalid_code"}
        if call.token not in self.tokens:
            return {"ok": False, "error": "invalid_auth"}
        if call.method == "auth.test":
            return {
                "ok": True,
                "team_id": self.tokens[call.token],
                "user_id": BOT_USER,
                "bot_id": "B1",
                "url": self.url,
            }
        if call.method == "users.info":
            user = self.users.get(str(call.body["user"]))
            return {"ok": True, "user": user} if user else {"ok": False, "error": "user_not_found"}
        if call.method == "conversations.info":
            channel = self.channels.get(str(call.body["channel"]))
            return {"ok": True, "channel": channel} if channel else {"ok": False, "error": "channel_not_found"}
        if call.method == "conversations.history":
            return {"ok": True, "messages": self.history, "has_more": False}
        stamp = f"1700000000.{next(self._stamps):06}"
        if call.method == "chat.postMessage":
            self.history.insert(0, call.body | {"ts": stamp})
        return {"ok": True, "ts": stamp, "message_ts": stamp, "channel": call.body.get("channel", "")}

    # --- Socket Mode

    def _open(self, call: Call) -> dict[str, Any]:
        if call.token not in self.app_tokens:
            return {"ok": False, "error": "invalid_auth"}
        self.opened += 1
        ticket = secrets.token_hex(8)
        if self.ticket_works:
            self._tickets.add(ticket)
        return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link?ticket={ticket}"}

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self._sockets.append(socket)
        self.linked += 1
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self._changed.set()
        async for message in socket:
            if message.type is WSMsgType.PING and self.answers_pings:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acked(json.loads(message.data))
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket

    def _acked(self, found: dict[str, Any]) -> None:
        waiting = self._acks.get(str(found.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(found)

    async def connected(self, seconds: float = 10.0) -> None:
        """Wait until a bot holds a connection."""
        async with asyncio.timeout(seconds):
            while not self._sockets:
                self._changed.clear()
                await self._changed.wait()

    async def send(self, kind: str, payload: dict[str, Any], *, seconds: float = 5.0, retry: int = 0) -> dict[str, Any]:
        """An envelope to the newest connection; the bot's acknowledgement. Raises TimeoutError."""
        envelope = secrets.token_hex(8)
        self._acks[envelope] = asyncio.get_running_loop().create_future()
        body: dict[str, Any] = {"envelope_id": envelope, "type": kind, "payload": payload}
        body |= {"accepts_response_payload": kind == "slash_commands"}
        if retry:
            body |= {"retry_attempt": retry, "retry_reason": "timeout"}
        try:
            await self._sockets[-1].send_json(body)
            async with asyncio.timeout(seconds):
                return await self._acks[envelope]
        finally:
            self._acks.pop(envelope, None)

    async def refresh(self) -> None:
        """Ask the bot to come back on a new connection, as Slack does every hour or so."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def kill_sockets(self) -> None:
        """Cut every connection without a word."""
        for socket in list(self._sockets):
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()
        self._sockets.clear()


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found = await request.json()
        return found if isinstance(found, dict) else {}
    return {name: str(text) for name, text in (await request.post()).items()}
