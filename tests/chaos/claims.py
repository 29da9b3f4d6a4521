"""`python -m tests.chaos.claims`: how long 100,000 subscriptions due within one minute take.

Claimed in batches and handed over to a poster that does nothing: once by one replica, once by four processes on
PostgreSQL, and on SQLite. `--marked` also writes every send and mark, as a running bot does.
"""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bot.insights.runner import Runner
from bot.store import tables
from bot.store.model import Wanted
from bot.store.rows import row_of_wanted
from bot.store.store import Store
from tests.insights.fakes import Platform, episode
from tests.store import postgres

NOW = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)


async def fill(address: str, count: int) -> None:
    """That many subscriptions, in the middle of their round, due within the minute before NOW."""
    store = await Store.open(address, clock=lambda: NOW)
    used = [f"i{number:02}" for number in range(45)]
    for low in range(0, count, 5000):
        rows = [_row(number, used) for number in range(low, min(low + 5000, count))]
        async with store._database.writing() as connection:
            await connection.execute(tables.subscriptions.insert(), rows)
    async with store._database.writing() as connection:
        await connection.exec_driver_sql("ANALYZE")  # as the server does by itself within a minute
    await store.close()


def _row(number: int, used: list[str]) -> dict[str, Any]:
    wanted = Wanted(
        platform="discord",
        workspace_id=f"w{number // 3}",
        channel_id=f"c{number}",
        episode_id="e1",
        local_time=(NOW - timedelta(minutes=1)).time(),
        zone="UTC",
    )
    due = NOW - timedelta(seconds=60 * Random(number).random())
    return row_of_wanted(wanted) | {
        "id": wanted.id,
        "created_at": NOW,
        "changed_at": NOW,
        "is_paused": False,
        "skip_dates": [],
        "round": 0,
        "used": used,
        "next_due_at": due,
    }


async def _replica(address: str, is_marked: bool) -> tuple[float, list[str]]:
    """Claim and hand over until nothing is due: seconds, and the ids handed over."""
    store = await Store.open(address, clock=lambda: NOW, patience_seconds=60)
    known, handed = {"e1": episode(90)}, []
    platform = Platform()
    runner = Runner(
        store=store, episodes=lambda: known, posters={"discord": platform}, clock=lambda: NOW, random=Random(1)
    )
    began = time.perf_counter()
    if is_marked:
        while await runner.tick():
            pass
        handed = [post.mark for _, post in platform.posts]
    else:
        while (claims := await runner.claim()) is not None:
            handed += [claim.delivery.mark for claim in claims]
    took = time.perf_counter() - began
    await store.close()
    return took, handed


def _process(address: str, is_marked: bool) -> tuple[float, list[str]]:
    return asyncio.run(_replica(address, is_marked))


def measure(address: str, replicas: int, is_marked: bool) -> tuple[float, Counter[str]]:
    """Wall seconds until every replica found nothing more, and how often each delivery was handed over."""
    with multiprocessing.get_context("spawn").Pool(replicas) as pool:
        results = pool.starmap(_process, [(address, is_marked)] * replicas)
    return max(took for took, _ in results), Counter(mark for _, handed in results for mark in handed)


def _report(name: str, count: int, took: float, handed: Counter[str]) -> bool:
    doubles = sum(times - 1 for times in handed.values())
    print(f"{name:36} {took:7.1f} s  {len(handed) / took:8.0f}/s  missing {count - len(handed)}  doubles {doubles}")
    return len(handed) == count and doubles == 0


async def _on_fresh(server: str, count: int) -> str:
    address = await postgres.new_database(server)
    await fill(address, count)
    return address


def main() -> int:
    """PostgreSQL with one and four replicas, then SQLite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--marked", action="store_true", help="write every send and mark, too")
    chosen = parser.parse_args()
    good = True
    with postgres.server_address() as server:
        for replicas in (1, 4):
            address = asyncio.run(_on_fresh(server, chosen.count))
            took, handed = measure(address, replicas, chosen.marked)
            good &= _report(f"PostgreSQL, {replicas} replica(s)", chosen.count, took, handed)
            asyncio.run(postgres.drop_database(server, address))
    with tempfile.TemporaryDirectory(prefix="verse-claims-") as folder:
        address = f"sqlite:///{folder}/verse.db"
        asyncio.run(fill(address, chosen.count))
        took, handed = measure(address, 1, chosen.marked)
        good &= _report("SQLite, 1 replica", chosen.count, took, handed)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
