"""The one server: start and stop, health, headers, files, and the endpoints of other adapters."""

import asyncio
import re

import pytest
from aiohttp import ClientSession

from bot.adapters.contract import Adapter, Health
from bot.adapters.desk import Desk
from bot.adapters.http import Endpoint, HttpReply, HttpRequest
from bot.adapters.limits import RateLimit
from bot.adapters.web.address import client_address
from bot.adapters.web.server import WebAdapter
from bot.errors import ChapterVerseError
from tests.adapters.web.served import served


def adapter_of(desk: Desk, port: int) -> WebAdapter:
    """An adapter that is not started."""
    return WebAdapter(desk=desk, host="127.0.0.1", port=port, read_limit=RateLimit(9, lambda: 0.0))


async def test_it_fulfils_the_contract_from_start_to_stop(desk: Desk) -> None:
    """`start` returns when listening with its real port, `wait` when stopped, health says which it is."""
    web: Adapter = adapter_of(desk, 0)
    assert not web.health().is_ready
    await web.start()
    waiting = asyncio.create_task(web.wait())
    assert web.health().is_ready
    assert isinstance(web, WebAdapter)
    assert web.port > 0
    await web.stop()
    await waiting
    assert not web.health().is_ready


async def test_a_port_in_use_is_said_with_what_to_do(desk: Desk) -> None:
    """An operator reads which setting to change."""
    async with served(desk) as web:
        with pytest.raises(ChapterVerseError, match=r"PORT.*another PORT"):
            await adapter_of(desk, web.port).start()


async def test_stopping_lets_a_request_finish(desk: Desk, client: ClientSession) -> None:
    """A request under way when stopping begins still gets its reply."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(_: HttpRequest) -> HttpReply:
        entered.set()
        await leave.wait()
        return HttpReply(status=200, body=b"late but there")

    async with served(desk, endpoints=[Endpoint(method="POST", path="/slow", handle=slow)]) as web:
        asking = asyncio.create_task(client.post(f"{web.url}/slow"))
        await entered.wait()
        stopping = asyncio.create_task(web.stop())
        await asyncio.sleep(0)
        leave.set()
        reply = await asking
        assert await reply.read() == b"late but there"
        await stopping


async def test_ready_asks_every_check(desk: Desk, client: ClientSession) -> None:
    """One check that is red, fails or hangs makes the whole process not ready, and says which."""

    async def fine() -> Health:
        return Health(is_ready=True, line="fine", event_age_seconds=1.5)

    def failing() -> Health:
        raise RuntimeError("a secret")

    async with served(desk, checks={"store": fine}) as web, client.get(f"{web.url}/readyz") as reply:
        body = await reply.json()
        assert (reply.status, body["ready"]) == (200, True)
        assert body["checks"]["store"] == {"ready": True, "line": "fine", "event_age_seconds": 1.5}
        assert body["checks"]["web"]["ready"]
    async with served(desk, checks={"store": fine, "chat": failing}) as web, client.get(f"{web.url}/readyz") as reply:
        body = await reply.json()
        assert (reply.status, body["checks"]["chat"]["line"]) == (503, "failed: RuntimeError")


async def test_alive_and_metrics_are_served(desk: Desk, client: ClientSession) -> None:
    """A question asked over the web is counted by platform and outcome, without its words."""
    async with served(desk) as web:
        async with client.get(f"{web.url}/livez") as reply:
            assert reply.status == 200
        async with client.get(f"{web.url}/api/ask", params={"q": "what fuel did the lantern use"}) as reply:
            assert reply.status == 200
        async with client.get(f"{web.url}/metrics") as reply:
            text = await reply.text()
    assert 'chapterverse_questions_total{outcome="answer",platform="web",theme="lamp"} 1.0' in text
    assert "lantern" not in text


@pytest.mark.parametrize("path", ["/", "/e/harbour-light", "/static/app.js", "/api/episode", "/api/nothing", "/livez"])
async def test_every_reply_has_the_security_headers(desk: Desk, client: ClientSession, path: str) -> None:
    """No inline script, no framing, no sniffing, no frames but the video's, whatever the status."""
    async with served(desk) as web, client.get(f"{web.url}{path}") as reply:
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert re.findall(r"frame-src ([^;]+)", policy) == ["https://www.youtube-nocookie.com"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["X-Frame-Options"] == "DENY"
        assert "aiohttp" not in reply.headers["Server"]


@pytest.mark.parametrize("path", ["/", "/e/harbour-light"])
async def test_pages_have_no_inline_script_or_style(desk: Desk, client: ClientSession, path: str) -> None:
    """What the policy forbids is not attempted, and nothing is loaded from elsewhere."""
    async with served(desk) as web, client.get(f"{web.url}{path}") as reply:
        page = await reply.text()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)
    assert not re.search(r'<(script|link|img)[^>]+(src|href)="(?!/)', page)


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fserver.py",
        "/static/%2e%2e/server.py",
        "/static//etc/passwd",
        "/static/index.html",
        "/static/",
        "/e/..%2f..%2fetc",
        "/e/nobody",
        "/server.py",
    ],
)
async def test_nothing_outside_the_folder_is_served(desk: Desk, path: str) -> None:
    """An address that climbs out of the folder, or names what is not there, is 404."""
    async with served(desk) as web:
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        said = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert said.startswith(b"HTTP/1.1 404 ")


async def test_files_are_not_sent_twice(desk: Desk, client: ClientSession) -> None:
    """A browser that has this version gets 304."""
    async with served(desk) as web:
        async with client.get(f"{web.url}/static/app.js") as reply:
            tag = reply.headers["ETag"]
        async with client.get(f"{web.url}/static/app.js", headers={"If-None-Match": tag}) as reply:
            assert (reply.status, await reply.read()) == (304, b"")


async def test_pictures_are_png(desk: Desk, client: ClientSession) -> None:
    """The map and the strip arrive as pictures."""
    async with served(desk) as web:
        for path in ("map.png", "map.png?t=1:00&theme=lamp", "strip.png?t=300"):
            async with client.get(f"{web.url}/api/{path}") as reply:
                assert (reply.status, reply.content_type) == (200, "image/png")
                assert (await reply.read()).startswith(b"\x89PNG")


async def test_an_endpoint_gets_the_request_as_it_came(desk: Desk, client: ClientSession) -> None:
    """Method, lower-case headers, the first of each query name and the raw body; the reply goes out as it is."""
    seen: list[HttpRequest] = []

    async def handle(request: HttpRequest) -> HttpReply:
        seen.append(request)
        return HttpReply(
            status=202,
            body=b"\x00\xff",
            headers={"Content-Type": "application/x-ours", "X-Frame-Options": "SAMEORIGIN"},
        )

    async with (
        served(desk, endpoints=[Endpoint(method="POST", path="/slack/events", handle=handle)]) as web,
        client.post(f"{web.url}/slack/events?a=1&a=2&b=", data=b"\x01{}", headers={"X-Slack-Signature": "v0=1"}) as got,
    ):
        assert (got.status, await got.read(), got.content_type) == (202, b"\x00\xff", "application/x-ours")
        assert got.headers["X-Frame-Options"] == "SAMEORIGIN"
    (request,) = seen
    assert (request.method, request.path, request.body) == ("POST", "/slack/events", b"\x01{}")
    assert dict(request.query) == {"a": "1", "b": ""}
    assert request.headers["x-slack-signature"] == "v0=1"


async def test_a_body_too_large_is_refused_before_it_is_sent(desk: Desk) -> None:
    """An announced length over the limit gets 413 at once; an unannounced one as soon as it is over."""

    async def handle(_: HttpRequest) -> HttpReply:
        raise AssertionError("must not be reached")

    endpoint = Endpoint(method="POST", path="/in", handle=handle, max_body=1000)
    chunked = (
        b"Transfer-Encoding: chunked\r\n\r\n" + b"258\r\n" + b"x" * 600 + b"\r\n" + b"258\r\n" + b"x" * 600 + b"\r\n"
    )
    async with served(desk, endpoints=[endpoint]) as web:
        for rest in (
            b"Content-Length: 9999999\r\n\r\n",
            b"Content-Length: 2000\r\nExpect: 100-continue\r\n\r\n",
            chunked,
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
            writer.write(b"POST /in HTTP/1.1\r\nHost: localhost\r\n" + rest)
            assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
            writer.close()
            await writer.wait_closed()


async def test_an_endpoint_that_fails_leaves_a_reference_and_no_detail(desk: Desk, client: ClientSession) -> None:
    """A failure of ours is 500 with a short code, without the error's text."""

    async def handle(_: HttpRequest) -> HttpReply:
        raise RuntimeError("a secret")

    async with (
        served(desk, endpoints=[Endpoint(method="GET", path="/broken", handle=handle)]) as web,
        client.get(f"{web.url}/broken") as reply,
    ):
        text = await reply.text()
    assert reply.status == 500
    assert re.search(r"Reference: [0-9A-F]{6}", text)
    assert "secret" not in text


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("198.51.100.7", [], 0, "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], 0, "198.51.100.7"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9"], 1, "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6", "203.0.113.9, 10.0.0.2"], 2, "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9"], 2, "10.0.0.1"),
        ("10.0.0.1", ["not an address"], 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], 0, "203.0.113.9"),
        (None, [], 0, "unknown"),
    ],
)
def test_who_is_asking(peer: str | None, forwarded: list[str], proxies: int, expected: str) -> None:
    """Only what our own proxies wrote is believed; one IPv6 household is one person."""
    assert client_address(peer, forwarded, trusted_proxies=proxies) == expected
