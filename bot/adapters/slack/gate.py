"""The door for HTTP: nothing unsigned, stale, huge or malformed gets past it.

Knows Slack's signature scheme and body kinds. https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.adapters.http import HttpReply, HttpRequest

LONGEST_BODY = 1024 * 1024
OLDEST_SECONDS = 300
_FIELDS = 200
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


def refuse(status: int, word: str) -> HttpReply:
    """A refusal that tells a prober nothing."""
    body = json.dumps({"error": word}).encode()
    return HttpReply(status=status, body=body, headers={"content-type": _JSON})


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """True for a body signed with the secret at most five minutes ago, or ahead."""
    stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or abs(now - int(stamp)) > OLDEST_SECONDS:
        return False
    base = b"v0:" + stamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))


def is_readable(kind: str, body: bytes) -> bool:
    """True for a body Bolt can take apart: an object, or a form with a command or a payload object."""
    try:
        text = body.decode()
        if kind == _JSON:
            return _is_event(json.loads(text))
        fields = parse_qs(text, max_num_fields=_FIELDS, strict_parsing=True, keep_blank_values=True)
        if "payload" in fields:
            return isinstance(json.loads(fields["payload"][0]), dict)
        return "command" in fields
    except (ValueError, RecursionError):
        return False


def _is_event(found: Any) -> bool:
    return isinstance(found, dict) and isinstance(found.get("type"), str) and isinstance(found.get("event", {}), dict)


def _is_command(kind: str, body: bytes) -> bool:
    return kind == _FORM and b"payload" not in parse_qs(body)


def is_certificate_check(kind: str, body: bytes) -> bool:
    """True for the unsigned form by which Slack looks at the certificate of a command's address; it asks nothing."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=2)
    except ValueError:
        return False
    return kind == _FORM and fields.keys() <= {"ssl_check", "token"} and fields.get("ssl_check") == ["1"]


class Gate:
    """The handler of `/slack/events`. `clock` gives Unix seconds; `is_open` turns False while the bot stops."""

    def __init__(
        self, *, secret: str, dispatch: Dispatch, clock: Callable[[], float], is_open: Callable[[], bool]
    ) -> None:
        self._secret = secret
        self._dispatch = dispatch
        self._clock = clock
        self._is_open = is_open

    async def handle(self, request: HttpRequest) -> HttpReply:
        """413, 400 or 401, else what Bolt says. While stopping 503 for all but commands, which get a line.

        An event is then delivered again, and Slack tells whoever pressed a button that it did not work.
        """
        if len(request.body) > LONGEST_BODY:
            return refuse(413, "too_large")
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in (_JSON, _FORM):
            return refuse(400, "content_type")
        if is_certificate_check(kind, request.body):
            return HttpReply(status=200)
        if not is_signed(self._secret, request.headers, request.body, now=self._clock()):
            return refuse(401, "signature")
        if not is_readable(kind, request.body):
            return refuse(400, "body")
        if not self._is_open() and not _is_command(kind, request.body):
            return refuse(503, "stopping")
        try:
            answer = await self._dispatch(AsyncBoltRequest(body=request.body.decode(), headers={"content-type": kind}))
        except (TypeError, AttributeError, KeyError, IndexError, ValueError):
            return refuse(400, "shape")  # signed, but of no shape that Bolt can take apart
        return reply_of(answer) if answer.status < 500 else refuse(400, "shape")


def reply_of(answer: BoltResponse) -> HttpReply:
    """Bolt's response as a reply; a header that comes several times keeps its first value."""
    headers = {name: values if isinstance(values, str) else values[0] for name, values in answer.headers.items()}
    return HttpReply(status=answer.status, body=(answer.body or "").encode(), headers=headers)
