"""What the application asks of every adapter: start, stop, health.

Knows no platform.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.adapters.http import Endpoint

DRAIN_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Health:
    """Whether an adapter can serve now, and one line for an operator. `event_age_seconds`: since its last event."""

    is_ready: bool
    line: str
    event_age_seconds: float | None = None


class Adapter(Protocol):
    """One chat platform."""

    name: str
    endpoints: tuple[Endpoint, ...]

    async def start(self) -> None:
        """Begin serving; returns once work can arrive. Raises ChapterVerseError for what only the operator can mend."""

    async def wait(self) -> None:
        """Return when the adapter stopped by itself; raise ChapterVerseError when it cannot go on."""

    async def stop(self) -> None:
        """Accept nothing more, finish or apologise to what is in flight within 10 s."""

    def health(self) -> Health:
        """How it is doing now."""
