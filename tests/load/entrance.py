"""One entrance of the bot under an even rate: the whole application on one core, the askers on the others.

Every process started here is ended here.
"""

import asyncio
import json
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from tests.app.process import App, running
from tests.load.sampling import OURS
from tests.load.server import cpu_seconds, memory_bytes

GOOD_SECONDS = 0.1
PATIENCE_SECONDS = 30.0
QUESTIONS = (
    "what fuel did the lantern use",
    "how high were the waves",
    "what was the dog called",
    "how many stairs are there",
    "who won the world cup in 1998",
)
LIMITS = {"QUESTIONS_PER_MINUTE": "10000", "CHANNEL_QUESTIONS_PER_MINUTE": "100000", "LOG_LEVEL": "warning"}


class Entrance(ABC):
    """How questions get in and answers out."""

    name: str

    @abstractmethod
    async def open(self, stack: AsyncExitStack) -> Mapping[str, str]:
        """Start what stands in for the platform; the settings that point the bot at it."""

    @abstractmethod
    async def connected(self, app: App, stack: AsyncExitStack) -> None:
        """Wait until questions can be asked."""

    @abstractmethod
    async def ask(self, number: int, question: str) -> None:
        """Ask, and return once the person sees the answer. Raises for anything else."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One rate: what the slowest hundredth waited, and how many got nothing."""

    rate: int
    p50_seconds: float
    p99_seconds: float
    failed: int

    @property
    def is_good(self) -> bool:
        return not self.failed and self.p99_seconds < GOOD_SECONDS


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What one core carries by an entrance. `owners`: samples of processor time by whose code it was."""

    name: str
    steps: tuple[Step, ...]
    memory_bytes: int
    cpu_seconds_each: float
    owners: Mapping[str, int]

    @property
    def best(self) -> Step | None:
        """The highest rate that was good."""
        return max((step for step in self.steps if step.is_good), key=lambda step: step.rate, default=None)

    @property
    def share_ours(self) -> float:
        """The share of processor time that ran our own code."""
        return self.owners.get(OURS, 0) / max(1, sum(self.owners.values()))


async def carry(entrance: Entrance, folder: Path, rates: tuple[int, ...], seconds: float) -> Carried:
    """Rates one after another, up to the first that is too much."""
    async with AsyncExitStack() as stack:
        given = await entrance.open(stack)
        samples = folder / "samples.json"
        sampled = {"PROFILE_TO": str(samples)}
        async with running(folder, **LIMITS, **given, **sampled) as app:
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(app.process.pid, {cores[0]})
            os.sched_setaffinity(0, set(cores[1:]) or set(cores))
            stack.callback(os.sched_setaffinity, 0, set(cores))
            await entrance.connected(app, stack)
            await _step(entrance, rates[0], 1.0)
            app.process.send_signal(signal.SIGUSR1)
            before, asked, steps = cpu_seconds(app.process.pid), 0, []
            for rate in rates:
                steps.append(await _step(entrance, rate, seconds))
                asked += int(rate * seconds)
                if not steps[-1].is_good:
                    break
            used, memory = cpu_seconds(app.process.pid) - before, memory_bytes(app.process.pid)
            await _end(app)
        owners: dict[str, int] = json.loads(samples.read_text(encoding="utf-8"))
    return Carried(
        name=entrance.name, steps=tuple(steps), memory_bytes=memory, cpu_seconds_each=used / asked, owners=owners
    )


async def _end(app: App, seconds: float = 20.0) -> None:
    """SIGTERM every second until it ended.

    While the bot's loop is behind by a second, the sampler's own signals fill the pipe that signals come through,
    and a single SIGTERM behind them would be lost.
    """
    async with asyncio.timeout(seconds):
        while app.process.returncode is None:
            app.process.send_signal(signal.SIGTERM)
            await asyncio.wait([asyncio.ensure_future(app.process.wait())], timeout=1.0)


async def _step(entrance: Entrance, rate: int, seconds: float) -> Step:
    async def one(number: int) -> float:
        began = monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await entrance.ask(number, QUESTIONS[number % len(QUESTIONS)])
        except (OSError, TimeoutError, AssertionError, asyncio.IncompleteReadError):
            return float("inf")
        return monotonic() - began

    tasks: list[asyncio.Task[Any]] = []
    began = monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(one(number)))
    took = sorted(await asyncio.gather(*tasks))
    failed = sum(1 for each in took if each == float("inf"))
    return Step(rate=rate, p50_seconds=took[len(took) // 2], p99_seconds=took[int(len(took) * 0.99)], failed=failed)
