"""Asks the bot in this container whether it lives: exit 0 for yes, 1 with a line for no.

Knows HTTP and PORT; `python healthcheck.py /readyz` asks whether it is ready instead.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 3.0


def ask(port: int, path: str) -> str:
    """Empty when it says 200, else what is wrong."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
        return "" if status == 200 else f"{path} says {status}"
    except (OSError, HTTPException) as error:
        return f"{path} gives no answer: {type(error).__name__}"
    finally:
        connection.close()


if __name__ == "__main__":
    problem = ask(int(os.environ.get("PORT", "8080")), sys.argv[1] if len(sys.argv) > 1 else "/livez")
    if problem:
        sys.exit(problem)
