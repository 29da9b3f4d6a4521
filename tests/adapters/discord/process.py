"""The bot in a process of its own, against the fake Discord of a test.

Knows how to start and end it; every process started here is ended here.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.discord.server import TOKEN, FakeDiscord

ROOT = Path(__file__).parents[3]


@dataclass
class Bot:
    """A running bot."""

    process: asyncio.subprocess.Process
    log: Path

    async def end(self, seconds: float = 15.0) -> int:
        """Ask it to stop, and its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.exit_code(seconds)

    async def exit_code(self, seconds: float = 15.0) -> int:
        """Wait for it to end by itself."""
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    def lines(self) -> str:
        """Everything it logged."""
        return self.log.read_text(encoding="utf-8")


@asynccontextmanager
async def running(fake: FakeDiscord, folder: Path, *, is_ready: bool = True, **more: str) -> AsyncIterator[Bot]:
    """The bot, started and, unless told otherwise, ready; killed if the test did not end it."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
        "FAKE_BASE": fake.base,
        "FAKE_GATEWAY": fake.gateway.url,
        "BOT_TOKEN": TOKEN,
        "FOLDER": str(folder),
    }
    log = folder / "bot.log"
    with log.open("w", encoding="utf-8") as stream:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.fakes.discord.launch", env=environment | more, stderr=stream, stdout=stream
        )
    try:
        if is_ready:
            async with asyncio.timeout(20):
                await fake.gateway.ready.wait()
        yield Bot(process=process, log=log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
