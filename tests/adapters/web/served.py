"""The web adapter over the made-up episode, as the tests of server, API and browser start it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from bot.adapters.desk import Desk
from bot.adapters.discord.payload import message_payload
from bot.adapters.discord.render import answer_card, refusal_card
from bot.adapters.http import Endpoint
from bot.adapters.limits import RateLimit
from bot.adapters.slack.render import answer_message, refusal_message
from bot.adapters.web.health import Check
from bot.adapters.web.server import WebAdapter
from bot.answer.library import Library
from bot.answer.model import Answer, Refusal
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.retrieval.index import Index
from bot.store.store import Store
from bot.telemetry import Telemetry

MANY = 1_000_000


def show_discord(outcome: Answer | Refusal) -> dict[str, Any]:
    """The payload the Discord adapter would post."""
    is_answer = isinstance(outcome, Answer)
    card = answer_card(outcome, locale="en") if is_answer else refusal_card(outcome, locale="en")
    return message_payload(card)


def show_slack(outcome: Answer | Refusal) -> dict[str, Any]:
    """The payload the Slack adapter would post."""
    if isinstance(outcome, Answer):
        return answer_message(outcome, reply="", locale="en", offers_share=True).payload()
    return refusal_message(outcome, locale="en").payload()


SHOW = {"discord": show_discord, "slack": show_slack}


class NoStore:
    """A store that must not be touched: asking over the web needs none."""

    def __getattr__(self, verb: str) -> Any:
        raise AssertionError(f"the web asked the store to {verb}")


def make_desk(
    store: Store | NoStore,
    episode: Episode,
    *,
    per_minute: int = MANY,
    now: Callable[[], float] = lambda: 0.0,
    keep: bool = False,
) -> Desk:
    """A desk over one episode; its limits count by a clock that stands still unless another is given."""
    answers = Answers(_index(episode), choose=lambda insights: insights[0])
    return Desk(
        library=Library({episode.id: answers}, default=episode.id),
        store=cast(Store, store),
        telemetry=Telemetry(),
        user_limit=RateLimit(per_minute, now),
        place_limit=RateLimit(MANY, now),
        key=b"key of the tests",
        keep_questions=keep,
    )


@cache
def _index(episode: Episode) -> Index:
    return Index.build(episode)


@asynccontextmanager
async def open_store(folder: Path) -> AsyncIterator[Store]:
    """A SQLite store of its own."""
    store = await Store.open(f"sqlite:///{folder / 'web.db'}", clock=lambda: datetime.now(UTC))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def served(
    desk: Desk,
    *,
    reads: RateLimit | None = None,
    trusted_proxies: int = 0,
    endpoints: Sequence[Endpoint] = (),
    checks: Mapping[str, Check] | None = None,
    show: Mapping[str, Any] | None = None,
) -> AsyncIterator[WebAdapter]:
    """The adapter, listening on a free port."""
    adapter = WebAdapter(
        desk=desk,
        host="127.0.0.1",
        port=0,
        read_limit=reads or RateLimit(MANY, lambda: 0.0),
        trusted_proxies=trusted_proxies,
        endpoints=endpoints,
        checks=checks,
        show=SHOW if show is None else show,
        drain_seconds=2.0,
    )
    await adapter.start()
    try:
        yield adapter
    finally:
        await adapter.stop()
