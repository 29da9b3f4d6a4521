"""`python -m tests.load.statements`: what one question costs the database, by each entrance.

PostgreSQL writes down every statement it carries out; those of a few hundred questions are counted.
"""

import asyncio
import itertools
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.app.process import running
from tests.load.__main__ import ENTRANCES
from tests.load.entrance import LIMITS, QUESTIONS, Entrance
from tests.store.postgres import Postgres

WARM, COUNTED = 50, 300
_STATEMENT = re.compile(r"(?:statement|execute [^:]*): (.*)")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """For one question: statements by their first words, and the server's processor seconds."""

    name: str
    statements: Counter[str]
    cpu_seconds: float


class Log:
    """PostgreSQL's log, read from where it was read to before."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._at = file.stat().st_size

    def read(self) -> Counter[str]:
        """The statements since the last time, by kind and table."""
        with self._file.open(encoding="utf-8", errors="replace") as stream:
            stream.seek(self._at)
            text = stream.read().replace("\n\t", " ")
            self._at = stream.tell()
        return Counter(kind for line in text.splitlines() if (kind := _kind(line)))


def _kind(line: str) -> str:
    found = _STATEMENT.search(line)
    if found is None:
        return ""
    words = found[1].rstrip(";").split()
    if words[0] in ("BEGIN", "COMMIT", "ROLLBACK", "SHOW"):
        return ""
    table = next((after for word, after in itertools.pairwise(words) if word in ("INTO", "FROM")), "")
    return f"{words[0]} {table}".strip()


async def _ask(entrance: Entrance, numbers: range) -> None:
    for number in numbers:
        await entrance.ask(number, QUESTIONS[number % len(QUESTIONS)])


async def cost(entrance: Entrance, server: Postgres, folder: Path) -> Cost:
    """Ask one after another; what the server did meanwhile, less what it does in as much time without questions."""
    async with AsyncExitStack() as stack:
        given = await entrance.open(stack)
        async with running(folder, DATABASE_URL=server.url, **LIMITS, **given) as app:
            await entrance.connected(app, stack)
            await _ask(entrance, range(WARM))
            log = Log(server.log)

            async def measured(work: Callable[[], Awaitable[None]]) -> tuple[Counter[str], float, float]:
                log.read()
                began, used = asyncio.get_running_loop().time(), server.cpu_seconds()
                await work()
                await asyncio.sleep(0.5)  # what follows an answer
                took = asyncio.get_running_loop().time() - began
                return log.read(), server.cpu_seconds() - used, took

            made, used, took = await measured(lambda: _ask(entrance, range(WARM, WARM + COUNTED)))
            idle, idle_used, _ = await measured(lambda: asyncio.sleep(took))
            await app.end()
    made.subtract(idle)
    each = Counter({name: count for name, count in made.items() if count > COUNTED / 100})
    return Cost(name=entrance.name, statements=each, cpu_seconds=max(0.0, used - idle_used) / COUNTED)


def line(found: Cost) -> str:
    """One row of the table."""
    shown = ", ".join(f"{count / COUNTED:.2f} {name}" for name, count in sorted(found.statements.items()))
    cells = [found.name, f"{found.statements.total() / COUNTED:.2f}", f"{1000 * found.cpu_seconds:.2f} ms", shown]
    return "| " + " | ".join(cells) + " |"


async def _write_down_everything(server: Postgres) -> None:
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


async def main() -> int:
    """Every entrance, on one server."""
    print(f"{os.cpu_count()} cores, {COUNTED} questions each, one after another")
    print("| entrance | statements a question | the server's processor | which |\n|---|---|---|---|")
    with Postgres() as server:
        await _write_down_everything(server)
        for entrance in ENTRANCES.values():
            with tempfile.TemporaryDirectory(prefix="verse-load-") as folder:
                print(line(await cost(entrance(), server, Path(folder))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
