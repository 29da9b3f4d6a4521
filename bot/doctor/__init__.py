"""Looks at everything a running bot needs and says, a line each, what is wrong and what to do.

Knows what the parts need, not how they work; changes nothing but bringing the database up to date, as `run` would.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from time import time

from bot.doctor import channels, discord, local, slack
from bot.doctor.calls import Calls, Places, check_clock
from bot.doctor.finding import Finding
from bot.errors import StoreError
from bot.settings import Settings
from bot.store.store import Store


def examine(
    settings: Settings,
    *,
    as_json: bool = False,
    places: Places | None = None,
    clock: Callable[[], float] = time,
    out: Callable[[str], None] = print,
) -> int:
    """Check everything and print what was found; 0 when nothing is wrong, else 1.

    `places` are the platforms' addresses; `clock` gives seconds since 1970.
    """
    found = asyncio.run(look(settings, places or Places(), clock))
    is_fine = not any(one.is_bad for one in found)
    if as_json:
        out(json.dumps({"ok": is_fine, "checks": [asdict(one) for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            out(one.shown())
        out("Everything the bot needs is there." if is_fine else "Mend what is marked BAD, then run doctor again.")
    return 0 if is_fine else 1


async def look(settings: Settings, places: Places, clock: Callable[[], float]) -> list[Finding]:
    """Every finding, in the order an operator would go through them."""
    found = [*local.check_settings(settings), *local.check_knowledge(settings), local.check_data(settings)]
    database, store = await _opened(settings)
    found += [database, local.check_port(settings)]
    try:
        async with Calls(places) as calls:
            on_discord = await discord.check(settings, calls)
            on_slack = await slack.check(settings, calls)
            found += [*on_discord.findings, *on_slack.findings]
            found += await channels.check(store, on_discord.reader, on_slack.reader) if store else []
            found.append(check_clock(calls, clock))
    finally:
        if store:
            await store.close()
    return found


async def _opened(settings: Settings) -> tuple[Finding, Store | None]:
    """The database, open, with its tables up to date."""
    given = settings.database_url.reveal()
    url = given or f"sqlite:///{settings.data_dir / 'chapterverse.db'}"
    kind = "PostgreSQL" if url.startswith("postgres") else "SQLite"
    try:
        store = await Store.open(url, clock=lambda: datetime.now(UTC))
        keeps_sessions = await store.keeps_sessions()
    except StoreError as error:
        line, _, advice = str(error).removeprefix("database: ").partition("; ")
        return Finding.bad("database", line, advice or f"check {'DATABASE_URL' if given else 'DATA_DIR'}"), None
    if not keeps_sessions:
        line = "DATABASE_URL leads to a pooler in transaction mode, where no lock lasts: an insight could come twice"
        return Finding.bad("database", line, "use its session mode, or the server's own address"), store
    return Finding.fine("database", f"{kind} is reachable, its tables are up to date"), store
