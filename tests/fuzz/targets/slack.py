"""Nothing unsigned gets past Slack's gate; anything signed gets a proper reply, whatever it holds.

Behind the gate stands the real Bolt with our listeners.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.http import HttpRequest
from bot.adapters.slack.bolt import build_app
from bot.adapters.slack.gate import Gate, is_certificate_check
from bot.adapters.slack.incoming import Incoming
from tests.fuzz.target import Check, Target, bent, text_of

SECRET = "a secret of the fuzzer"
NOW = 1_700_000_000
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
AUTHORIZATION = {"team_id": "T1", "user_id": "UBOT", "is_bot": True}
EVENT = {
    "type": "event_callback",
    "event_id": "Ev1",
    "team_id": "T1",
    "authorizations": [AUTHORIZATION],
    "event": {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "text": "what <@UBOT> fuel &amp; <http://a.example|why>",
        "ts": "1700000000.000100",
        "thread_ts": "1699999999.000100",
    },
}
PRESS = {
    "type": "block_actions",
    "trigger_id": "1.2",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "C1"},
    "container": {"type": "message", "message_ts": "1.1", "thread_ts": "1.0", "channel_id": "C1"},
    "message": {"ts": "1.1", "thread_ts": "1.0"},
    "actions": [{"type": "button", "action_id": "cv1:up", "value": "lantern-fuel", "block_id": "b"}],
    "response_url": "https://hooks.slack.com/actions/1",
}
COMMAND = {
    "command": "/ask",
    "text": "what fuel",
    "team_id": "T1",
    "channel_id": "C1",
    "user_id": "U1",
    "trigger_id": "1.2",
    "response_url": "https://hooks.slack.com/commands/1",
}
PROPER = {200, 400, 404}


def _body(data: bytes) -> tuple[str, bytes]:
    """The first byte chooses: raw JSON, a raw form, or a good event, press or command bent by the rest."""
    how, rest = (data[0] if data else 0) % 5, data[1:]
    if how < 2:
        return (JSON, FORM)[how], rest
    if how == 2:
        return JSON, json.dumps(bent(EVENT, rest)).encode()
    if how == 3:
        return FORM, urlencode({"payload": json.dumps(bent(PRESS, rest))}).encode()
    fields = bent(COMMAND, rest)
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return FORM, urlencode(flat, errors="surrogatepass").encode()


def _signed(kind: str, body: bytes) -> dict[str, str]:
    mark = hmac.new(SECRET.encode(), b"v0:%d:%b" % (NOW, body), hashlib.sha256).hexdigest()
    return {"content-type": kind, "x-slack-request-timestamp": str(NOW), "x-slack-signature": f"v0={mark}"}


@contextmanager
def _opened() -> Iterator[Check]:
    loop = asyncio.new_event_loop()
    accepted: list[Incoming] = []

    async def build() -> Gate:
        def accept(incoming: Incoming) -> bool:
            accepted.append(incoming)
            return len(accepted) % 2 == 0

        app = build_app(accept, client=AsyncWebClient(token=""), locale="en")
        return Gate(secret=SECRET, dispatch=app.async_dispatch, clock=lambda: NOW, is_open=lambda: True)

    gate = loop.run_until_complete(build())

    async def knock(kind: str, body: bytes, headers: dict[str, str]) -> int:
        request = HttpRequest(method="POST", path="/slack/events", headers=headers, query={}, body=body)
        status = (await gate.handle(request)).status
        for left in asyncio.all_tasks() - {asyncio.current_task()}:
            await left
        return status

    def check(data: bytes) -> None:
        kind, body = _body(data)
        headers = _signed(kind, body)
        accepted.clear()
        forged = headers | {"x-slack-signature": text_of(data)}
        expected = 200 if is_certificate_check(kind, body) else 401
        assert loop.run_until_complete(knock(kind, body, forged)) == expected
        assert accepted == []
        assert loop.run_until_complete(knock(kind, body, headers)) in PROPER

    try:
        yield check
    finally:
        loop.close()


TARGET = Target(
    promise="unsigned: 401, or nothing asked; signed: a proper reply, never an exception",
    opened=_opened,
    seeds=(
        b"",
        b"\x00" + json.dumps(EVENT).encode(),
        b'\x00{"type":"url_verification","challenge":"x"}',
        b"\x00[]",
        b"\x01" + urlencode({"payload": json.dumps(PRESS)}).encode(),
        b"\x01" + urlencode(COMMAND).encode(),
        b"\x02\x00\x00\x05\x00",
        b"\x03\x03\x00\x07\x02\x01",
        b"\x04\x01\x00\x02\x01text",
    ),
    tokens=(
        '"type"',
        '"event"',
        '"event_callback"',
        '"url_verification"',
        '"authorizations"',
        '"app_mention"',
        "payload=",
        "command=",
        "ssl_check=1",
        '"view_submission"',
        '"block_actions"',
        '"actions"',
        "%7B",
        "\\ud800",
    ),
)
