"""PgBouncer before a real PostgreSQL, where it is installed (apt-get install pgbouncer).

Every process started here is ended here.
"""

import asyncio
import os
import pwd
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.store.postgres import Postgres

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@asynccontextmanager
async def pooled(server: Postgres, mode: str) -> AsyncIterator[str]:
    """The server's first database by a pooler in that mode."""
    assert PGBOUNCER is not None
    sockets = server.log.parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = sockets.parent / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\npostgres = host={sockets} dbname=postgres user=postgres\n"
        f"[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port={port}\nunix_socket_dir=\nauth_type=any\npool_mode={mode}\n"
    )
    sockets.parent.chmod(0o755)
    owner = pwd.getpwuid(sockets.stat().st_uid).pw_name
    command = (PGBOUNCER, "--quiet", *(("--user", owner) if os.getuid() == 0 else ()), str(settings))
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    try:
        await _reachable(address)
        yield address
    finally:
        process.terminate()
        await process.wait()


async def _reachable(address: str) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await (await asyncpg.connect(address)).close()
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
            else:
                return
