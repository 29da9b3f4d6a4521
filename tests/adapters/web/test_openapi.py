"""The OpenAPI file holds against the server: generated requests, valid and not, get what it promises."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.adapters.web.documents import OPENAPI
from bot.episode.model import Episode
from tests.adapters.web.served import NoStore, make_desk, served

schema = schemathesis.openapi.from_path(OPENAPI)


@pytest.fixture(scope="module")
def base_url(told_episode: Episode) -> Iterator[str]:
    """A server with a loop and a thread of its own, since schemathesis waits for each reply."""
    listening: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        enough = asyncio.Event()
        async with served(make_desk(NoStore(), told_episode)) as web:
            listening.set_result((web.url, asyncio.get_running_loop(), enough))
            await enough.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    url, loop, enough = listening.result(timeout=20)
    yield url
    loop.call_soon_threadsafe(enough.set)
    thread.join()


def test_the_file_is_valid_openapi() -> None:
    """Any tool that reads OpenAPI 3.1 can read it."""
    validate(yaml.safe_load(OPENAPI.read_text(encoding="utf-8")))


@schema.parametrize()
@settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_server_keeps_what_the_file_promises(case: schemathesis.Case, base_url: str) -> None:
    """Status, content type, headers and shape of each reply are documented ones; bad requests are refused.

    Left out: that every request of the right form succeeds, since themes and times depend on the episode.
    """
    case.call_and_validate(base_url=base_url, excluded_checks=[positive_data_acceptance])


GOOD = (
    ("/api/ask", {"q": "what fuel did the lantern use"}),
    ("/api/ask", {"q": "fuel", "theme": "lamp", "topic": "lamp-oil"}),
    ("/api/ask", {"q": "what is the capital of norway"}),
    ("/api/ask", {"q": ""}),
    ("/api/open", {"id": "great-storm"}),
    ("/api/when", {"q": "the great storm"}),
    ("/api/at", {"t": "1:10"}),
    ("/api/at", {"t": "599"}),
    ("/api/insight", {"theme": "weather"}),
    ("/api/episode", {}),
    ("/api/map.png", {"t": "3m", "theme": "lamp"}),
    ("/api/strip.png", {"t": "0"}),
)


@pytest.mark.parametrize(("path", "query"), GOOD, ids=[f"{path} {query}" for path, query in GOOD])
def test_a_good_request_succeeds_in_the_documented_shape(base_url: str, path: str, query: dict[str, str]) -> None:
    """Every address has requests that succeed, and their replies have the shape of the file."""
    reply = schema[path]["GET"].Case(query=query).call_and_validate(base_url=base_url)
    assert reply.status_code == 200
