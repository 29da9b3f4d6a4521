"""The bot's processes under a small supervisor that starts a killed one again, as systemd or Kubernetes would.

Every process started here is ended here.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]
RESTART_SECONDS = 0.5


class Supervised:
    """One process that is always started again. `port` is where its /readyz is."""

    def __init__(self, role: str, port: int, environment: Mapping[str, str], log: Path) -> None:
        self.role = role
        self.port = port
        self.kills = 0
        self._environment = {**environment, "PORT": str(port)}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to keep it running."""
        self._keeper = asyncio.create_task(self._keep())

    async def kill(self) -> None:
        """SIGKILL, as when a machine is taken away."""
        assert self._process is not None
        assert self._process.returncode is None
        self.kills += 1
        self._process.send_signal(signal.SIGKILL)

    def freeze(self, *, frozen: bool = True) -> None:
        """Stop it where it stands, or let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    async def ready(self, seconds: float = 60.0) -> None:
        """Wait until it says that it is ready."""
        async with asyncio.timeout(seconds), aiohttp.ClientSession() as client:
            while True:
                with suppress(aiohttp.ClientError):
                    async with client.get(f"http://127.0.0.1:{self.port}/readyz") as reply:
                        if reply.status == 200:
                            return
                await asyncio.sleep(0.1)

    async def stop(self) -> int:
        """SIGTERM and no new start; the exit code."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(12):
                    await process.wait()
            except TimeoutError:
                process.kill()
        return await process.wait()

    async def _keep(self) -> None:
        command = (sys.executable, "-m", "tests.app.launch", "--only", self.role)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self._environment}
        while True:
            with self._log.open("a", encoding="utf-8") as stream:
                self._process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=stream)
            await self._process.wait()
            await asyncio.sleep(RESTART_SECONDS)
