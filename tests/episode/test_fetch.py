"""The one download, against a server on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.episode.fetch import SIZE_LIMIT, USER_AGENT, fetch_page
from bot.errors import TranscriptError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def _serving(handle: Handler) -> AsyncIterator[str]:
    """A server on loopback with one handler for every path; gives its address."""
    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _refused(handle: Handler, *, path: str = "/page", time_limit_seconds: float = 5.0) -> str:
    async with _serving(handle) as address:
        with pytest.raises(TranscriptError) as caught:
            await fetch_page(address + path, time_limit_seconds=time_limit_seconds)
    return str(caught.value)


async def test_a_page_arrives_whole_under_our_name() -> None:
    """Byte for byte, and the server sees who asks."""
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.headers["User-Agent"])
        return web.Response(body=b"x" * 300_000)

    async with _serving(handle) as address:
        assert await fetch_page(f"{address}/page") == b"x" * 300_000
    assert seen == [USER_AGENT]
    assert "ChapterAndVerse" in USER_AGENT


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_on_the_host_is_followed(status: int) -> None:
    """Publishers move pages about, with and without a slash."""

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/page":
            return web.Response(status=status, headers={"Location": "/page/"})
        return web.Response(text=f"moved to {request.path}")

    async with _serving(handle) as address:
        assert await fetch_page(f"{address}/page") == b"moved to /page/"


@pytest.mark.parametrize(
    "location",
    ["http://localhost:1/", "//example.invalid/x", "https://127.0.0.1/", "http://127.0.0.1@example.invalid/"],
)
async def test_no_redirect_leaves_the_host(location: str) -> None:
    """Neither another name, nor another port, nor another scheme."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    assert await _refused(handle) == "127.0.0.1 sends us to another host; nothing was fetched"


@pytest.mark.parametrize("location", ["/page", "", "/next"])
async def test_endless_redirects_end(location: str) -> None:
    """After three, whatever they say."""
    count = 0

    async def handle(request: web.Request) -> web.Response:
        nonlocal count
        count += 1
        return web.Response(status=302, headers={"Location": location})

    assert await _refused(handle) == "127.0.0.1 redirects without end; nothing was fetched"
    assert count == 4


async def test_a_redirect_to_no_address_is_refused() -> None:
    """A broken Location header is the server's fault and gets a line."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://[broken"})

    assert await _refused(handle) == "127.0.0.1 cannot be reached; save the page and use `transcript import FILE`"


async def test_a_silent_server_is_left_in_time() -> None:
    """The limit covers the whole download."""

    async def handle(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    assert await _refused(handle, time_limit_seconds=0.2) == "127.0.0.1 did not answer within 0.2 s; try again later"


async def test_a_server_that_stops_midway_is_left_in_time() -> None:
    """A trickle counts as silence."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<html>")
        await asyncio.Event().wait()
        return response

    assert await _refused(handle, time_limit_seconds=0.2) == "127.0.0.1 did not answer within 0.2 s; try again later"


async def test_a_page_too_large_is_not_kept() -> None:
    """More than 5 MB is no page, with or without a length given; unpacked size counts."""

    async def handle(request: web.Request) -> web.Response:
        response = web.Response(body=b"x" * (SIZE_LIMIT + 1))
        response.enable_compression(web.ContentCoding.gzip)
        return response

    assert await _refused(handle) == "127.0.0.1 sent more than 5 MB; not a page"


async def test_a_page_of_just_the_limit_is_kept() -> None:
    """The limit itself is allowed."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * SIZE_LIMIT)

    async with _serving(handle) as address:
        assert len(await fetch_page(address)) == SIZE_LIMIT


@pytest.mark.parametrize("status", [204, 304, 403, 404, 429, 500, 503])
async def test_another_status_is_named(status: int) -> None:
    """An error page is never taken for the transcript."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=status)

    assert await _refused(handle) == f"127.0.0.1 answered {status}; try again later"


async def test_a_connection_cut_midway_is_no_page() -> None:
    """Half of a page is not the page."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    assert await _refused(handle) == "127.0.0.1 cannot be reached; save the page and use `transcript import FILE`"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://127.0.0.1:1/page", "127.0.0.1"),
        ("https://", "https://"),
        ("nonsense", "nonsense"),
    ],
)
async def test_no_server_is_one_clear_line(address: str, host: str) -> None:
    """Nobody listens, or it is no address at all: import a saved page instead."""
    with pytest.raises(TranscriptError) as caught:
        await fetch_page(address, time_limit_seconds=5.0)
    assert str(caught.value) == f"{host} cannot be reached; save the page and use `transcript import FILE`"


async def test_a_broken_address_is_named() -> None:
    """It came from episode.yaml, so that is where to mend it."""
    with pytest.raises(TranscriptError, match=r"^http://\[ is no address; mend links\.transcript in episode\.yaml$"):
        await fetch_page("http://[")
