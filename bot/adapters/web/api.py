"""The API of `openapi.yaml`: read a request, ask the desk, write JSON.

Holds no question text beyond the request, and writes none to the log.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from aiohttp import web

from bot.adapters.desk import Asker, Busy, Desk
from bot.adapters.limits import RateLimit
from bot.adapters.web import shapes
from bot.adapters.web.address import client_address
from bot.adapters.web.documents import Document, Rendered
from bot.adapters.web.problems import Problem
from bot.answer.model import QUESTION_LENGTH, Answer, Refusal
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.errors import UsageError
from bot.picture.draw import draw_map, draw_strip

Show = Callable[[Answer | Refusal], Mapping[str, Any]]
HIT_LENGTH = 200
TIME_LENGTH = 40
MOMENTS = 5
log = structlog.get_logger()


class Api:
    """Handlers of the API. `show` draws an outcome as another platform would post it, by platform."""

    def __init__(
        self,
        *,
        desk: Desk,
        show: Mapping[str, Show],
        read_limit: RateLimit,
        trusted_proxies: int,
        description: Document,
    ) -> None:
        self._desk = desk
        self._show = show
        self._read_limit = read_limit
        self._trusted_proxies = trusted_proxies
        self._description = description
        self._episodes = Rendered(_episode_text, "application/json")
        self._pencil = asyncio.Semaphore(1)

    def routes(self) -> list[web.RouteDef]:
        """Every path below /api/."""
        return [
            web.get("/api/ask", self.ask),
            web.get("/api/open", self.open),
            web.get("/api/when", self.when),
            web.get("/api/at", self.at),
            web.get("/api/insight", self.insight),
            web.get("/api/episode", self.episode),
            web.get("/api/map.png", self.map),
            web.get("/api/strip.png", self.strip),
            web.get("/api/openapi.yaml", self.describe),
        ]

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """The answer to a question; with `topic`, a bare follow-up such as "and why?" belongs to that answer."""
        text = _given(request, "q", QUESTION_LENGTH)
        topic = _optional(request, "topic", HIT_LENGTH)
        outcome = await self._desk.ask(self._asker(request), text, theme=self._theme(request), topic=topic)
        if isinstance(outcome, Busy):
            raise _busy(outcome.wait_seconds)
        return web.json_response(self._with_views(outcome))

    async def open(self, request: web.Request) -> web.StreamResponse:
        """The answer behind a hit id."""
        self._limit(request)
        hit_id = _given(request, "id", HIT_LENGTH)
        answer = await self._desk.open(self._asker(request), hit_id)
        if answer is None:
            raise Problem(404, "no_such_hit", "The episode has no answer of that id.")
        return web.json_response(self._with_views(answer))

    async def when(self, request: web.Request) -> web.StreamResponse:
        """Up to five moments about a topic."""
        self._limit(request)
        topic = _given(request, "q", QUESTION_LENGTH)
        moments = self._answers.when(topic, limit=MOMENTS)
        return web.json_response({"moments": [shapes.related_json(one) for one in moments]})

    async def at(self, request: web.Request) -> web.StreamResponse:
        """What is said at a time."""
        self._limit(request)
        return web.json_response(shapes.spoken_json(self._spoken(_given(request, "t", TIME_LENGTH))))

    async def insight(self, request: web.Request) -> web.StreamResponse:
        """One insight, of a theme if given."""
        self._limit(request)
        thought = self._answers.insight(self._theme(request))
        if thought is None:
            raise Problem(404, "no_insight", "The episode has no insight of that theme.")
        return web.json_response(shapes.thought_json(thought))

    async def episode(self, request: web.Request) -> web.StreamResponse:
        """The episode as the map shows it."""
        self._limit(request)
        return self._episodes.of(self._answers.episode).serve(request)

    async def map(self, request: web.Request) -> web.StreamResponse:
        """The map as a PNG, with a time marked or one theme in colour if asked for."""
        self._limit(request)
        theme, time = self._theme(request), _optional(request, "t", TIME_LENGTH)
        second = self._spoken(time).seconds if time is not None else None
        episode = self._answers.episode
        async with self._pencil:
            return _png(await asyncio.to_thread(draw_map, episode, mark_seconds=second, theme=theme))

    async def strip(self, request: web.Request) -> web.StreamResponse:
        """The thin strip with a time marked, as a PNG."""
        self._limit(request)
        second, episode = self._spoken(_given(request, "t", TIME_LENGTH)).seconds, self._answers.episode
        async with self._pencil:
            return _png(await asyncio.to_thread(draw_strip, episode, second))

    async def describe(self, request: web.Request) -> web.StreamResponse:
        """The OpenAPI file."""
        return self._description.serve(request)

    @property
    def _answers(self) -> Answers:
        return self._desk.library.default

    def _asker(self, request: web.Request) -> Asker:
        forwarded = request.headers.getall("X-Forwarded-For", ())
        address = client_address(request.remote, forwarded, trusted_proxies=self._trusted_proxies)
        return Asker(platform="web", user_id=address, is_account=False)

    def _limit(self, request: web.Request) -> None:
        if seconds := self._read_limit.wait_seconds(self._asker(request).user_id):
            raise _busy(seconds)

    def _theme(self, request: web.Request) -> str | None:
        theme = _optional(request, "theme", HIT_LENGTH)
        known = [one.id for one in self._answers.themes()]
        if theme is not None and theme not in known:
            raise Problem(400, "unknown_theme", f"theme: use one of {', '.join(known)}.")
        return theme

    def _spoken(self, time: str) -> Any:
        try:
            return self._desk.at(time)
        except UsageError as error:
            raise Problem(400, "bad_time", f"t: {error}") from None

    def _with_views(self, outcome: Answer | Refusal) -> shapes.Json:
        return shapes.outcome_json(outcome) | {
            "shown": {name: _drawn(name, show, outcome) for name, show in self._show.items()}
        }


def _drawn(name: str, show: Show, outcome: Answer | Refusal) -> Mapping[str, Any] | None:
    """The payload of another platform; None where its renderer fails, which must not cost the answer itself."""
    try:
        return show(outcome)
    except Exception as error:
        log.error("view_not_drawn", view=name, error=type(error).__name__)
        return None


def _given(request: web.Request, name: str, most: int) -> str:
    value = _optional(request, name, most)
    if value is None:
        raise Problem(400, "missing", f"{name}: this parameter is needed.")
    return value


def _optional(request: web.Request, name: str, most: int) -> str | None:
    values = request.query.getall(name, [])
    if len(values) > 1:
        raise Problem(400, "given_twice", f"{name}: give this parameter once.")
    if values and len(values[0]) > most:
        raise Problem(400, "too_long", f"{name}: at most {most} characters.")
    return values[0] if values else None


def _busy(seconds: int) -> Problem:
    message = f"That was a lot at once; try again in {seconds} s."
    return Problem(429, "too_often", message, headers={"Retry-After": str(seconds)})


def _png(data: bytes) -> web.Response:
    return web.Response(body=data, content_type="image/png", headers={"Cache-Control": "public, max-age=3600"})


def _episode_text(episode: Episode) -> str:
    return web.json_response(shapes.episode_json(episode)).text or ""
