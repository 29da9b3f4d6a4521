"""A platform for the fault test: a small HTTP server on loopback that keeps every post it accepts.

Three kinds of channel: `nonce` (drops a repeat within five minutes, and can be searched), `search` (can be
searched), `blind` (nobody can tell). Some posts fail: refused, or accepted with the answer lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from aiohttp import web

NONCE_HOLDS = timedelta(minutes=5)
KINDS = ("nonce", "search", "blind")


@dataclass
class Sink:
    """What the platform accepted: channel and mark of every visible post, in order."""

    clock: Callable[[], datetime]
    random: Random
    failing: float = 0.0
    posts: list[tuple[str, str, str]] = field(default_factory=list)
    at: dict[str, datetime] = field(default_factory=dict)
    refused: int = 0
    lost_answers: int = 0
    repeats_dropped: int = 0

    async def post(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        channel, mark, insight = body["channel"], body["mark"], body["insight"]
        dice = self.random.random()
        if dice < self.failing / 2:
            self.refused += 1
            return web.json_response({"error": "busy"}, status=self.random.choice([429, 503]))
        self._keep(channel, mark, insight)
        if dice < self.failing:
            self.lost_answers += 1
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"ref": f"{channel}/{mark}"})

    def _keep(self, channel: str, mark: str, insight: str) -> None:
        before = self.at.get(mark)
        if channel.startswith("nonce") and before is not None and self.clock() - before < NONCE_HOLDS:
            self.repeats_dropped += 1
            return
        self.at.setdefault(mark, self.clock())
        self.posts.append((channel, mark, insight))

    async def find(self, request: web.Request) -> web.StreamResponse:
        channel, mark = request.query["channel"], request.query["mark"]
        if channel.startswith("blind"):
            return web.json_response({"found": None})
        return web.json_response({"found": mark in self.at})
