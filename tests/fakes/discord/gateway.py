"""The gateway: hello, identify, resume, heartbeats, dispatches, and every way to be closed.

Knows the protocol as discord.py 2.7 speaks it, uncompressed.
"""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord import payloads

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)


class Gateway:
    """One bot's gateway. `refuse_with` closes every identify with that code; `is_silent` stops acknowledging."""

    def __init__(self, token: str, stirred: asyncio.Event) -> None:
        self._token = token
        self._stirred = stirred
        self.url = ""
        self.sockets: dict[int, web.WebSocketResponse] = {}
        self.identified: list[dict[str, Any]] = []
        self.resumed: list[dict[str, Any]] = []
        self.is_silent = False
        self.heartbeat_seconds = 41.25
        self.refuse_with: int | None = None
        self.refuse_connects = 0
        self.guilds = [payloads.guild()]
        self._sequence = 0
        self._sent: list[dict[str, Any]] = []
        self.ready = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """True while some shard is identified."""
        return bool(self.sockets)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One websocket."""
        if self.refuse_connects:
            self.refuse_connects -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_seconds * 1000}})
        shard = -1
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            shard = await self._received(socket, json.loads(frame.data), shard)
            self._stirred.set()
        if self.sockets.get(shard) is socket:
            del self.sockets[shard]
            self.ready.clear()
        self._stirred.set()
        return socket

    async def _received(self, socket: web.WebSocketResponse, frame: dict[str, Any], shard: int) -> int:
        if frame["op"] == HEARTBEAT and not self.is_silent:
            await socket.send_json({"op": ACK})
        if frame["op"] == IDENTIFY:
            return await self._identify(socket, frame["d"])
        if frame["op"] == RESUME:
            return await self._resume(socket, frame["d"])
        return shard

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> int:
        shard = (data.get("shard") or [0, 1])[0]
        self.identified.append(data)
        code = self._refusal(data)
        if code is not None:
            await socket.close(code=code)
            return shard
        self.sockets[shard] = socket
        guilds = self.guilds if shard == 0 else []
        ready = {
            "v": 10,
            "user": payloads.BOT,
            "guilds": [{"id": one["id"], "unavailable": True} for one in guilds],
            "session_id": f"session-{len(self.identified)}",
            "resume_gateway_url": self.url,
            "application": {"id": str(payloads.APPLICATION_ID), "flags": 0},
            "shard": [shard, (data.get("shard") or [0, 1])[1]],
        }
        await self._send(socket, "READY", ready)
        for one in guilds:
            await self._send(socket, "GUILD_CREATE", one)
        self.ready.set()
        return shard

    def _refusal(self, data: dict[str, Any]) -> int | None:
        if data["token"] != self._token:
            return 4004
        if data["intents"] & PRIVILEGED:
            return 4014
        return self.refuse_with

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> int:
        self.resumed.append(data)
        self.sockets[0] = socket
        for frame in self._sent:
            if frame["s"] > data["seq"]:
                await socket.send_json(frame)
        await self._send(socket, "RESUMED", {})
        self.ready.set()
        return 0

    async def dispatch(self, name: str, data: dict[str, Any], *, shard: int = 0) -> None:
        """Send an event to a shard; while that is not connected it waits for a resume."""
        socket = self.sockets.get(shard)
        if socket is None or socket.closed:
            self._sequence += 1
            self._sent.append({"op": DISPATCH, "t": name, "s": self._sequence, "d": data})
            return
        await self._send(socket, name, data)

    async def close(self, code: int) -> None:
        """Close every connection with a code."""
        self.ready.clear()
        for socket in list(self.sockets.values()):
            await socket.close(code=code)

    async def reconnect(self) -> None:
        """Op 7: asked to reconnect."""
        self.ready.clear()
        for socket in list(self.sockets.values()):
            await socket.send_json({"op": RECONNECT, "d": None})

    async def invalidate(self, *, can_resume: bool) -> None:
        """Op 9: the session is void."""
        self.ready.clear()
        for socket in list(self.sockets.values()):
            await socket.send_json({"op": INVALID, "d": can_resume})

    async def _send(self, socket: web.WebSocketResponse, name: str, data: dict[str, Any]) -> None:
        self._sequence += 1
        frame = {"op": DISPATCH, "t": name, "s": self._sequence, "d": data}
        self._sent.append(frame)
        await socket.send_json(frame)
