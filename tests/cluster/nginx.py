"""nginx in front of the web replicas: its configuration, and the process.

A replica that dies is left out at once and its request goes to the next one; with none left, a person gets an apology.
"""

import asyncio
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
MAIN = """\
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def site(port: int, replicas: Sequence[int]) -> str:
    """The shipped configuration with these ports in it."""
    shipped = re.sub(r"listen 127\.0\.0\.1:\d+;", f"listen 127.0.0.1:{port};", SHIPPED.read_text(encoding="utf-8"))
    server = re.compile(r" +server 127\.0\.0\.1:\d+ (.*;)\n")
    how = server.findall(shipped)[0]
    lines = "".join(f"    server 127.0.0.1:{one} {how}\n" for one in replicas)
    return re.sub(rf"(?:{server.pattern})+", lambda _: lines, shipped)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


@asynccontextmanager
async def in_front_of(replicas: Sequence[int], folder: Path) -> AsyncIterator[int]:
    """nginx, running until the end of the block; its port."""
    assert NGINX is not None
    (port,) = free_ports(1)
    _written(folder / "site.conf", site(port, replicas))
    file = _written(folder / "nginx.conf", MAIN.format(folder=folder))
    orders = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")  # the folder is ours alone
    command = (NGINX, "-p", str(folder), "-c", str(file), "-e", str(folder / "error.log"), "-g", orders)
    process = await asyncio.create_subprocess_exec(*command)
    try:
        async with asyncio.timeout(10):
            while not _listens(port):
                assert process.returncode is None, "nginx ended; its reason is above"
                await asyncio.sleep(0.02)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _written(file: Path, content: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
