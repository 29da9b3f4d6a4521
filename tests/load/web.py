"""The web API as an entrance: kept connections, as many as are needed at a time."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from tests.app.process import App
from tests.load.entrance import Entrance
from tests.load.wire import Wire, ask_path


class WebApi(Entrance):
    """GET /api/ask."""

    name = "web API"

    def __init__(self) -> None:
        self._idle: list[Wire] = []
        self._port = 0

    async def open(self, stack: AsyncExitStack) -> Mapping[str, str]:
        """The web needs nothing outside."""
        return {"TRUSTED_PROXIES": "1"}

    async def connected(self, app: App, stack: AsyncExitStack) -> None:
        self._port = urlsplit(app.url).port or 0

    async def ask(self, number: int, question: str) -> None:
        wire = self._idle.pop() if self._idle else Wire("127.0.0.1", self._port)
        got = await wire.get(ask_path(question), sender=f"10.0.{number % 500 // 250}.{number % 250}")
        assert got.status == 200
        self._idle.append(wire)
