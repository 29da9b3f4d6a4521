"""nginx in front of the web replicas: its configuration, and the process.

A replica that dies is left out at once and its request goes to the next one; with none left, a person gets an apology.
"""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CONFIG = """\
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

    upstream chapterverse {{
        # One failure takes a replica out for two seconds; the request itself goes on to the next one.
{servers}
        keepalive 32;
    }}

    server {{
        listen 127.0.0.1:{port};
        # The longest line of a question: 500 letters of the longest encoding, and the other parameters.
        large_client_header_buffers 4 16k;

        location / {{
            proxy_pass http://chapterverse;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_connect_timeout 1s;
            proxy_read_timeout 15s;
            proxy_next_upstream error timeout http_502 http_503 http_504;
            proxy_next_upstream_tries 3;
            proxy_next_upstream_timeout 8s;
            error_page 502 503 504 = @sorry;
        }}

        location @sorry {{
            default_type application/json;
            add_header Retry-After 5 always;
            return 503 '{{"error": {{"code": "away", "message": "I am away for a moment; please ask again."}}}}';
        }}
    }}
}}
"""


def config(folder: Path, port: int, replicas: Sequence[int]) -> str:
    """The configuration for replicas on these ports."""
    servers = "\n".join(f"        server 127.0.0.1:{one} max_fails=1 fail_timeout=2s;" for one in replicas)
    return CONFIG.format(folder=folder, port=port, servers=servers)


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
    file = _written(folder, config(folder, port, replicas))
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


def _written(folder: Path, content: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    file.write_text(content, encoding="utf-8")
    return file


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
