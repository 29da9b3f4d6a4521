"""Load on Discord: so many interactions a second against the bot in a process of its own, over gateway and HTTP.

    python -m tests.load.discord [--rate 50] [--seconds 20] [--way gateway|http|both] [--no-pictures]

Prints how many were acknowledged within 3 s, and p50 and p99 of acknowledgement and answer, in milliseconds.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import quantiles
from time import monotonic

import aiohttp

from tests.adapters.discord.process import running
from tests.adapters.discord.signing import KEY, PUBLIC_KEY, signed_headers
from tests.fakes.discord import payloads
from tests.fakes.discord.server import Asked, FakeDiscord
from tests.load.entrance import QUESTIONS as ANSWERED

QUESTIONS = (*ANSWERED, "hello there")
Send = Callable[[Asked], Awaitable[None]]


async def main() -> int:
    """Measure; exit code 1 when an interaction was not acknowledged within 3 s or not answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--no-pictures", action="store_true", help="answers without the strip image")
    parser.add_argument("--way", choices=["gateway", "http", "both"], default="both")
    given = parser.parse_args()
    ways = ["gateway", "http"] if given.way == "both" else [given.way]
    results = [await measure(way, given) for way in ways]
    return 0 if all(results) else 1


async def measure(way: str, given: argparse.Namespace) -> bool:
    """One way, from a fresh start."""
    rate, seconds, with_pictures = given.rate, given.seconds, not given.no_pictures
    with tempfile.TemporaryDirectory() as folder:
        more = {"GATEWAY": "1"} if way == "gateway" else {"GATEWAY": "0", "PUBLIC_KEY": PUBLIC_KEY}
        more |= {"PICTURES": "1"} if with_pictures else {}
        async with FakeDiscord() as fake, running(fake, Path(folder), is_ready=way == "gateway", **more) as bot:
            if way == "gateway":
                asked = await drive(fake, gateway_sender(fake), rate=rate, seconds=seconds)
            else:
                async with aiohttp.ClientSession() as session:
                    sender = http_sender(fake, session, await port_of(Path(folder)))
                    asked = await drive(fake, sender, rate=rate, seconds=seconds)
            code = await bot.end()
    return report(way, asked, exit_code=code)


async def drive(fake: FakeDiscord, send: Send, *, rate: int, seconds: int) -> list[Asked]:
    """Send at an even rate, whatever comes back when; then wait for the answers."""
    began, sent, sending = monotonic(), [], set()
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - monotonic()))
        question = payloads.command("ask", question=QUESTIONS[number % len(QUESTIONS)])
        person = payloads.member(payloads.user(1_000_000 + number % 500, f"user{number % 500}"))
        asked = fake.expect(payloads.interaction(2, question, member=person))
        sent.append(asked)
        task = asyncio.create_task(send(asked))
        sending.add(task)
        task.add_done_callback(sending.discard)
    await asyncio.gather(*sending)
    for asked in sent:
        await asked.until_shown(seconds=30.0)
    return sent


def gateway_sender(fake: FakeDiscord) -> Send:
    """As an event of the gateway."""

    async def send(asked: Asked) -> None:
        await fake.gateway.dispatch("INTERACTION_CREATE", asked.payload)

    return send


def http_sender(fake: FakeDiscord, session: aiohttp.ClientSession, port: int) -> Send:
    """As a signed request, whose reply is the acknowledgement."""
    url = f"http://127.0.0.1:{port}/discord/interactions"

    async def send(asked: Asked) -> None:
        body = json.dumps(asked.payload).encode()
        headers = signed_headers(body, now=time.time(), key=KEY)
        async with session.post(url, data=body, headers=headers) as reply:
            if reply.status == 200:
                fake.acknowledge(asked, await reply.json())

    return send


async def port_of(folder: Path) -> int:
    """The port the bot wrote down once it serves."""
    for _ in range(400):
        if (folder / "port").exists():
            return int((folder / "port").read_text(encoding="utf-8"))
        await asyncio.sleep(0.05)
    raise TimeoutError("the bot does not serve HTTP")


def report(way: str, asked: list[Asked], *, exit_code: int) -> bool:
    """Print the figures; True when all were acknowledged in time and answered."""
    acks = [one.ack_seconds for one in asked if one.ack_seconds is not None]
    answers = [one.shown_seconds for one in asked if one.shown_seconds is not None]
    in_time = sum(one < 3.0 for one in acks)
    print(
        f"{way}: {len(asked)} interactions, acknowledged within 3 s {in_time} ({100 * in_time / len(asked):.1f} %), "
        f"answered {len(answers)}, exit code {exit_code}"
    )
    for name, values in (("acknowledged", acks), ("answered", answers)):
        cuts = quantiles(values, n=100, method="inclusive")
        print(f"  {name}: p50 {1000 * cuts[49]:.1f} ms, p99 {1000 * cuts[98]:.1f} ms, most {1000 * max(values):.1f} ms")
    print(f"  machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    return in_time == len(asked) == len(answers) and exit_code == 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
