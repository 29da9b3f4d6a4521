"""A real, unmodified Bolt in a process of its own, against the fake Slack on loopback."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.fakes.slack.payloads import as_form, command, direct, mention, signed, words
from tests.fakes.slack.server import FakeSlack

FUEL = "what fuel did the lantern use"
ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def process(slack: FakeSlack, folder: Path, mode: str, *more: str) -> AsyncIterator[tuple[Any, int]]:
    """The bot's process and its port; SLACK_ variables of another app are in its environment, and must not matter."""
    strange = {
        "SLACK_CLIENT_ID": "9.9",
        "SLACK_CLIENT_SECRET": "x",
        "SLACK_SIGNING_SECRET": "y",
        "SLACK_BOT_TOKEN": "z",
    }
    made = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.fakes.slack.bot", slack.url, str(folder), mode, *more),
        cwd=ROOT,
        env=os.environ | strange,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert made.stdout is not None
        async with asyncio.timeout(30):
            line = json.loads(await made.stdout.readline())
        assert line["ready"]
        yield made, line["port"]
    finally:
        if made.returncode is None:
            made.kill()
        await made.wait()


async def stopped(made: Any) -> tuple[int, float]:
    """Exit code and seconds after SIGTERM."""
    began = time.monotonic()
    made.send_signal(signal.SIGTERM)
    async with asyncio.timeout(15):
        return await made.wait(), time.monotonic() - began


async def test_over_socket_mode(slack: FakeSlack, tmp_path: Path) -> None:
    """Command and mention, a killed connection, SIGTERM: answered, back in 3 s, exit 0."""
    async with process(slack, tmp_path, "socket") as (made, _):
        await slack.send("slash_commands", command(slack, "ask", FUEL))
        await slack.send("events_api", mention(FUEL))
        assert all("12 litres" in words(one) for one in await slack.until(2))
        began = time.monotonic()
        await slack.kill_sockets()
        await slack.connected()
        assert time.monotonic() - began < 3
        code, seconds = await stopped(made)
        assert code == 0
        assert seconds < 10


async def test_over_signed_http(slack: FakeSlack, tmp_path: Path) -> None:
    """A signed command is answered, an unsigned one is not; no account file of Slack's own appears anywhere."""
    async with process(slack, tmp_path, "http") as (made, port), aiohttp.ClientSession() as client:
        address = f"http://127.0.0.1:{port}/slack/events"
        body, kind = as_form(command(slack, "ask", FUEL))
        async with client.post(address, data=body, headers=signed(body, now=time.time(), kind=kind)) as reply:
            assert reply.status == 200
        assert "12 litres" in words((await slack.until(1))[0])
        async with client.post(address, data=body, headers={"content-type": kind}) as reply:
            assert reply.status == 401
        assert (await stopped(made))[0] == 0
    assert [name for name in os.listdir(tmp_path) if not name.startswith("bot.db")] == []


async def test_two_processes_on_one_database_answer_once(slack: FakeSlack, tmp_path: Path) -> None:
    """The same delivery at both, at the same moment, five times: one answer each."""
    async with (
        process(slack, tmp_path, "http") as (_, first),
        process(slack, tmp_path, "http") as (_, second),
        aiohttp.ClientSession() as client,
    ):

        async def deliver(port: int, body: bytes) -> int:
            headers = signed(body, now=time.time())
            async with client.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers) as reply:
                return reply.status

        for number in range(5):
            body, _kind = as_form(direct(FUEL, channel=f"D{number}"))
            assert await asyncio.gather(*[deliver(port, body) for port in (first, second)]) == [200, 200]
        await slack.until(5, "chat.postMessage", seconds=15)
        body, _kind = as_form(direct("hello there", channel="D9"))
        await deliver(first, body)
        assert len(await slack.until(6, "chat.postMessage", seconds=15)) == 6


async def test_sigterm_lets_work_in_flight_end(slack: FakeSlack, tmp_path: Path) -> None:
    """What takes a second is finished, and the process ends within ten."""
    async with process(slack, tmp_path, "socket", "--slow", "1") as (made, _):
        await slack.send("slash_commands", command(slack, "ask", FUEL))
        code, seconds = await stopped(made)
        assert code == 0
        assert 0.8 < seconds < 10
