"""`python -m tests.load.guilds`: what a thousand Discord servers on one shard cost a process in memory and time.

Each server has as many channels and roles as a lively one; members are not kept.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.adapters.discord.asking import assert_answered
from tests.app.process import running
from tests.fakes.discord import payloads
from tests.fakes.discord.server import TOKEN, FakeDiscord
from tests.load.entrance import LIMITS
from tests.load.server import memory_bytes

COUNTS = (1, 1000, 2500)
CHANNELS, ROLES = 40, 25


def server(number: int) -> dict[str, Any]:
    """One server, of its own ids."""
    made = payloads.guild(payloads.GUILD_ID + number * 1000)
    base = int(made["id"])
    made["channels"] = [payloads.channel(base + 1 + one, base, f"channel-{one}") for one in range(CHANNELS)]
    made["roles"] += [made["roles"][0] | {"id": str(base + 500 + one), "name": f"role-{one}"} for one in range(ROLES)]
    return made


async def measure(count: int, folder: Path) -> tuple[int, float]:
    """Resident bytes once all servers are there and a question was answered; seconds from start to that."""
    async with FakeDiscord() as fake:
        fake.gateway.guilds = [server(number) for number in range(count)]
        given = {"FAKE_DISCORD": fake.base, "FAKE_DISCORD_GATEWAY": fake.gateway.url, "DISCORD_TOKEN": TOKEN}
        began = time.monotonic()
        async with running(folder, **LIMITS, **given) as app:
            await fake.gateway.ready.wait()
            await assert_answered(fake)
            took = time.monotonic() - began
            memory = memory_bytes(app.process.pid)
            await app.end()
    return memory, took


async def main() -> int:
    """Few and many."""
    print(f"{os.cpu_count()} cores; servers of {CHANNELS} channels and {ROLES} roles, one shard")
    print("| servers | memory | from start to the first answer |\n|---|---|---|")
    for count in COUNTS:
        with tempfile.TemporaryDirectory(prefix="verse-load-") as folder:
            memory, took = await measure(count, Path(folder))
        print(f"| {count:,} | {memory / 2**20:.0f} MB | {took:.1f} s |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
