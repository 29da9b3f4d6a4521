"""The load figure: 50 commands a second for 20 s, over each mode, against the same bot with an empty handler.

Run as `python -m tests.load.slack`. The bot runs in a process of its own, the fake Slack and the clock in this one.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.fakes.slack.payloads import as_form, command, signed
from tests.fakes.slack.server import FakeSlack

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "what fuel did the lantern use",
    "was he scared in the hurricane?",
    "how many stiars are there",
    "who won the world cup in 1998",
    "WHAT WAS THE DOG CALLED???",
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Seconds to each acknowledgement and each answer; an acknowledgement that never came is infinite."""

    acks: list[float]
    answers: list[float]


async def measure(mode: str, *, rate: int, seconds: float, empty: bool) -> Run:
    """One run: a fresh bot, a fresh database, commands at an even rate whatever comes back."""
    slack = await FakeSlack().start()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        arguments = ["-m", "tests.fakes.slack.bot", slack.url, folder, mode, *(["--empty"] if empty else [])]
        bot = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        try:
            assert bot.stdout is not None
            port = json.loads(await bot.stdout.readline())["port"]
            return await _fire(slack, mode, port, rate=rate, seconds=seconds, empty=empty)
        finally:
            bot.terminate()
            await bot.wait()
            await slack.stop()


async def _fire(slack: FakeSlack, mode: str, port: int, *, rate: int, seconds: float, empty: bool) -> Run:
    sent: dict[str, float] = {}
    total = int(rate * seconds)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as client:

        async def one(number: int) -> float:
            hook = f"n{number}"
            payload = command(slack, "ask", QUESTIONS[number % len(QUESTIONS)], user=f"U0{number % 500:04}", hook=hook)
            sent[hook] = time.monotonic()
            try:
                if mode == "socket":
                    await slack.send("slash_commands", payload, seconds=3.0)
                else:
                    await _post(client, port, payload)
            except TimeoutError:
                return float("inf")
            return time.monotonic() - sent[hook]

        began, tasks = time.monotonic(), []
        for number in range(total):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            tasks.append(asyncio.create_task(one(number)))
        acks = list(await asyncio.gather(*tasks))
    if not empty:
        await slack.until(total, "response_url", seconds=60.0)
    answers = [call.at - sent[call.body["_hook"]] for call in slack.calls if call.method == "response_url"]
    return Run(acks=acks, answers=answers)


async def _post(client: aiohttp.ClientSession, port: int, payload: dict[str, object]) -> None:
    body, kind = as_form(payload)
    headers = signed(body, now=time.time(), kind=kind)
    async with asyncio.timeout(3.0):
        async with client.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers) as reply:
            if reply.status != 200:
                raise TimeoutError
            await reply.read()


def line(name: str, run: Run, total: int) -> str:
    """One row of the table."""
    in_time = sum(1 for one in run.acks if one <= 3.0)
    cells = [name, str(total), f"{100 * in_time / total:.1f} %", *_spread(run.acks), str(len(run.answers))]
    return "| " + " | ".join([*cells, *(_spread(run.answers) if run.answers else ("–", "–"))]) + " |"


def _spread(found: list[float]) -> tuple[str, str]:
    cuts = statistics.quantiles(found, n=100)
    return f"{statistics.median(found) * 1000:.1f} ms", f"{cuts[98] * 1000:.1f} ms"


async def main() -> None:
    """All four runs, as a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    total = int(options.rate * options.seconds)
    print("| bot | commands | acknowledged in 3 s | ack p50 | ack p99 | answers | answer p50 | answer p99 |")
    print("|---|---|---|---|---|---|---|---|")
    for mode in ("socket", "http"):
        for empty in (True, False):
            run = await measure(mode, rate=options.rate, seconds=options.seconds, empty=empty)
            print(line(f"{mode}, {'empty handler' if empty else 'answering'}", run, total), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
