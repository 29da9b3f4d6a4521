"""The bot around the made-up episode, wired to a fake Slack: for tests in one process and in its own."""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from aiohttp import web

from bot.adapters.desk import Desk
from bot.adapters.http import Endpoint, HttpRequest
from bot.adapters.limits import RateLimit
from bot.adapters.slack.adapter import SlackAdapter
from bot.adapters.slack.config import SlackConfig
from bot.answer.library import Library
from bot.answer.service import Answers
from bot.insights.daily import Daily
from bot.retrieval.index import Index
from bot.settings import Secret
from bot.store.secrets import Secrets
from bot.store.store import Store
from bot.telemetry import Telemetry
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SECRET
from tests.made_up import episode_with_transcript

KEY = "k" * 40


def now() -> datetime:
    return datetime.now(UTC)


def config(
    slack_url: str, *, socket: bool = True, http: bool = False, oauth: bool = False, **more: object
) -> SlackConfig:
    """Settings that point at a fake Slack."""
    given: dict[str, object] = {"api_url": f"{slack_url}api/", "reply_addresses": (f"{slack_url}hooks/",)}
    if socket:
        given["app_token"] = Secret(APP_TOKEN)
    if http:
        given["signing_secret"] = Secret(SECRET)
    if oauth:
        given |= {"client_id": "1.2", "client_secret": Secret("client-secret"), "public_url": "https://bot.example"}
    else:
        given["bot_token"] = Secret(BOT_TOKEN)
    return SlackConfig(**(given | more))  # type: ignore[arg-type]


def desk_of(
    store: Store, index: Index | None = None, *, per_minute: int = 1000, clock: Callable[[], datetime] = now
) -> Desk:
    """A desk over the made-up episode."""
    answers = Answers(index or Index.build(episode_with_transcript()), choose=lambda insights: insights[0])
    return Desk(
        library=Library({answers.episode.id: answers}, default=answers.episode.id),
        store=store,
        telemetry=Telemetry(),
        user_limit=RateLimit(per_minute, time.monotonic),
        place_limit=RateLimit(per_minute, time.monotonic),
        key=b"test key",
        clock=clock,
    )


def adapter_of(
    settings: SlackConfig,
    desk: Desk,
    *,
    clock: Callable[[], datetime] = now,
    sleep: Callable[[float], Awaitable[None]] | None = None,
) -> SlackAdapter:
    """An adapter with `/daily` on the desk's store."""
    more = {} if sleep is None else {"sleep": sleep}
    adapter = SlackAdapter(settings, desk=desk, secrets=Secrets([KEY]), clock=clock, **more)  # type: ignore[arg-type]
    answers = desk.library.default
    episodes = {answers.episode.id: answers.episode}
    daily = Daily(
        store=desk.store,
        episodes=lambda: episodes,
        posters={"slack": adapter.poster},
        clock=clock,
        random=random.Random(1),
    )
    adapter.serve_daily(daily)
    return adapter


async def serve(endpoints: Sequence[Endpoint], port: int = 0) -> tuple[web.AppRunner, int]:
    """A server for an adapter's endpoints, as small as can be."""

    def handler(endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            reply = await endpoint.handle(
                HttpRequest(
                    method=request.method,
                    path=request.path,
                    headers={name.lower(): text for name, text in request.headers.items()},
                    query=dict(request.query),
                    body=await request.read(),
                )
            )
            return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

        return handle

    app = web.Application(client_max_size=8 * 1024 * 1024)
    for endpoint in endpoints:
        app.router.add_route(endpoint.method, endpoint.path, handler(endpoint))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
