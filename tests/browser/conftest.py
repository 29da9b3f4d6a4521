"""A real Chromium, the page over the made-up episodes, and a watch on what the page asks for or complains of.

`CHROMIUM` names the binary. Screenshots go to `artefacts/`, which git ignores.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Request, Route, async_playwright

from bot.adapters.web.server import WebAdapter
from bot.episode.model import Episode
from tests.adapters.web.served import NoStore, make_desk, served
from tests.picture.long_episode import long_episode

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
ARTEFACTS = Path(__file__).parents[2] / "artefacts"
VIDEO = "https://www.youtube-nocookie.com/"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's binary; without one these tests are skipped."""
    name = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not name or not Path(name).exists():
        pytest.skip("no browser: CHROMIUM names none and there is no chromium (apt-get install chromium)")
    return name


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for all tests; each page gets a context of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def web(told_episode: Episode) -> AsyncIterator[WebAdapter]:
    """The page over the short made-up episode."""
    async with served(make_desk(NoStore(), told_episode)) as adapter:
        yield adapter


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def long_web() -> AsyncIterator[WebAdapter]:
    """The page over an episode of the real size."""
    async with served(make_desk(NoStore(), long_episode())) as adapter:
        yield adapter


@dataclass
class Visit:
    """A page, what it asked for, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    finished: list[Request] = field(default_factory=list)

    @property
    def foreign(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.asked if not url.startswith(("http://127.0.0.1:", "data:"))]

    async def weight(self) -> int:
        """Bytes of all bodies that came over the wire."""
        return sum([(await request.sizes())["responseBodySize"] for request in self.finished])

    async def ask(self, question: str) -> None:
        """Type a question and wait for its reply."""
        await self.page.fill("#question", question)
        async with self.page.expect_response(lambda reply: "/api/ask" in reply.url):
            await self.page.press("#question", "Enter")
        await self.page.wait_for_selector("#reply:not([aria-busy]) #view > *")

    async def shot(self, name: str) -> None:
        """Keep a picture for people."""
        ARTEFACTS.mkdir(exist_ok=True)
        await self.page.screenshot(path=ARTEFACTS / f"test-{name}.png")


Open = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Open]:
    """Open an address in a fresh context. Afterwards no page may have complained in its console."""
    visits: list[Visit] = []
    contexts: list[BrowserContext] = []

    async def open_page(
        url: str, *, width: int = 1280, height: int = 900, touch: bool = False, dark: bool = False
    ) -> Visit:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=touch,
            is_mobile=touch,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        await context.route(f"{VIDEO}**", _stand_in)
        made = Visit(page=await context.new_page())
        visits.append(made)
        _watch(made)
        await made.page.goto(url)
        return made

    yield open_page
    for context in contexts:
        await context.close()
    assert [one for made in visits for one in made.complaints] == []


def _watch(made: Visit) -> None:
    made.page.on("request", lambda request: made.asked.append(request.url))
    made.page.on("requestfinished", lambda request: made.finished.append(request))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("console", lambda told: told.type in ("error", "warning") and made.complaints.append(told.text))


async def _stand_in(route: Route) -> None:
    """The video's host, played by a page that answers the greeting as a living player does."""
    script = "onmessage = () => parent.postMessage('{\"event\":\"onReady\"}', '*')"
    await route.fulfill(content_type="text/html", body=f"<body>video<script>{script}</script>")
