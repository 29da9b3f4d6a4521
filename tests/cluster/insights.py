"""Daily insights of the trial: subscriptions that come due, and the reckoning of what became of them.

Looks at the database and at what the fake Slack accepted.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from bot.store.model import Wanted
from bot.store.store import Store
from tests.fakes.slack.server import TEAM, FakeSlack
from tests.made_up import FOLDER


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """Due, posted once; what was doubled, lost, uncertain; how late the latest came."""

    due: int
    posted: int
    doubled: int
    lost: int
    uncertain: int
    latest_seconds: float


async def subscribe(store: Store, name: str, due: datetime, count: int) -> None:
    """That many channels with a slot at that minute."""
    for number in range(count):
        wanted = Wanted(
            platform="slack",
            workspace_id=TEAM,
            channel_id=f"C{name}{number:03}",
            episode_id=FOLDER.name,
            local_time=due.time().replace(second=0, microsecond=0),
            zone="UTC",
        )
        await store.subscribe(wanted, next_due_at=due)


def posts(slack: FakeSlack) -> dict[str, list[float]]:
    """When each channel got a post, as seconds since 1970."""
    offset = time.time() - time.monotonic()
    found: dict[str, list[float]] = {}
    for call in slack.calls:
        if call.method == "chat.postMessage":
            found.setdefault(str(call.body["channel"]), []).append(call.at + offset)
    return found


async def until_settled(address: str, slack: FakeSlack, due: dict[str, datetime], seconds: float) -> Reckoning:
    """Wait until nothing is open any more, and reckon."""
    async with asyncio.timeout(seconds):
        while await _open(address):  # noqa: ASYNC110 - other processes work
            await asyncio.sleep(0.2)
    found, states = posts(slack), await _states(address)
    late = [found[name][0] - at.timestamp() for name, at in due.items() if name in found]
    return Reckoning(
        due=len(due),
        posted=len(found),
        doubled=sum(len(times) - 1 for times in found.values()),
        lost=sum(1 for name in due if name not in found and states.get(name) != "uncertain"),
        uncertain=sum(1 for name in due if states.get(name) == "uncertain"),
        latest_seconds=max(late, default=0.0),
    )


async def _open(address: str) -> bool:
    query = """SELECT (SELECT count(*) FROM deliveries WHERE state = 'claimed')
                    + (SELECT count(*) FROM subscriptions WHERE next_due_at <= now()) AS open"""
    return bool((await _fetch(address, query))[0]["open"])


async def _states(address: str) -> dict[str, str]:
    query = "SELECT s.channel_id, d.state FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id"
    return {row["channel_id"]: row["state"] for row in await _fetch(address, query)}


async def _fetch(address: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(address)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


def next_minute(ahead: int = 1) -> datetime:
    """A whole minute to come."""
    return datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=ahead)
