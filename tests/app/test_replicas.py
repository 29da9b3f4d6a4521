"""Several processes that share PostgreSQL and nothing else: what one began, another goes on with, once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.adapters.discord.asking import FUEL, words
from tests.adapters.discord.signing import PUBLIC_KEY, signed_headers
from tests.app.process import App, environment, running
from tests.fakes.discord import payloads
from tests.fakes.discord.server import TOKEN, Asked, FakeDiscord
from tests.fakes.slack.payloads import as_form, buttons, command, mention, press, reply, signed
from tests.fakes.slack.server import BOT_TOKEN, SECRET, FakeSlack
from tests.store.postgres import Postgres

WAVES, WHY = "how high were the waves", "and why?"
BECAUSE = "stopped at four hundred"
KEY = "a key that all replicas share, long enough"


@pytest.fixture(scope="module")
def address() -> Any:
    with Postgres() as server:
        yield server.url


@asynccontextmanager
async def replicas(folder: Path, address: str, *settings: Mapping[str, str]) -> AsyncIterator[list[App]]:
    """One process for each group of settings, each with a data folder of its own."""
    async with AsyncExitStack() as stack:
        found = []
        for number, own in enumerate(settings):
            place = folder / str(number)
            place.mkdir()
            environment(place)
            given = {"DATABASE_URL": address, "SECRET_KEY": KEY, "LOG_LEVEL": "warning", **own}
            found.append(await stack.enter_async_context(running(place, **given)))
        yield found
        assert await asyncio.gather(*(app.end() for app in found)) == [0] * len(found)


async def on_slack(app: App, payload: dict[str, Any], **headers: str) -> None:
    """A signed request, acknowledged."""
    body, kind = as_form(payload)
    given = signed(body, now=time.time(), kind=kind) | headers
    async with app.client.post(f"{app.url}/slack/events", data=body, headers=given) as answer:
        assert answer.status == 200, await answer.text()


async def on_discord(app: App, fake: FakeDiscord, payload: dict[str, Any]) -> Asked:
    """A signed interaction; the reply is its acknowledgement."""
    asked, body = fake.expect(payload), json.dumps(payload).encode()
    headers = signed_headers(body, now=time.time())
    async with app.client.post(f"{app.url}/discord/interactions", data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        fake.acknowledge(asked, await answer.json())
    return asked


async def votes(address: str) -> int:
    connection = await asyncpg.connect(address)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM votes"))
    finally:
        await connection.close()


async def test_signed_slack_requests_may_go_to_any_replica(tmp_path: Path, address: str) -> None:
    """A redelivery to another replica is known, its thread goes on there, and a button of one works at the other."""
    slack = await FakeSlack().start()
    given = {"FAKE_SLACK": slack.url, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    try:
        async with replicas(tmp_path, address, given, given) as (one, other):
            asked = mention(WAVES)
            await on_slack(one, asked)
            await slack.until(1, "chat.postMessage")
            await on_slack(other, asked, **{"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"})
            await on_slack(other, reply(WHY, thread=asked["event"]["ts"]))
            posts = await slack.until(2, "chat.postMessage")
            assert BECAUSE in json.dumps(posts[1])
            await on_slack(one, command(slack, "ask", WAVES, hook="h1"))
            (shown,) = await slack.until(1, "response_url")
            await on_slack(other, press(slack, buttons(shown)["cv_share"], hook="h1"))
            await slack.until(3, "chat.postMessage")
    finally:
        await slack.stop()


async def test_signed_interactions_may_go_to_any_replica(tmp_path: Path, address: str) -> None:
    """A follow-up at another replica knows the topic, and one person's votes at both count once."""
    async with FakeDiscord() as fake:
        given = {"FAKE_DISCORD": fake.base, "DISCORD_TOKEN": TOKEN}
        given |= {"DISCORD_GATEWAY": "0", "DISCORD_PUBLIC_KEY": PUBLIC_KEY}
        async with replicas(tmp_path, address, given, given) as (one, other):
            first = await on_discord(one, fake, payloads.interaction(2, payloads.command("ask", question=WAVES)))
            shown = await first.until_shown()
            more = await on_discord(other, fake, payloads.interaction(2, payloads.command("ask", question=WHY)))
            assert BECAUSE in words(await more.until_shown())
            parts = [part for row in shown["components"] for part in row["components"]]
            up = next(part["custom_id"] for part in parts if ":up:" in part.get("custom_id", ""))
            vote = {"component_type": 2, "custom_id": up}
            message = payloads.message(payloads.BOT) | {"embeds": shown["embeds"], "components": shown["components"]}
            before = await votes(address)
            for app in (one, other):
                pressed = await on_discord(app, fake, payloads.interaction(3, vote, message=message))
                await pressed.until_acknowledged()
                await pressed.until_shown()
            assert await votes(address) == before + 1


async def test_shards_are_divided_over_processes(tmp_path: Path, address: str) -> None:
    """Each process connects as its shard and answers what Discord sends there; one killed, the other goes on."""
    async with FakeDiscord() as fake:
        given = {"FAKE_DISCORD": fake.base, "FAKE_DISCORD_GATEWAY": fake.gateway.url, "DISCORD_TOKEN": TOKEN}
        given |= {"DISCORD_SHARDS": "2"}
        own = [given | {"DISCORD_SHARD_IDS": str(number)} for number in (0, 1)]
        async with replicas(tmp_path, address, *own) as apps:
            await fake.until(lambda: len(fake.gateway.sockets) == 2)
            assert sorted(one["shard"] for one in fake.gateway.identified) == [[0, 2], [1, 2]]
            for shard in (0, 1):
                await answered_at(fake, shard)
            apps[0].process.kill()
            await fake.until(lambda: list(fake.gateway.sockets) == [1])
            await answered_at(fake, 1)
            assert len(fake.gateway.identified) == 2
            del apps[0]


async def answered_at(fake: FakeDiscord, shard: int) -> None:
    """A question that Discord sends to this shard gets one answer."""
    asked = fake.expect(payloads.interaction(2, FUEL))
    await fake.gateway.dispatch("INTERACTION_CREATE", asked.payload, shard=shard)
    assert "paraffin" in words(await asked.until_shown())
    assert asked.visible == 1
