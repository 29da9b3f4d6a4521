"""`python -m tests.load`: the requests a second each entrance carries on one core at p99 below 100 ms.

From asking to the answer being seen, so a platform's two messages count as one. Also memory and whose code runs.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.load.chats import DiscordGateway, DiscordHttp, SlackHttp, SlackSocket
from tests.load.entrance import Carried, Entrance, carry
from tests.load.web import WebApi

ENTRANCES: dict[str, type[Entrance]] = {
    "web": WebApi,
    "slack-http": SlackHttp,
    "slack-socket": SlackSocket,
    "discord-http": DiscordHttp,
    "discord-gateway": DiscordGateway,
}
RATES = (25, 50, 75, 100, 150, 200, 300, 400, 600, 700, 800)
HEAD = "| entrance | requests/s at p99 < 100 ms | p50 | p99 | CPU each | memory | ours | then |\n" + "|---" * 8 + "|"


def row(found: Carried) -> str:
    """One line of the table."""
    best = found.best
    rate = str(best.rate) if best else f"below {found.steps[0].rate}"
    shown = best or found.steps[0]
    others = sorted(((count, name) for name, count in found.owners.items() if name != "ours"), reverse=True)[:3]
    total = sum(found.owners.values())
    then = ", ".join(f"{name} {100 * count / total:.0f} %" for count, name in others)
    cells = [
        found.name,
        rate,
        f"{1000 * shown.p50_seconds:.1f} ms",
        f"{1000 * shown.p99_seconds:.1f} ms",
        f"{1000 * found.cpu_seconds_each:.2f} ms",
        f"{found.memory_bytes / 2**20:.0f} MB",
        f"{100 * found.share_ours:.0f} %",
        then,
    ]
    return "| " + " | ".join(cells) + " |"


async def main() -> int:
    """Every entrance that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entrances", nargs="*", metavar="ENTRANCE", help=f"some of {', '.join(ENTRANCES)}")
    parser.add_argument("--seconds", type=float, default=6.0, help="for each rate")
    chosen = parser.parse_args()
    if unknown := set(chosen.entrances) - ENTRANCES.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began\n{HEAD}", flush=True)
    is_good = True
    for name in chosen.entrances or ENTRANCES:
        with tempfile.TemporaryDirectory(prefix="verse-load-") as folder:
            found = await carry(ENTRANCES[name](), Path(folder), RATES, chosen.seconds)
        is_good &= found.best is not None
        print(row(found), flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
