"""The application in a process of its own, over a copy of the made-up episode.

Knows how to start and end it; every process started here is ended here.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.made_up import FOLDER

ROOT = Path(__file__).parents[2]
AT = "Chapter & Verse is at "
SECONDS = 30.0


@dataclass
class App:
    """A running application; `said` is all it printed, both streams."""

    process: asyncio.subprocess.Process
    client: aiohttp.ClientSession
    log: Path
    url: str = ""

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    async def until_said(self, words: str, seconds: float = SECONDS) -> str:
        """Everything printed, once these words are among it; fails when it ended before."""
        async with asyncio.timeout(seconds):
            while words not in self.said:
                assert self.process.returncode is None, self.said
                await asyncio.sleep(0.02)
        return self.said

    async def ask(self, question: str, **headers: str) -> dict[str, Any]:
        """A question over HTTP; the outcome."""
        async with self.client.get(f"{self.url}/api/ask", params={"q": question}, headers=headers) as reply:
            assert reply.status == 200, await reply.text()
            outcome: dict[str, Any] = await reply.json()
            return outcome

    async def ready(self) -> tuple[int, dict[str, Any]]:
        """The status of /readyz and its checks by name."""
        async with self.client.get(f"{self.url}/readyz") as reply:
            return reply.status, (await reply.json())["checks"]

    async def metrics(self) -> str:
        async with self.client.get(f"{self.url}/metrics") as reply:
            return await reply.text()

    async def end(self, seconds: float = 10.0) -> int:
        """SIGTERM, and the exit code; fails when that takes longer."""
        self.process.send_signal(signal.SIGTERM)
        return await self.exit_code(seconds)

    async def exit_code(self, seconds: float = SECONDS) -> int:
        async with asyncio.timeout(seconds):
            return await self.process.wait()


def environment(folder: Path, **given: str) -> dict[str, str]:
    """What a process gets: the made-up episode, a data folder of its own, any port, no download."""
    knowledge = folder / "knowledge"
    if not knowledge.exists():
        shutil.copytree(FOLDER, knowledge / FOLDER.name)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
        "KNOWLEDGE_DIR": str(knowledge),
        "EPISODE": FOLDER.name,
        "DATA_DIR": str(folder / "data"),
        "PORT": "0",
        "TRANSCRIPT_AUTOFETCH": "0",
        "LOG_FORMAT": "json",
        **given,
    }


@asynccontextmanager
async def running(folder: Path, *arguments: str, is_ready: bool = True, **given: str) -> AsyncIterator[App]:
    """`python -m bot run`, ready unless told otherwise; killed if the test did not end it."""
    log = folder / "said.txt"
    command = (sys.executable, "-m", "tests.app.launch", *arguments)
    with log.open("w", encoding="utf-8") as stream:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment(folder, **given), stdout=stream, stderr=stream
        )
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as client:
            app = App(process=process, client=client, log=log)
            if is_ready:
                said = await app.until_said(AT)
                app.url = said.partition(AT)[2].splitlines()[0].strip()
            yield app
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
