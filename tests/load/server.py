"""The bot's web role in a process of its own over the real episode, with what its process costs.

Every process started here is ended here.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
AT = "Chapter & Verse is at http://127.0.0.1:"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running bot."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Processor time used so far."""
        return cpu_seconds(self.pid)

    def memory_bytes(self) -> int:
        """Resident memory now."""
        return memory_bytes(self.pid)


def cpu_seconds(pid: int) -> float:
    """Processor time a process used so far."""
    parts = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def memory_bytes(pid: int) -> int:
    """Resident memory of a process now."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * PAGE


@asynccontextmanager
async def serving(*, core: int | None = None, data: Path = ROOT / ".data") -> AsyncIterator[Server]:
    """`python -m bot run --only web`, on one core if one is named; limits out of the way."""
    with tempfile.TemporaryDirectory(prefix="verse-load-") as folder:
        if data.is_dir():  # noqa: ASYNC240 - before anything runs
            shutil.copytree(data, f"{folder}/data", ignore=shutil.ignore_patterns("*.db*"))
        environment = os.environ | {
            "PORT": "0",
            "DATA_DIR": f"{folder}/data",
            "TRANSCRIPT_AUTOFETCH": "0",
            "QUESTIONS_PER_MINUTE": "10000",
            "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "bot", "run", "--only", "web"]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
        )
        try:
            assert process.stderr is not None
            line = ""
            while AT not in line:
                line = (await process.stderr.readline()).decode()
                assert line, "the bot ended before it served"
            if core is not None:
                os.sched_setaffinity(process.pid, {core})
            yield Server(pid=process.pid, port=int(line.rpartition(":")[2]))
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.communicate()


def golden_questions() -> list[str]:
    """What people asked, answerable or not."""
    entries = yaml.safe_load((ROOT / "tests/golden/questions.yaml").read_text(encoding="utf-8"))
    return [entry["question"] for entry in entries if 0 < len(entry["question"].strip()) <= 500]
