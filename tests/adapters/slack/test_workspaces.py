"""Which token speaks for which workspace: rotation, organisations, and a store that is down."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from bot.adapters import desk as counter
from bot.adapters.slack.workspaces import ManyWorkspaces, Workspace
from bot.errors import StoreError
from bot.store.model import Wanted
from bot.store.secrets import Secrets
from bot.store.store import Store
from tests.adapters.slack.conftest import Clock
from tests.fakes.slack.house import KEY


class Rotation:
    """Slack's side of a rotation: each refresh token works once."""

    def __init__(self) -> None:
        self.good = "xoxe-1"
        self.count = 0
        self.fails = False

    async def __call__(self, refresh_token: str) -> dict[str, Any]:
        await asyncio.sleep(0)
        if self.fails or refresh_token != self.good:
            raise OSError("refused")
        self.count += 1
        self.good = f"xoxe-{self.count + 1}"
        return {"access_token": f"xoxb-{self.count}", "refresh_token": self.good, "expires_in": 43_200}


def many_on(store: Store, rotation: Rotation, clock: Clock) -> ManyWorkspaces:
    return ManyWorkspaces(
        store=store,
        secrets=Secrets([KEY]),
        rotate=rotation,
        clock=clock,
        seconds=lambda: clock().timestamp(),
    )


def due(clock: Clock) -> Workspace:
    expires = int(clock().timestamp()) + 3600
    return Workspace(team_id="T1", bot_token="xoxb-0", refresh_token="xoxe-1", expires_at=expires)


async def test_a_token_is_rotated_once_by_all_processes(open_store: Callable[[], Any], clock: Clock) -> None:
    """A refresh token used twice would lose the installation: ten askers in two processes use it once."""
    rotation = Rotation()
    stores = [await open_store(), await open_store()]
    try:
        processes = [many_on(one, rotation, clock) for one in stores]
        await processes[0].save(due(clock))
        found = await asyncio.gather(*[processes[number % 2].find("T1") for number in range(10)])
        assert {one.bot_token for one in found if one} == {"xoxb-1"}
        assert rotation.count == 1
    finally:
        for one in stores:
            await one.close()


async def test_a_failed_rotation_keeps_the_token_that_still_works(store: Store, clock: Clock) -> None:
    """The old token serves until it ends; the next try renews it."""
    rotation = Rotation()
    rotation.fails = True
    workspaces = many_on(store, rotation, clock)
    await workspaces.save(due(clock))
    found = await workspaces.find("T1")
    assert found is not None
    assert found.bot_token == "xoxb-0"
    rotation.fails = False
    found = await workspaces.find("T1")
    assert found is not None
    assert found.bot_token == "xoxb-1"


async def test_an_organisations_installation_serves_its_teams(store: Store, clock: Clock) -> None:
    """Installed for a whole organisation; a team's own installation goes before it."""
    workspaces = many_on(store, Rotation(), clock)
    await workspaces.save(Workspace(team_id="", enterprise_id="E1", bot_token="xoxb-org"))
    assert (await workspaces.find("T7", "E1")) is not None
    assert (await workspaces.find("T7", "E2")) is None
    await workspaces.save(replace(due(clock), team_id="T7", enterprise_id="E1", expires_at=None))
    found = await workspaces.find("T7", "E1")
    assert found is not None
    assert found.bot_token == "xoxb-0"


async def test_a_team_that_leaves_takes_only_its_own_with_it(store: Store, clock: Clock) -> None:
    """The organisation's installation outlives a team's own; the daily insights of the team go either way."""
    workspaces = many_on(store, Rotation(), clock)
    await workspaces.save(Workspace(team_id="", enterprise_id="E1", bot_token="xoxb-org"))
    await workspaces.save(replace(due(clock), team_id="T7", enterprise_id="E1", expires_at=None))
    for key in ("T7", "E1/T7", "E1/T8"):
        wanted = Wanted(
            platform="slack",
            workspace_id=key,
            channel_id="C1",
            episode_id="harbour-light",
            local_time=time(9),
            zone="UTC",
        )
        await store.subscribe(wanted, next_due_at=None)
    await workspaces.forget("T7", "E1")
    found = await workspaces.find("T8", "E1")
    assert found is not None
    assert found.bot_token == "xoxb-org"
    left = [key for key in ("T7", "E1/T7", "E1/T8") if await store.subscriptions_of("slack", key)]
    assert left == ["E1/T8"]
    await workspaces.forget("T7", "E1")
    assert await workspaces.find("T8", "E1") is None


async def test_the_hot_path_reads_the_store_seldom(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look in half a minute, however much is asked."""
    workspaces = many_on(store, Rotation(), clock)
    await workspaces.save(replace(due(clock), expires_at=None))
    looks = 0
    original = store.find_installation

    async def counted(**more: str) -> Any:
        nonlocal looks
        looks += 1
        return await original(**more)

    monkeypatch.setattr(store, "find_installation", counted)
    for _ in range(50):
        await workspaces.find("T1")
    assert looks == 1


@pytest.mark.parametrize("trouble", ["down", "hangs"])
async def test_a_known_workspace_outlives_the_database(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """What was read before serves on while the store is down or hangs; an unknown workspace is an error, soon."""
    workspaces = many_on(store, Rotation(), clock)
    await workspaces.save(replace(due(clock), expires_at=None))
    await workspaces.find("T1")

    async def broken(**more: str) -> None:
        if trouble == "hangs":
            await asyncio.Event().wait()
        raise StoreError("database: it does not answer")

    monkeypatch.setattr(counter, "STORE_SECONDS", 0.05)
    monkeypatch.setattr(store, "find_installation", broken)
    clock.move(seconds=3600)
    async with asyncio.timeout(2.0):
        found = await workspaces.find("T1")
        assert found is not None
        assert found.bot_token == "xoxb-0"
        with pytest.raises(StoreError):
            await workspaces.find("T2")


def test_a_workspace_prints_no_token() -> None:
    """Neither token is in its repr."""
    shown = repr(Workspace(team_id="T1", bot_token="xoxb-secret", refresh_token="xoxe-secret"))
    assert "secret" not in shown
