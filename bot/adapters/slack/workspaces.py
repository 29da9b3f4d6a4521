"""Which token speaks for which workspace: one from the settings, or those that installed the bot.

Knows tokens, so it prints none. Installations lie encrypted in the store; a rotation is done by one process alone.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.adapters.desk import soon
from bot.errors import StoreError
from bot.store.model import Installation
from bot.store.secrets import Secrets
from bot.store.store import Store

CACHED_SECONDS = 30.0
ROTATE_BEFORE = timedelta(hours=2)
ROTATION_SECONDS = 25.0
_CACHE = 5000
log = structlog.get_logger()

Rotate = Callable[[str], Awaitable[dict[str, Any]]]
"""Trades a refresh token for Slack's answer with `access_token`, `refresh_token`, `expires_in`; raises OSError."""


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """An installation: of a team, or of a whole organisation, then `team_id` is empty. `expires_at` is a Unix time."""

    team_id: str
    enterprise_id: str = ""
    bot_token: str = field(repr=False)
    bot_user_id: str = ""
    installer_id: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    refresh_token: str = field(default="", repr=False)
    expires_at: int | None = None


class Workspaces(Protocol):
    """Where tokens come from."""

    async def find(self, team_id: str, enterprise_id: str = "") -> Workspace | None:
        """The installation for a team, ready to use; None where there is none. Raises StoreError."""
        ...

    async def forget(self, team_id: str, enterprise_id: str = "") -> None:
        """The bot was removed there. Raises StoreError."""
        ...

    def distrust(self, workspace: Workspace) -> None:
        """Slack did not take its token: look again before it is used again."""
        ...


class OneWorkspace:
    """The one token of the settings, for whatever team asks."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.is_refused = False

    def learn(self, *, team_id: str, bot_user_id: str, scopes: tuple[str, ...]) -> None:
        """What Slack told about the token at start."""
        self._workspace = replace(self._workspace, team_id=team_id, bot_user_id=bot_user_id, scopes=scopes)
        self.is_refused = False

    async def find(self, team_id: str, enterprise_id: str = "") -> Workspace | None:
        """The workspace of the settings."""
        return self._workspace

    async def forget(self, team_id: str, enterprise_id: str = "") -> None:
        """The token is no longer good; only a new one in the settings helps."""
        self.is_refused = True

    def distrust(self, workspace: Workspace) -> None:
        """Shown by `health`."""
        self.is_refused = True


class ManyWorkspaces:
    """Installations in the store. `clock` gives aware UTC datetimes; `seconds` only go forward."""

    def __init__(
        self,
        *,
        store: Store,
        secrets: Secrets,
        rotate: Rotate,
        clock: Callable[[], datetime],
        seconds: Callable[[], float],
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._rotate = rotate
        self._clock = clock
        self._seconds = seconds
        self._cache: dict[tuple[str, str], tuple[Workspace, float]] = {}

    async def save(self, workspace: Workspace) -> None:
        """Keep or renew an installation. Raises StoreError."""
        kept = Installation(
            enterprise_id="" if workspace.team_id else workspace.enterprise_id,
            team_id=workspace.team_id,
            payload=self._secrets.encrypt(json.dumps(asdict(workspace))),
            installed_at=self._clock(),
        )
        await self._store.save_installation(kept)
        self._cache.clear()

    async def find(self, team_id: str, enterprise_id: str = "") -> Workspace | None:
        """The team's own installation, else that of its organisation; its token is renewed when it is due."""
        key = (enterprise_id, team_id)
        workspace, until = self._cache.get(key, (None, 0.0))
        if workspace is None or self._seconds() >= until:
            workspace = await self._read_or(workspace, team_id, enterprise_id)
        if workspace is not None and self._is_due(workspace):
            workspace = await self._renew(workspace)
        if workspace is not None:
            if len(self._cache) >= _CACHE:
                self._cache.clear()
            self._cache[key] = (workspace, self._seconds() + CACHED_SECONDS)
        return workspace

    async def forget(self, team_id: str, enterprise_id: str = "") -> None:
        """Remove the team's installation, or where it has none its organisation's; and the team's daily insights."""
        self._cache.clear()
        removed = await self._store.delete_installation(team_id=team_id) if team_id else 0
        if enterprise_id and not removed:
            await self._store.delete_installation(enterprise_id=enterprise_id)
        for key in (team_id, f"{enterprise_id}/{team_id}"):
            await self._store.forget_workspace("slack", key)

    def distrust(self, workspace: Workspace) -> None:
        """Read it anew the next time."""
        self._cache.clear()

    async def _read_or(self, known: Workspace | None, team_id: str, enterprise_id: str) -> Workspace | None:
        """As it stands in the store; while that is down or hangs, as it was known. Raises StoreError."""
        try:
            return await soon(self._read(team_id, enterprise_id))
        except StoreError as error:
            if known is None:
                raise
            log.warning("slack_workspace_not_read_anew", team=team_id, reason=str(error))
            return known

    async def _read(self, team_id: str, enterprise_id: str) -> Workspace | None:
        for enterprise, team in (("", team_id), (enterprise_id, "")):
            if not enterprise and not team:
                continue
            kept = await self._store.find_installation(enterprise_id=enterprise, team_id=team)
            if kept is not None:
                return self._opened(kept)
        return None

    def _opened(self, kept: Installation) -> Workspace:
        found = json.loads(self._secrets.decrypt(kept.payload))
        return Workspace(**(found | {"scopes": tuple(found.get("scopes", ()))}))

    def _is_due(self, workspace: Workspace) -> bool:
        if workspace.expires_at is None or not workspace.refresh_token:
            return False
        return self._clock().timestamp() >= workspace.expires_at - ROTATE_BEFORE.total_seconds()

    async def _renew(self, workspace: Workspace) -> Workspace:
        """Alone in all processes; who comes second reads what the first one wrote. The old token serves meanwhile."""
        try:
            async with self._store.locked(f"slack:rotate:{workspace.enterprise_id}:{workspace.team_id}"):
                current = await self._read(workspace.team_id, workspace.enterprise_id) or workspace
                if not self._is_due(current):
                    return current
                async with asyncio.timeout(ROTATION_SECONDS):
                    answer = await self._rotate(current.refresh_token)
                renewed = replace(
                    current,
                    bot_token=str(answer["access_token"]),
                    refresh_token=str(answer["refresh_token"]),
                    expires_at=int(self._clock().timestamp()) + int(answer["expires_in"]),
                )
                await self.save(renewed)
                return renewed
        except (OSError, TimeoutError, KeyError, ValueError, StoreError) as error:
            log.warning("slack_token_not_renewed", team=workspace.team_id, reason=type(error).__name__)
            return workspace
