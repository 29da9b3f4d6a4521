"""The container's health check against real answers and no answer."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy/healthcheck.py"


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/livez" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the test's stderr."""


@pytest.fixture
def port() -> Iterator[int]:
    """A server that lives but is not ready."""
    with HTTPServer(("127.0.0.1", 0), _Ready) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("words", "code", "line"), [((), 0, ""), (("/livez",), 0, ""), (("/readyz",), 1, "/readyz says 503\n")]
)
def test_it_tells_what_the_bot_says(port: int, words: tuple[str, ...], code: int, line: str) -> None:
    """Exit 0 for 200, else 1 and what was said."""
    environment = {"PORT": str(port)}
    command = [sys.executable, SCRIPT, *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stderr) == (code, line)


def test_no_answer_is_not_healthy() -> None:
    """Nothing listens: exit 1, one line, no traceback."""
    command = [sys.executable, SCRIPT]
    done = subprocess.run(command, env={"PORT": "1"}, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1
    assert done.stderr == "/livez gives no answer: ConnectionRefusedError\n"
