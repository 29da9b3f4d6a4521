"""Nothing unsigned gets past Discord's door; anything signed gets a proper reply, whatever it holds.

Behind the door stand the real discord.py, the whole command tree and a real store; Discord itself is out of reach.
"""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import discord
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.adapters.discord.adapter import DiscordAdapter
from bot.adapters.discord.config import Config
from bot.adapters.discord.connection import client_options
from bot.adapters.discord.interactions import Interactions
from bot.adapters.discord.signature import Signature
from bot.adapters.discord.verbs import Privacy
from bot.adapters.http import HttpRequest
from bot.settings import Secret
from tests.adapters.discord.house import open_desk
from tests.fakes.discord import payloads
from tests.fuzz.target import Check, Target, bent

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW = 1_700_000_000
COMMAND: dict[str, Any] = payloads.interaction(2, payloads.command("ask", question="what fuel"))
COMPLETION: dict[str, Any] = payloads.interaction(4, payloads.command("when", topic="vin"))
PRESS: dict[str, Any] = payloads.interaction(3, {"component_type": 2, "custom_id": "cv1:up:lantern-fuel"})
PROPER = {200, 400}


def _body(data: bytes) -> bytes:
    """The first byte chooses: raw, or a good command, completion or press bent by the rest."""
    how, rest = (data[0] if data else 0) % 4, data[1:]
    return rest if how == 0 else json.dumps(bent((COMMAND, COMPLETION, PRESS)[how - 1], rest)).encode()


def _request(body: bytes, key: Ed25519PrivateKey) -> HttpRequest:
    headers = {"x-signature-ed25519": key.sign(b"%d%b" % (NOW, body)).hex(), "x-signature-timestamp": str(NOW)}
    return HttpRequest(method="POST", path="/discord/interactions", headers=headers, query={}, body=body)


@contextmanager
def _opened() -> Iterator[Check]:
    loop = asyncio.new_event_loop()
    with tempfile.TemporaryDirectory() as folder, closing(loop):
        stack = AsyncExitStack()
        door = loop.run_until_complete(_door(Path(folder), stack))

        def check(data: bytes) -> None:
            body = _body(data)
            assert loop.run_until_complete(_knock(door, _request(body, OTHER))) == 401
            assert loop.run_until_complete(_knock(door, _request(body, KEY))) in PROPER

        try:
            yield check
        finally:
            loop.run_until_complete(stack.aclose())


async def _door(folder: Path, stack: AsyncExitStack) -> Interactions:
    desk = await stack.enter_async_context(open_desk(folder))
    public = KEY.public_key().public_bytes_raw().hex()
    config = Config(token=Secret("token"), public_key=public, wants_gateway=False)
    adapter = DiscordAdapter(config=config, desk=desk, privacy=Privacy(days=30, is_keeping=False))
    client = discord.Client(**client_options())
    await adapter.prepare(client)
    await client._async_setup_hook()
    signature = Signature(public, clock=lambda: float(NOW))
    return Interactions(signature, lambda: client, late_line=lambda locale: "late", respond_seconds=0.02)


async def _knock(door: Interactions, request: HttpRequest) -> int:
    """The reply's status; what went on behind it is cut off, as there is no Discord to tell."""
    reply = await door.handle(request)
    json.loads(reply.body)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for one in left:
        one.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return reply.status


TARGET = Target(
    promise="unsigned: 401; signed: a proper reply, never an exception",
    opened=_opened,
    seeds=(
        b"",
        b'\x00{"type": 1}',
        b"\x00[]",
        b"\x00" + json.dumps(COMMAND).encode(),
        b"\x01\x00\x00\x05\x02",
        b"\x02\x01\x00\x09\x01x",
        b"\x03\x02\x00\x04\x03",
    ),
    tokens=(
        '"type"',
        '"data"',
        '"options"',
        '"custom_id"',
        '"component_type"',
        '"resolved"',
        '"guild_id"',
        '"member"',
        '"locale"',
        "cv1:open:",
        "99999999999999999999",
        "\\ud800",
    ),
)
