"""The chat platforms as entrances: the fakes send as the platforms do, and see the answers.

Knows the fakes; the bot is the whole application.
"""

import json
import time
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AsyncExitStack

import aiohttp

from tests.adapters.discord.signing import KEY, PUBLIC_KEY, signed_headers
from tests.app.process import App
from tests.fakes.discord import payloads
from tests.fakes.discord.server import TOKEN, Asked, FakeDiscord
from tests.fakes.slack.payloads import as_form, command, signed
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack
from tests.load.entrance import Entrance
from tests.load.shown import Shown


class _Slack(Entrance):
    """A slash command; the answer comes to its response_url."""

    settings: Mapping[str, str]

    def __init__(self) -> None:
        self._slack = FakeSlack()
        self._shown = Shown(self._slack)

    async def open(self, stack: AsyncExitStack) -> Mapping[str, str]:
        await self._slack.start()
        stack.push_async_callback(self._slack.stop)
        return {"FAKE_SLACK": self._slack.url, "SLACK_BOT_TOKEN": BOT_TOKEN, **self.settings}

    async def ask(self, number: int, question: str) -> None:
        with self._shown.expected() as (hook, answer):
            user = f"U0{number % 500:04}"
            await self._send(command(self._slack, "ask", question, user=user, channel=f"C{number % 50}", hook=hook))
            await answer

    @abstractmethod
    async def _send(self, payload: dict[str, object]) -> None: ...


class SlackSocket(_Slack):
    """Over Socket Mode."""

    name = "Slack socket"
    settings = {"SLACK_APP_TOKEN": APP_TOKEN}  # noqa: RUF012 - read only

    async def connected(self, app: App, stack: AsyncExitStack) -> None:
        await self._slack.connected()

    async def _send(self, payload: dict[str, object]) -> None:
        await self._slack.send("slash_commands", payload, seconds=3.0)


class SlackHttp(_Slack):
    """Signed HTTP."""

    name = "Slack HTTP"
    settings = {"SLACK_SIGNING_SECRET": SECRET}  # noqa: RUF012 - read only

    async def connected(self, app: App, stack: AsyncExitStack) -> None:
        self._client = await stack.enter_async_context(aiohttp.ClientSession())
        self._url = f"{app.url}/slack/events"

    async def _send(self, payload: dict[str, object]) -> None:
        body, kind = as_form(payload)
        headers = signed(body, now=time.time(), kind=kind)
        async with self._client.post(self._url, data=body, headers=headers) as reply:
            assert reply.status == 200
            await reply.read()


class _Discord(Entrance):
    """An interaction; the answer takes the place of "thinking…"."""

    settings: Mapping[str, str]

    def __init__(self) -> None:
        self._fake = FakeDiscord()

    async def open(self, stack: AsyncExitStack) -> Mapping[str, str]:
        await stack.enter_async_context(self._fake)
        base, gateway = self._fake.base, self._fake.gateway.url
        return {"FAKE_DISCORD": base, "FAKE_DISCORD_GATEWAY": gateway, "DISCORD_TOKEN": TOKEN, **self.settings}

    async def ask(self, number: int, question: str) -> None:
        person = payloads.member(payloads.user(1_000_000 + number % 500, f"user{number % 500}"))
        made = payloads.interaction(2, payloads.command("ask", question=question), member=person)
        asked = self._fake.expect(made)
        await self._send(asked)
        await asked.until_shown()

    @abstractmethod
    async def _send(self, asked: Asked) -> None: ...


class DiscordGateway(_Discord):
    """Over the gateway."""

    name = "Discord gateway"
    settings: Mapping[str, str] = {}

    async def connected(self, app: App, stack: AsyncExitStack) -> None:
        await self._fake.gateway.ready.wait()

    async def _send(self, asked: Asked) -> None:
        await self._fake.gateway.dispatch("INTERACTION_CREATE", asked.payload)


class DiscordHttp(_Discord):
    """Signed HTTP; the reply to the request is the acknowledgement."""

    name = "Discord HTTP"
    settings = {"DISCORD_GATEWAY": "0", "DISCORD_PUBLIC_KEY": PUBLIC_KEY}  # noqa: RUF012 - read only

    async def connected(self, app: App, stack: AsyncExitStack) -> None:
        self._client = await stack.enter_async_context(aiohttp.ClientSession())
        self._url = f"{app.url}/discord/interactions"

    async def _send(self, asked: Asked) -> None:
        body = json.dumps(asked.payload).encode()
        headers = signed_headers(body, now=time.time(), key=KEY)
        async with self._client.post(self._url, data=body, headers=headers) as reply:
            assert reply.status == 200
            self._fake.acknowledge(asked, await reply.json())
