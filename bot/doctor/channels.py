"""The channels that get a daily insight: whether the bot may still post there.

Knows subscriptions; asks the platforms through readers handed in.
"""

from typing import Protocol

from bot.doctor.finding import Finding
from bot.errors import StoreError
from bot.store.model import Subscription
from bot.store.store import Store

MOST = 200
"""So many are looked at: each costs a platform two calls, and they limit those."""


class Reader(Protocol):
    """Rights on one platform."""

    async def missing(self, workspace_id: str, channel_id: str) -> str:
        """What stops a post, with what to do; empty when nothing does."""
        ...


async def check(store: Store, discord: Reader | None, slack: Reader | None) -> list[Finding]:
    """A line for each channel that would not get its insight, or one line that says all would."""
    try:
        page = await store.subscriptions_after("", limit=MOST + 1)
    except StoreError as error:
        return [Finding.bad("channels", str(error), "check the database")]
    readers = {"discord": discord, "slack": slack}
    found, good = [], 0
    for one in page[:MOST]:
        reader = readers.get(one.platform)
        if reader is None:
            continue
        if problem := await reader.missing(one.workspace_id, one.channel_id):
            found.append(_problem(one, problem))
        else:
            good += 1
    if len(page) > MOST:
        found.append(Finding.note("channels", f"only the first {MOST} daily channels were looked at"))
    return [Finding.fine("channels", f"the bot may post in {good} daily channels"), *found] if good else found


def _problem(one: Subscription, problem: str) -> Finding:
    line, _, advice = problem.partition("; ")
    place = f"{one.platform} channel {one.channel_id}"
    return Finding.bad("channels", f"{place}: {line}", advice) if advice else Finding.bad("channels", place, line)
