"""Interactions over signed HTTP: the same commands through the same renderer, and nothing Discord did not sign."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import discord.http
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.adapters.desk import Desk
from bot.adapters.discord.adapter import DiscordAdapter
from bot.adapters.discord.config import Config
from bot.adapters.discord.verbs import Privacy
from bot.adapters.http import HttpReply, HttpRequest
from bot.settings import Secret
from tests.adapters.discord.asking import FUEL, words
from tests.adapters.discord.signing import KEY, PUBLIC_KEY, signed_headers
from tests.fakes.discord import payloads
from tests.fakes.discord.server import TOKEN, Asked, FakeDiscord


def signed(body: bytes, *, age_seconds: float = 0.0, key: Ed25519PrivateKey = KEY) -> HttpRequest:
    """A request as Discord signs it."""
    headers = signed_headers(body, now=time.time() - age_seconds, key=key)
    return HttpRequest(method="POST", path="/discord/interactions", headers=headers, query={}, body=body)


@dataclass
class Door:
    """The endpoint, and the Discord behind it."""

    adapter: DiscordAdapter
    fake: FakeDiscord

    async def knock(self, request: HttpRequest) -> HttpReply:
        """Send a request."""
        (endpoint,) = self.adapter.endpoints
        return await endpoint.handle(request)

    async def ask(self, payload: dict[str, Any]) -> tuple[Asked, dict[str, Any]]:
        """Send an interaction; Discord takes the reply as the first response a moment after it was sent."""
        asked = self.fake.expect(payload)
        reply = await self.knock(signed(json.dumps(payload).encode()))
        assert reply.status == 200
        first = json.loads(reply.body)
        self.fake.acknowledge(asked, first)
        return asked, first


@pytest.fixture
async def door(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """An adapter without gateway."""
    async with FakeDiscord() as fake:
        monkeypatch.setattr(discord.http.Route, "BASE", fake.base)
        adapter = DiscordAdapter(
            config=Config(token=Secret(TOKEN), public_key=PUBLIC_KEY, wants_gateway=False),
            desk=desk,
            privacy=Privacy(days=30, is_keeping=False),
        )
        await adapter.start()
        yield Door(adapter=adapter, fake=fake)
        await adapter.stop()


async def test_a_ping_is_answered(door: Door) -> None:
    """Discord's own check of the address."""
    reply = await door.knock(signed(b'{"type": 1}'))
    assert (reply.status, json.loads(reply.body)) == (200, {"type": 1})


@pytest.mark.parametrize(
    "request_",
    [
        signed(b'{"type": 1}', key=Ed25519PrivateKey.from_private_bytes(bytes(32))),
        signed(b'{"type": 1}', age_seconds=3600),
        signed(b'{"type": 1}', age_seconds=-3600),
        HttpRequest(method="POST", path="/", headers={}, query={}, body=b'{"type": 1}'),
        HttpRequest(
            method="POST",
            path="/",
            headers={"x-signature-ed25519": "zz", "x-signature-timestamp": "now"},
            query={},
            body=b'{"type": 1}',
        ),
    ],
    ids=["another key", "stale", "from the future", "unsigned", "nonsense"],
)
async def test_what_discord_did_not_sign_now_is_refused(door: Door, request_: HttpRequest) -> None:
    """401, as Discord itself tests before it accepts an address."""
    assert (await door.knock(request_)).status == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b'{"type": 99}', b'{"type": 2}', b'{"type": 2, "id": "x"}', b"[" * 5000]
)
async def test_a_signed_body_that_is_no_interaction_is_refused(door: Door, body: bytes) -> None:
    """400, and the process lives on."""
    assert (await door.knock(signed(body))).status == 400


async def test_a_body_too_large_is_refused(door: Door) -> None:
    """413, before a signature is checked; the one server refuses it even before it is read."""
    (endpoint,) = door.adapter.endpoints
    assert endpoint.max_body == 256 * 1024
    assert (await door.knock(signed(b" " * (endpoint.max_body + 1)))).status == 413


async def test_a_command_is_acknowledged_in_the_reply_and_answered_after_it(door: Door) -> None:
    """Deferred in the HTTP reply, answered by the same PATCH, even while Discord does not know our reply yet."""
    asked, first = await door.ask(payloads.interaction(2, FUEL))
    assert first == {"type": 5, "data": {"flags": 64}}
    shown = await asked.until_shown()
    assert "paraffin" in words(shown)
    assert not door.fake.called("POST", "/callback")


async def test_a_completion_is_in_the_reply(door: Door) -> None:
    """Choices come in the HTTP reply itself."""
    data = payloads.command("when", topic="vinegr")
    data["options"][0]["focused"] = True
    _, first = await door.ask(payloads.interaction(4, data))
    assert first["type"] == 8
    assert first["data"]["choices"][0]["name"] == "Cleaning the lens with vinegar"


async def test_a_button_works_over_http(door: Door) -> None:
    """The dynamic buttons answer here as well."""
    asked, _ = await door.ask(payloads.interaction(2, FUEL))
    shown = await asked.until_shown()
    message = payloads.message(payloads.BOT, flags=64) | {key: shown[key] for key in ("embeds", "components")}
    data = {"component_type": 2, "custom_id": "cv1:up:lamp-oil"}
    pressed, _ = await door.ask(payloads.interaction(3, data, message=message))
    assert "Thank you" in words(await pressed.until_shown())
    _, first = await door.ask(payloads.interaction(3, data | {"custom_id": "cv1:zz:top"}, message=message))
    assert "cannot read that button" in first["data"]["content"]


async def test_an_unknown_command_is_told_in_the_reply(door: Door) -> None:
    """A command of an older version gets its line at once."""
    _, first = await door.ask(payloads.interaction(2, payloads.command("former")))
    assert "has changed" in first["data"]["content"]
    assert first["data"]["flags"] == 64


async def test_before_the_login_and_while_it_ends_nobody_is_left_waiting(door: Door, desk: Desk) -> None:
    """503 before there is a client; a line to those who ask while it ends."""
    fresh = DiscordAdapter(
        config=Config(token=Secret(TOKEN), public_key=PUBLIC_KEY, wants_gateway=False),
        desk=desk,
        privacy=Privacy(days=30, is_keeping=False),
    )
    reply = await fresh.endpoints[0].handle(signed(json.dumps(payloads.interaction(2, FUEL)).encode()))
    assert reply.status == 503
    await door.adapter._tasks.drain(0.0)
    _, first = await door.ask(payloads.interaction(2, FUEL))
    assert "restarted" in first["data"]["content"]


async def test_without_a_public_key_there_is_no_endpoint(desk: Desk) -> None:
    """The address exists only where it can be checked."""
    adapter = DiscordAdapter(config=Config(token=Secret(TOKEN)), desk=desk, privacy=Privacy(days=30, is_keeping=False))
    assert adapter.endpoints == ()
