"""Calls to the platforms, with the clock they answer by.

Knows HTTP and nothing of what is asked; an address or a token never reaches an error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Self

import aiohttp

from bot.doctor.finding import Finding

SECONDS = 10.0
NOTED_SECONDS, BAD_SECONDS = 5.0, 60.0
"""Slack refuses signatures five minutes off, and daily insights go out by our clock."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the platforms are."""

    discord: str = "https://discord.com/api/v10"
    slack: str = "https://slack.com/api"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; status 0: there was none, and `trouble` says why in a word."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    rows: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    trouble: str = ""


class Calls:
    """`async with Calls(places) as calls:` holds one session."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.date = ""
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def discord(self, path: str, token: str = "") -> Reply:
        """GET a path of Discord's API."""
        return await self._call("GET", f"{self.places.discord}/{path}", f"Bot {token}" if token else "")

    async def slack(self, method: str, token: str = "", **arguments: str) -> Reply:
        """POST a method of Slack's API."""
        return await self._call("POST", f"{self.places.slack}/{method}", f"Bearer {token}" if token else "", arguments)

    async def _call(self, verb: str, address: str, leave: str, form: Mapping[str, str] | None = None) -> Reply:
        assert self._session is not None
        headers = {"User-Agent": "DiscordBot (chapterverse, doctor)"} | ({"Authorization": leave} if leave else {})
        try:
            async with self._session.request(verb, address, headers=headers, data=form) as reply:
                self.date = reply.headers.get("Date", self.date)
                body = await reply.json(content_type=None)
                named = {name.lower(): text for name, text in reply.headers.items()}
                if isinstance(body, list):
                    rows = tuple(one for one in body if isinstance(one, dict))
                    return Reply(status=reply.status, headers=named, rows=rows)
                return Reply(status=reply.status, headers=named, body=body if isinstance(body, dict) else {})
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return Reply(status=0, trouble=_kind(error))


def _kind(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS:.0f} s"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name cannot be looked up"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "its certificate is not accepted"
    return type(error).__name__


def check_clock(calls: Calls, clock: Callable[[], float]) -> Finding:
    """Our clock against the one of a platform that answered."""
    try:
        theirs = parsedate_to_datetime(calls.date).timestamp()
    except ValueError:
        return Finding.note("clock", "not compared: no platform was asked, or none told the time")
    off = clock() - theirs
    line = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the platform's"
    if abs(off) >= BAD_SECONDS:
        return Finding.bad("clock", line, "turn time synchronisation on (timedatectl set-ntp true)")
    if abs(off) >= NOTED_SECONDS:
        return Finding.note("clock", line, "turn time synchronisation on")
    return Finding.fine("clock", "agrees with the platform's")
