"""HTTP as adapters see it: a request in, a reply out.

Knows no web framework; the web adapter serves these, so that each platform's endpoints need no server of their own.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """One request. Header names are lower case; `query` holds the first value of each name; `body` is whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class HttpReply:
    """What is sent back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A path the one HTTP server serves for an adapter. A body over `max_body` bytes gets 413 before it is read."""

    method: str
    path: str
    handle: Callable[[HttpRequest], Awaitable[HttpReply]]
    max_body: int = 1024 * 1024
