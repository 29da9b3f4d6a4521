"""A bare HTTP client for measuring: one kept connection, one request after another, as little work as can be.

Knows enough HTTP for our own server and nginx; anything else is an error.
"""

import asyncio
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Got:
    """A reply."""

    status: int
    body: bytes


class Wire:
    """One connection. Raises OSError or asyncio.IncompleteReadError when it breaks; the next `get` begins anew."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def get(self, path: str, *, sender: str = "") -> Got:
        """GET; `sender` stands in X-Forwarded-For. A kept connection that was closed meanwhile is opened anew, once."""
        head = f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n"
        head += f"X-Forwarded-For: {sender}\r\n\r\n" if sender else "\r\n"
        is_kept = self._writer is not None
        try:
            return await self._send(head)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            if not is_kept or getattr(error, "partial", b""):
                raise
            return await self._send(head)

    async def _send(self, head: str) -> Got:
        try:
            if self._writer is None or self._reader is None:
                self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
            self._writer.write(head.encode())
            return await self._read(self._reader)
        except BaseException:
            self.close()
            raise

    async def _read(self, reader: asyncio.StreamReader) -> Got:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        before, found, after = head.partition(b"content-length:")
        if not found:
            raise OSError(f"a reply without length: {before[:60]!r}")
        body = await reader.readexactly(int(after.split(b"\r\n", 1)[0]))
        if b"connection: close" in head:
            self.close()
        return Got(status=status, body=body)


def ask_path(question: str) -> str:
    """Where a question goes."""
    return f"/api/ask?q={quote(question)}"
