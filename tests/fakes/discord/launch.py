"""Runs the Discord adapter in a process of its own, with discord.py's addresses turned to the fake.

Only here are discord.py's public constants changed; the product knows nothing of it.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import discord.gateway
import discord.http
import yarl
from aiohttp import web

from bot.adapters.discord.adapter import DiscordAdapter
from bot.adapters.discord.config import Config
from bot.adapters.discord.pictures import Pictures
from bot.adapters.discord.verbs import Privacy
from bot.adapters.http import Endpoint, HttpRequest
from bot.errors import ChapterVerseError
from bot.settings import Secret
from bot.telemetry import set_up_logs
from tests.adapters.discord.house import open_desk


def redirect(base: str, gateway: str) -> None:
    """Let discord.py talk to these addresses."""
    discord.http.Route.BASE = base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


async def serve(folder: Path, config: Config, *, drain_seconds: float) -> None:
    """Serve until SIGTERM, as the application does."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with open_desk(folder, delay_seconds=float(os.environ.get("ANSWER_DELAY", "0"))) as desk:
        adapter = DiscordAdapter(
            config=config,
            desk=desk,
            privacy=Privacy(days=30, is_keeping=False),
            pictures=Pictures() if os.environ.get("PICTURES") else None,
            drain_seconds=drain_seconds,
        )
        await adapter.start()
        server = await serve_http(adapter, folder) if adapter.endpoints else None
        ended = asyncio.create_task(adapter.wait())
        asked_to_stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({ended, asked_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        await adapter.stop()
        if server is not None:
            await server.cleanup()
        if ended.done():
            ended.result()
        asked_to_stop.cancel()


async def serve_http(adapter: DiscordAdapter, folder: Path) -> web.AppRunner:
    """Serve the adapter's endpoints on a free port, written to the file `port`."""
    app = web.Application()
    for endpoint in adapter.endpoints:
        app.router.add_route(endpoint.method, endpoint.path, _handler(endpoint))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    (folder / "port.new").write_text(str(runner.addresses[0][1]), encoding="utf-8")
    (folder / "port.new").rename(folder / "port")
    return runner


def _handler(endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        asked = HttpRequest(method=request.method, path=request.path, headers=headers, query={}, body=body)
        reply = await endpoint.handle(asked)
        return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

    return handle


def main() -> int:
    """Settings come from the environment the test gives; exit 1 with one line for what only an operator can mend."""
    environment = os.environ
    redirect(environment["FAKE_BASE"], environment["FAKE_GATEWAY"])
    set_up_logs("json", "info")
    config = Config(
        token=Secret(environment["BOT_TOKEN"]),
        shards=int(environment.get("SHARDS", "0")),
        public_key=environment.get("PUBLIC_KEY", ""),
        wants_gateway=environment.get("GATEWAY", "1") == "1",
        silence_seconds=float(environment.get("SILENCE_SECONDS", "60")),
    )
    try:
        asyncio.run(
            serve(Path(environment["FOLDER"]), config, drain_seconds=float(environment.get("DRAIN_SECONDS", "10")))
        )
    except ChapterVerseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
