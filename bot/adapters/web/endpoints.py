"""Serve the HTTP endpoints of other adapters: our plain request in, our plain reply out.

Knows sizes and times, not what the endpoints are for.
"""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.adapters.http import Endpoint, HttpRequest
from bot.adapters.web.problems import Problem, reply

BODY_SECONDS = 10.0
_CHUNK = 64 * 1024


def handler_of(endpoint: Endpoint) -> Handler:
    """An aiohttp handler for an endpoint. 413 before a body that is too large is read, 408 for one that never ends."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await read_body(request, endpoint.max_body)
        got = await endpoint.handle(
            HttpRequest(
                method=request.method,
                path=request.path,
                headers={name.lower(): request.headers[name] for name in request.headers},
                query={name: request.query[name] for name in request.query},
                body=body,
            )
        )
        return web.Response(status=got.status, body=got.body, headers=dict(got.headers))

    return handle


def expectation_of(endpoint: Endpoint) -> Handler:
    """What to say to `Expect: 100-continue`: do not even send a body that is too large."""

    async def expect(request: web.Request) -> web.StreamResponse | None:
        if _is_large(request, endpoint.max_body):
            return reply(request, _too_large())
        if request.version >= (1, 1) and request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return None

    return expect  # type: ignore[return-value]


async def read_body(request: web.Request, most: int) -> bytes:
    """The whole body. Raises Problem for one over `most` bytes (before reading it where its length is announced)."""
    if _is_large(request, most):
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while chunk := await request.content.read(_CHUNK):
                body += chunk
                if len(body) > most:
                    raise _too_large()
    except TimeoutError:
        raise Problem(408, "too_slow", "The body took too long to arrive.") from None
    return bytes(body)


def _is_large(request: web.Request, most: int) -> bool:
    return (request.content_length or 0) > most


def _too_large() -> Problem:
    return Problem(413, "too_large", "That is more than this address takes.", headers={"Connection": "close"})
