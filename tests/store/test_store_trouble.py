"""What happens when the database is in trouble: one clear line, nothing half written, recovery by itself."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time as wall
import traceback
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.errors import StoreError
from bot.store import database
from bot.store.model import KeptQuestion, Plan, Planned, State, Subscription, Votes, Wanted
from bot.store.store import Store
from bot.store.tables import metadata
from tests.store.made import one_line
from tests.store.postgres import Postgres

HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "verse.db"


@pytest.fixture
async def on_file(file: Path, clock: Any) -> AsyncIterator[Store]:
    """A store on a file, which waits a tenth of a second for others."""
    opened = await Store.open(f"sqlite:///{file}", clock=clock, patience_seconds=0.1)
    yield opened
    await opened.close()


async def test_a_file_another_process_holds(on_file: Store, file: Path) -> None:
    """A clear line while it is held, reading goes on beside it, and all is well as soon as it is free."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError) as caught:
            await on_file.set_setting("a", "1")
        assert "another process holds the file" in one_line(caught)
        assert await on_file.setting_of("a") is None
        await on_file.ping()
    finally:
        other.execute("ROLLBACK")
        other.close()
    await on_file.set_setting("a", "2")
    assert await on_file.setting_of("a") == "2"


async def test_a_full_disk(on_file: Store, clock: Any) -> None:
    """A clear line, nothing of the transaction is there, and room again is enough."""
    for number in range(200):
        wanted = Wanted(
            platform="discord", workspace_id="w", channel_id=f"c{number}", episode_id="e",
            local_time=time(9), zone="UTC",
        )  # fmt: skip
        await on_file.subscribe(wanted, next_due_at=clock())
    await _limit_pages(on_file, grow_by=2)
    with pytest.raises(StoreError) as caught:
        await _claim_all(on_file, clock())
    assert "the disk is full" in one_line(caught)
    first = (await on_file.subscriptions_after("", limit=1))[0]
    assert await on_file.deliveries_of(first.id) == ()
    assert first.next_due_at == clock()
    await on_file.ping()
    await _limit_pages(on_file, grow_by=10_000)
    assert len(await _claim_all(on_file, clock())) == 200


async def _limit_pages(store: Store, *, grow_by: int) -> None:
    """Let the file grow by so many pages and no more: SQLite then says that the disk is full."""
    async with store._database.reading() as connection:
        pages = int((await connection.exec_driver_sql("PRAGMA page_count")).scalar_one())
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + grow_by}")


async def _claim_all(store: Store, now: datetime) -> tuple[Any, ...]:
    def plan(subscription: Subscription, delivered: frozenset[date]) -> Plan:
        slot = Planned(local_date=now.date(), due_at=now, state=State.CLAIMED, insight_id="x" * 200)
        return Plan(deliveries=(slot,), after=subscription)

    due: dict[str, Any] = {"until": now, "platforms": ["discord"], "lease": HOUR, "worker": "w", "limit": 1000}
    return await store.claim_due(**due, plan=plan) or ()


async def test_a_file_that_is_no_database(tmp_path: Path, clock: Any) -> None:
    """A foreign file is left as it is, with a line that says what to do."""
    file = tmp_path / "notes.txt"
    file.write_text("just some words, long enough to be read as the head of a file\n" * 20)
    before = file.read_bytes()
    with pytest.raises(StoreError) as caught:
        await Store.open(f"sqlite:///{file}", clock=clock)
    assert "no SQLite database" in one_line(caught)
    assert file.read_bytes() == before


async def test_a_folder_that_cannot_be_made(tmp_path: Path, clock: Any) -> None:
    """The folder's place is a file: a line that names DATA_DIR."""
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        await Store.open(f"sqlite:///{tmp_path}/data/verse.db", clock=clock)
    assert "check DATA_DIR" in one_line(caught)


def test_the_file_is_for_its_owner_only(on_file: Store, file: Path) -> None:
    """Nobody else on the machine may read it."""
    assert file.stat().st_mode & 0o077 == 0


async def test_a_database_of_a_newer_bot(on_file: Store, file: Path, clock: Any) -> None:
    """An older bot does not touch it."""
    await on_file.close()
    with sqlite3.connect(file) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.close()
    with pytest.raises(StoreError, match="newer version"):
        await Store.open(f"sqlite:///{file}", clock=clock)


def _start(body: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A process that runs `body` with the store of its first argument."""
    code = (
        "import asyncio, sys; from datetime import UTC, datetime, timedelta; from bot.store.store import Store\n"
        "async def main():\n"
        "    store = await Store.open(sys.argv[1], clock=lambda: datetime.now(UTC), patience_seconds=30)\n"
        f"    {body}; await store.close()\n"
        "asyncio.run(main())"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


async def _end(started: list[subprocess.Popen[bytes]]) -> list[bytes]:
    """What each printed; all must have ended well."""
    outputs = await asyncio.gather(*(asyncio.to_thread(process.communicate, timeout=60) for process in started))
    assert [(process.returncode, errors) for process, (_, errors) in zip(started, outputs, strict=True)] == [
        (0, b"")
    ] * len(started)
    return [output for output, _ in outputs]


async def test_two_processes_may_start_at_once(address: str) -> None:
    """Three processes open one new database together: each succeeds, the tables are made once."""
    await _end([_start("await store.set_setting(sys.argv[2], 'here')", address, str(number)) for number in range(3)])
    store = await Store.open(address, clock=lambda: datetime.now(UTC))
    assert [await store.setting_of(str(number)) for number in range(3)] == ["here"] * 3
    await store.close()


async def test_two_processes_on_one_file_stay_correct(file: Path) -> None:
    """Each of 200 events is new to exactly one of two processes."""
    body = "print([await store.seen_before(str(n), keep=timedelta(hours=1)) for n in range(200)].count(False))"
    outputs = await _end([_start(body, f"sqlite:///{file}") for _ in range(2)])
    assert sum(int(output) for output in outputs) == 200


async def test_the_tables_and_the_revisions_agree(store: Store) -> None:
    """What the migrations make is what the code expects, on both databases."""
    async with store._database.reading() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    assert differences == []
    scripts = ScriptDirectory(str(ROOT / "bot/store/migrations"))
    assert scripts.get_current_head() == database.HEAD


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


async def test_postgresql_stopped_and_started_again(own_postgres: Postgres, clock: Any) -> None:
    """While it is away each verb says so in one line; when it is back the same store works, nothing half written."""
    store = await Store.open(own_postgres.url, clock=clock)
    try:
        await store.set_setting("a", "1")
        own_postgres.stop()
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                await store.set_setting("a", "2")
            assert "no connection to PostgreSQL" in one_line(caught)
        with pytest.raises(StoreError):
            await store.ping()
        with pytest.raises(StoreError):
            async with store.locked("team", patience_seconds=1):
                pytest.fail("a lock without a database")
        own_postgres.start()
        began = wall.monotonic()
        assert await store.setting_of("a") == "1"
        assert await store.vote(episode_id="e", hit_id="h", user_hash="u", platform="web", is_up=True) is None
        async with store.locked("team"):
            assert await store.votes_of("e", "h") == Votes(up=1)
        assert wall.monotonic() - began < 5
    finally:
        await store.close()


async def test_a_server_that_does_not_answer_holds_up_no_exit(own_postgres: Postgres, clock: Any) -> None:
    """Frozen, or behind a network that swallows everything: the store is closed within seconds all the same."""
    store = await Store.open(own_postgres.url, clock=clock)
    async with store._database.reading() as connection:
        backend = await connection.scalar(text("SELECT pg_backend_pid()"))
    os.kill(backend, signal.SIGSTOP)
    try:
        async with asyncio.timeout(10):
            await store.close()
    finally:
        os.kill(backend, signal.SIGCONT)


async def test_postgresql_that_is_not_there(clock: Any) -> None:
    """A wrong host or port is a line without the password."""
    with pytest.raises(StoreError) as caught:
        await Store.open("postgres://me:hush-hush@127.0.0.1:1/verse", clock=clock)
    assert "no connection to PostgreSQL" in one_line(caught)
    assert "hush" not in repr(caught.value)


async def test_a_database_of_that_name_is_not_there(postgres_address: str, clock: Any) -> None:
    """The line names what to create."""
    missing = postgres_address.replace("/postgres?", "/nowhere?")
    with pytest.raises(StoreError, match="no database of that name"):
        await Store.open(missing, clock=clock)


async def test_no_words_of_a_person_in_an_error(store: Store, clock: Any) -> None:
    """A question the database refuses is not in the error, its cause or its context's text."""
    question = KeptQuestion(
        platform="web", user_hash="hash-of-someone", text="a private \x00 question", outcome="answer", asked_at=clock()
    )
    assert "private" not in repr(question) + str(question)
    assert "someone" not in repr(question)
    told = ""
    try:
        await store.keep_question(question)
    except StoreError as error:
        told = "".join(traceback.format_exception(error))
    assert "private" not in told
