"""The one aiohttp server: the page, the API, health, metrics, and what other adapters serve over HTTP.

Knows the desk and callables handed in; no chat platform.
"""

import asyncio
import errno
import logging
import os
from collections.abc import Mapping, Sequence

import structlog
from aiohttp import web

from bot.adapters.contract import DRAIN_SECONDS, Health
from bot.adapters.desk import Desk
from bot.adapters.http import Endpoint
from bot.adapters.limits import RateLimit
from bot.adapters.web import endpoints as others
from bot.adapters.web import pages
from bot.adapters.web.api import Api, Show
from bot.adapters.web.documents import OPENAPI, Rendered, page_files, read_document
from bot.adapters.web.headers import add_headers
from bot.adapters.web.health import Check, readiness
from bot.adapters.web.problems import catching
from bot.errors import ChapterVerseError

LINE_BYTES = 16 * 1024  # 500 letters of the longest encoding, and the other parameters
log = structlog.get_logger()


class WebAdapter:
    """The web as an adapter. `checks` decide readiness; `show` draws outcomes as other platforms post them.

    `read_limit` counts everything but questions (those the desk counts), by client address.
    """

    name = "web"
    endpoints: tuple[Endpoint, ...] = ()

    def __init__(
        self,
        *,
        desk: Desk,
        host: str,
        port: int,
        read_limit: RateLimit,
        trusted_proxies: int = 0,
        endpoints: Sequence[Endpoint] = (),
        checks: Mapping[str, Check] | None = None,
        show: Mapping[str, Show] | None = None,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        self._desk = desk
        self._host, self._wanted_port = host, port
        self._checks = dict(checks or {})
        self._drain_seconds = drain_seconds
        self._files = page_files()
        self._index = Rendered(pages.index_renderer(), "text/html")
        self._read = Rendered(pages.read_renderer(), "text/html")
        self._api = Api(
            desk=desk,
            show=show or {},
            read_limit=read_limit,
            trusted_proxies=trusted_proxies,
            description=read_document(OPENAPI),
        )
        self._app_endpoints = tuple(endpoints)
        self._runner: web.AppRunner | None = None
        self._is_draining = False
        self._stopped = asyncio.Event()

    async def start(self) -> None:
        """Listen. Raises ChapterVerseError when the address cannot be had."""
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            logger=_wire_log(),
            shutdown_timeout=self._drain_seconds,
            max_line_size=LINE_BYTES,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._wanted_port).start()
        except (OSError, UnicodeError) as error:
            await runner.cleanup()
            place = f"{self._host[:80]}:{self._wanted_port}"
            raise ChapterVerseError(f"HOST, PORT: cannot listen on {place} {_why(error)}") from None
        self._runner = runner
        log.info("listening", url=self.url)

    async def wait(self) -> None:
        """Return once stopped; a web server does not stop by itself."""
        await self._stopped.wait()

    async def stop(self) -> None:
        """Take no new connection, let requests under way finish within the drain time."""
        self._is_draining = True
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
        self._stopped.set()

    def health(self) -> Health:
        """Whether it listens."""
        is_ready = self._runner is not None and not self._is_draining
        return Health(is_ready=is_ready, line=f"listening on {self.url}" if is_ready else "not listening")

    @property
    def port(self) -> int:
        """The port listened on, the one asked for before that."""
        addresses = self._runner.addresses if self._runner else []
        return int(addresses[0][1]) if addresses else self._wanted_port

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the page."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[catching(self._desk)])
        app.on_response_prepare.append(add_headers)
        app.add_routes(
            [
                web.get("/", self._serve_index),
                web.get("/e/{episode}", self._serve_read),
                web.get("/static/{name}", self._serve_file),
                web.get("/favicon.ico", self._serve_icon),
                web.get("/livez", self._serve_alive),
                web.get("/readyz", self._serve_ready),
                web.get("/metrics", self._serve_metrics),
                *self._api.routes(),
            ]
        )
        for one in self._app_endpoints:
            handler, expect = others.handler_of(one), others.expectation_of(one)
            app.router.add_route(one.method, one.path, handler, expect_handler=expect)
        return app

    async def _serve_index(self, request: web.Request) -> web.StreamResponse:
        return self._index.of(self._desk.library.default.episode).serve(request)

    async def _serve_read(self, request: web.Request) -> web.StreamResponse:
        answers = self._desk.library.get(request.match_info["episode"])
        if answers is None:
            raise web.HTTPNotFound
        return self._read.of(answers.episode).serve(request)

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        document = self._files.get(request.match_info["name"])
        if document is None:
            raise web.HTTPNotFound
        return document.serve(request)

    async def _serve_icon(self, request: web.Request) -> web.StreamResponse:
        return self._files["icon.svg"].serve(request)

    async def _serve_alive(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text="alive\n")

    async def _serve_ready(self, _: web.Request) -> web.StreamResponse:
        checks: dict[str, Check] = {self.name: self.health, **self._checks}
        is_ready, shown = await readiness(checks)
        return web.json_response(shown, status=200 if is_ready else 503)

    async def _serve_metrics(self, _: web.Request) -> web.StreamResponse:
        body = self._desk.telemetry.exposition()
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=1.0.0; charset=utf-8"})


def _why(error: OSError | UnicodeError) -> str:
    number = getattr(error, "errno", None)
    if number in (errno.EADDRINUSE, errno.EACCES):
        return f"({os.strerror(number)}); choose another PORT, or 0 for a free one."
    return "(no address of this machine); set HOST to 127.0.0.1, 0.0.0.0 or another one it has."


class _WireHandler(logging.Handler):
    """aiohttp's own complaints (broken requests) by their kind only: their text may hold what a person sent."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unknown"
        log.warning("http_trouble", kind=kind)


def _wire_log() -> logging.Logger:
    logger = logging.Logger("bot.web.wire", logging.INFO)
    logger.addHandler(_WireHandler())
    return logger
