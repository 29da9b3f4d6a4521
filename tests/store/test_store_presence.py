"""Who is alive: what a dead worker held is free at once, what a living one holds is not, on both databases."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.doctor import _opened
from bot.errors import StoreError
from bot.settings import Settings
from bot.store.model import Claim, Delivery
from bot.store.store import Store
from tests.store import postgres
from tests.store.made import LEASE, one_a_day, wanted
from tests.store.pooler import PGBOUNCER, pooled

ROOT = Path(__file__).parents[2]
OPEN_AND_WAIT = """
import asyncio, sys
from datetime import UTC, datetime
from bot.store.store import Store

async def main():
    store = await Store.open(sys.argv[1], clock=lambda: datetime.now(UTC))
    async with store.present() as name:
        print(name, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def held(store: Store, clock: Any, worker: str) -> Delivery:
    await store.subscribe(wanted(), next_due_at=clock())
    claims = await store.claim_due(
        until=clock(), platforms=["discord"], lease=LEASE, worker=worker, limit=9, plan=one_a_day
    )
    assert claims
    return claims[0].delivery


async def taken(store: Store, worker: str, **how: Any) -> tuple[Claim, ...]:
    return await store.take_over(platforms=["discord"], lease=LEASE, worker=worker, limit=9, **how)


async def test_a_killed_process_holds_nothing(store: Store, address: str, clock: Any) -> None:
    """SIGKILL, and another worker has the claim at the next look; before it has nothing."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OPEN_AND_WAIT, address), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        name = (await process.stdout.readline()).decode().strip()
        delivery = await held(store, clock, name)
        async with store.present() as mine:
            assert await taken(store, mine) == ()
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            async with asyncio.timeout(5):
                while not (found := await taken(store, mine)):  # noqa: ASYNC110 - another process dies
                    await asyncio.sleep(0.05)
            assert (found[0].delivery.worker, found[0].delivery.mark) == (mine, delivery.mark)
            assert not await store.begin_send(delivery, lease=LEASE)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_worker_that_ended_holds_nothing(store: Store, clock: Any) -> None:
    """As a process leaves in good order, another goes on with what it held."""
    async with store.present() as mine:
        async with store.present() as other:
            await held(store, clock, other)
            assert await taken(store, mine) == ()
        assert len(await taken(store, mine)) == 1


async def test_a_send_that_began_waits_until_its_worker_is_surely_gone(store: Store, clock: Any) -> None:
    """A platform may still be at what a dead worker sent it, and a living one be cut off for a moment."""
    async with store.present() as other:
        assert await store.begin_send(await held(store, clock, other), lease=LEASE)
    async with store.present() as mine:
        assert await taken(store, mine) == ()
        assert len(await taken(store, mine, settle_seconds=0)) == 1


async def test_who_does_not_hold_its_name_begins_nothing(store: Store, clock: Any) -> None:
    """Others take over what it holds just then; the claim is left as it is."""
    async with store.present() as name:
        delivery = await held(store, clock, name)
    with pytest.raises(StoreError):
        await store.begin_send(delivery, lease=LEASE)
    assert (await store.deliveries_of(delivery.subscription_id))[0].attempts == 0


async def test_no_file_stays_behind(tmp_path: Path, clock: Any) -> None:
    """What killed processes left beside a SQLite file goes with the next one; its own goes as it ends."""
    store = await Store.open(f"sqlite:///{tmp_path}/verse.db", clock=clock)
    folder = tmp_path / "verse.db-workers"
    try:
        async with store.present():
            (folder / "@of-a-killed-one").touch()
            async with store.present():
                assert len(list(folder.iterdir())) == 2
        assert list(folder.iterdir()) == []
    finally:
        await store.close()


async def test_a_file_reached_by_a_link_has_the_same_workers(tmp_path: Path, clock: Any) -> None:
    """Two processes may spell the path of one database differently; neither takes the other for dead."""
    store = await Store.open(f"sqlite:///{tmp_path}/verse.db", clock=clock)
    (tmp_path / "link.db").symlink_to(tmp_path / "verse.db")
    other = await Store.open(f"sqlite:///{tmp_path}/link.db", clock=clock)
    try:
        async with store.present() as name, other.present() as mine:
            await held(store, clock, name)
            assert await taken(other, mine) == ()
    finally:
        await asyncio.gather(store.close(), other.close())


async def test_what_somebody_else_put_there_stops_nobody(tmp_path: Path, clock: Any) -> None:
    """A folder, or what cannot be opened, among the workers' files: nothing is known of it, and it is left alone."""
    store = await Store.open(f"sqlite:///{tmp_path}/verse.db", clock=clock)
    foreign = [tmp_path / "verse.db-workers" / name for name in ("lost+found", "@folder")]
    for one in foreign:
        one.mkdir(parents=True)
    try:
        async with store.present() as mine:
            await held(store, clock, "@folder")
            assert await taken(store, mine) == ()
        assert all(one.exists() for one in foreign)
    finally:
        await store.close()


async def test_a_name_that_nobody_watches_has_its_lease(store: Store, clock: Any) -> None:
    """Of a worker without presence nothing is known before its lease ends."""
    await held(store, clock, "plain")
    async with store.present() as mine:
        assert await taken(store, mine) == ()
        clock.now += LEASE + timedelta(seconds=1)
        assert len(await taken(store, mine)) == 1


@pytest.mark.parametrize("is_cut_alone", [True, False], ids=["alone", "everyone"])
async def test_a_broken_session_is_held_again(postgres_database: str, clock: Any, is_cut_alone: bool) -> None:
    """Cut off from PostgreSQL a living worker has its name back soon; what it began is not taken meanwhile."""
    store, other = [await Store.open(postgres_database, clock=clock) for _ in range(2)]
    admin = await asyncpg.connect(postgres_database)
    try:
        async with store.present() as name:
            cut = await _sessions(admin)
            async with other.present() as mine:
                assert await store.begin_send(await held(store, clock, name), lease=LEASE)
                cut = cut if is_cut_alone else await _sessions(admin)
                await admin.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", list(cut))
                async with asyncio.timeout(10):
                    while len(await _sessions(admin) - cut) < 2:
                        assert await taken(other, mine) == ()
                        await asyncio.sleep(0.05)
                assert await taken(other, mine, settle_seconds=0) == ()
    finally:
        await admin.close()
        await asyncio.gather(store.close(), other.close())


async def _sessions(admin: Any) -> set[int]:
    """Those that hold a name."""
    found = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted"
    return {row["pid"] for row in await admin.fetch(found)}


async def test_no_database_no_name(postgres_address: str, postgres_database: str, clock: Any) -> None:
    """A database that cannot be reached is told, not waited for."""
    store = await Store.open(postgres_database, clock=clock)
    await postgres.drop_database(postgres_address, postgres_database)
    try:
        with pytest.raises(StoreError):
            async with asyncio.timeout(5), store.present():
                pass
    finally:
        await store.close()


async def test_a_database_of_ones_own_keeps_sessions(store: Store) -> None:
    """Locks last as long as their sessions."""
    assert await store.keeps_sessions()


@pytest.mark.slow
@pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed (apt-get install pgbouncer)")
@pytest.mark.parametrize(("mode", "keeps"), [("session", True), ("transaction", False)])
async def test_a_pooler_in_transaction_mode_is_noticed(clock: Any, mode: str, keeps: bool) -> None:
    """Behind it a lock belongs to whichever session comes next; doctor says so."""
    with postgres.Postgres() as server:
        async with pooled(server, mode) as address:
            store = await Store.open(address, clock=clock)
            try:
                assert await store.keeps_sessions() is keeps
            finally:
                await store.close()
            found, opened = await _opened(Settings.load({"DATABASE_URL": address}, dotenv=None))
            assert opened is not None
            await opened.close()
            assert found.is_bad is not keeps
