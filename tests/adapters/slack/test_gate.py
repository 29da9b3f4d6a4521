"""The door for HTTP: what gets 200, and what gets 400, 401, 413 or 503 without anything behind it being touched."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.adapters.http import HttpReply, HttpRequest
from bot.adapters.slack.gate import Gate, is_readable, is_signed
from tests.fakes.slack.payloads import direct, signed
from tests.fakes.slack.server import SECRET

NOW = 1_700_000_000.0
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
EVENT = json.dumps(direct("hello")).encode()


class Door:
    """A gate with a Bolt behind it that counts what comes through."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.through: list[AsyncBoltRequest] = []
        self.gate = Gate(secret=SECRET, dispatch=self._dispatch, clock=lambda: NOW, is_open=lambda: is_open)

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        self.through.append(request)
        return BoltResponse(status=200, body="", headers={"x-a": ["1", "2"]})

    async def knock(self, body: bytes, headers: dict[str, str]) -> HttpReply:
        request = HttpRequest(method="POST", path="/slack/events", headers=headers, query={}, body=body)
        return await self.gate.handle(request)


async def test_a_signed_event_gets_through() -> None:
    """A good signature over a readable body reaches Bolt."""
    door = Door()
    assert (await door.knock(EVENT, signed(EVENT, now=NOW))).status == 200
    assert len(door.through) == 1


BAD_SIGNATURES: dict[str, dict[str, str]] = {
    "none": {"content-type": JSON},
    "another secret": signed(EVENT, now=NOW, secret="wrong"),
    "another body": signed(EVENT + b" ", now=NOW),
    "six minutes old": signed(EVENT, now=NOW - 360),
    "six minutes ahead": signed(EVENT, now=NOW + 360),
    "no time": signed(EVENT, now=NOW) | {"x-slack-request-timestamp": ""},
    "a time that is no number": signed(EVENT, now=NOW) | {"x-slack-request-timestamp": "now"},
    "a time in other digits": signed(EVENT, now=NOW) | {"x-slack-request-timestamp": "١٧٠٠٠٠٠٠٠٠"},
    "a huge time": signed(EVENT, now=NOW) | {"x-slack-request-timestamp": "9" * 5000},
    "signs that are no signature": signed(EVENT, now=NOW) | {"x-slack-signature": "v0=é\udcff"},
    "another version": signed(EVENT, now=NOW) | {"x-slack-signature": "v1=00"},
}


@pytest.mark.parametrize("headers", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES.keys())
async def test_nothing_unsigned_gets_through(headers: dict[str, str]) -> None:
    """401, and Bolt never sees it."""
    door = Door()
    assert (await door.knock(EVENT, headers)).status == 401
    assert door.through == []


BAD_BODIES: dict[str, tuple[str, bytes]] = {
    "no json": (JSON, b"{"),
    "a list": (JSON, b"[]"),
    "no type": (JSON, b"{}"),
    "a type that is no text": (JSON, b'{"type": 5}'),
    "an event that is no object": (JSON, b'{"type": "event_callback", "event": 5}'),
    "no utf-8": (JSON, b"\xff\xfe"),
    "very deep": (JSON, b'{"type":' + b"[" * 200_000),
    "an empty form": (FORM, b""),
    "a form without what we know": (FORM, b"a=b"),
    "a payload that is no json": (FORM, b"payload=%7B"),
    "a payload that is a list": (FORM, b"payload=%5B%5D"),
    "a form with too many fields": (FORM, b"&".join(b"a=b" for _ in range(500))),
}


@pytest.mark.parametrize(("kind", "body"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_signed_body_of_another_shape_gets_400(kind: str, body: bytes) -> None:
    """What Bolt would answer with 500 is refused before it."""
    door = Door()
    assert (await door.knock(body, signed(body, now=NOW, kind=kind))).status == 400
    assert door.through == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"ssl_check=1&token=x", 200),
        (b"ssl_check=1", 200),
        (b"ssl_check=1&command=%2Fask", 401),
        (b"ssl_check=1&payload=%7B%7D", 401),
        (b"ssl_check=0", 401),
        (b"ssl_check=1&ssl_check=1&ssl_check=1", 401),
    ],
)
async def test_a_look_at_the_certificate_is_welcome(body: bytes, status: int) -> None:
    """Slack looks without a signature; nothing comes in with it."""
    door = Door()
    assert (await door.knock(body, {"content-type": FORM})).status == status
    assert door.through == []


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/xml"])
async def test_other_content_types_get_400(kind: str) -> None:
    """Slack sends two kinds, and nothing else is read."""
    door = Door()
    assert (await door.knock(EVENT, signed(EVENT, now=NOW, kind=kind))).status == 400
    assert door.through == []


async def test_a_huge_body_gets_413() -> None:
    """More than a mebibyte is not even hashed."""
    door = Door()
    body = b"x" * (1024 * 1024 + 1)
    assert (await door.knock(body, signed(body, now=NOW))).status == 413
    assert door.through == []


async def test_an_event_while_stopping_is_left_to_a_redelivery() -> None:
    """503 makes Slack deliver it again, to another process or later."""
    door = Door(is_open=False)
    assert (await door.knock(EVENT, signed(EVENT, now=NOW))).status == 503


@given(st.binary(max_size=300), st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=5))
def test_any_body_and_headers_are_safe(body: bytes, headers: dict[str, str]) -> None:
    """Neither check raises, and nothing passes by chance."""
    assert is_signed(SECRET, headers, body, now=NOW) is False
    for kind in (JSON, FORM):
        assert is_readable(kind, body) in (True, False)


async def test_an_unsigned_body_with_a_response_url_is_never_answered(house: Any) -> None:
    """The address in an unsigned body is the attacker's: nothing is sent to it."""
    body = b"command=%2Fask&user_id=U0ADA&response_url=" + house.slack.url.encode() + b"hooks%2Fevil&text=hi"
    headers = signed(body, now=house.clock().timestamp(), secret="guessed", kind=FORM)
    assert (await house.request(body, headers)).status == 401
    await house.settle()
    assert house.slack.posted() == []


async def test_slack_can_verify_the_address(house: Any) -> None:
    """The challenge of `url_verification` comes back."""
    reply = await house.send({"type": "url_verification", "challenge": "abc", "token": "x"})
    assert reply.status == 200
    assert b"abc" in reply.body
