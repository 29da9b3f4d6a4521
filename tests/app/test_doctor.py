"""The doctor: for everything that can be wrong a line that names it and says what to do, and never a secret."""

import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import examine, look
from bot.doctor.calls import Places
from bot.doctor.discord import permissions
from bot.doctor.finding import Finding
from bot.settings import Settings
from bot.store.model import Wanted
from bot.store.store import Store
from tests.app.platforms import APP_TOKEN, BOT_TOKEN, DISCORD_TOKEN, GUILD, KEY, ME, Platforms, serving
from tests.made_up import FOLDER

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DISCORD = {"DISCORD_TOKEN": DISCORD_TOKEN}
SLACK = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}


@pytest.fixture
async def platforms() -> AsyncIterator[Platforms]:
    """Both platforms, in order, on a clock that agrees with the test's."""
    async with serving() as found:
        found.date = format_datetime(NOW, usegmt=True)
        yield found


def _settings(folder: Path, **given: str) -> Settings:
    """The made-up episode, a data folder of its own, any port."""
    knowledge = folder / "knowledge"
    if not knowledge.exists():
        shutil.copytree(FOLDER, knowledge / FOLDER.name)
    base = {"KNOWLEDGE_DIR": str(knowledge), "EPISODE": FOLDER.name, "DATA_DIR": str(folder / "data"), "PORT": "0"}
    return Settings.load(base | given, dotenv=None)


async def _look(settings: Settings, platforms: Platforms | None = None) -> list[Finding]:
    url = platforms.url if platforms else "http://127.0.0.1:9"
    return await look(settings, Places(discord=f"{url}/discord", slack=f"{url}/slack"), NOW.timestamp)


def _bad(found: list[Finding]) -> list[str]:
    return [one.shown() for one in found if one.is_bad]


def test_a_fresh_copy_is_fine_and_the_exit_code_says_so(tmp_path: Path) -> None:
    """Nothing set: all lines fine or notes, exit 0, the same as JSON."""
    lines: list[str] = []
    assert examine(_settings(tmp_path), out=lines.append) == 0
    assert [line for line in lines if line.startswith("BAD")] == []
    assert any(line.startswith("note  transcript") and "transcript import FILE" in line for line in lines)
    shown: list[str] = []
    assert examine(_settings(tmp_path), as_json=True, out=shown.append) == 0
    report = json.loads(shown[0])
    assert report["ok"] is True
    assert {"settings", "knowledge", "transcript", "data folder", "database", "port", "clock"} <= {
        one["name"] for one in report["checks"]
    }


def test_a_problem_makes_the_exit_code_one(tmp_path: Path) -> None:
    """Broken knowledge: the first problem with its place, how many there are, exit 1."""
    settings = _settings(tmp_path)
    (tmp_path / "knowledge" / FOLDER.name / "episode.yaml").write_text("id: [\n", "utf-8")
    lines: list[str] = []
    assert examine(settings, out=lines.append) == 1
    assert any(line.startswith("BAD   knowledge") and "episode.yaml" in line for line in lines)
    assert lines[-1] == "Mend what is marked BAD, then run doctor again."


async def test_all_is_well_on_both_platforms(tmp_path: Path, platforms: Platforms) -> None:
    """Good tokens, scopes, clock: nothing is bad, each is named."""
    found = await _look(_settings(tmp_path, **DISCORD, **SLACK), platforms)
    assert _bad(found) == []
    lines = [one.line for one in found]
    for line in ("DISCORD_TOKEN is good", "SLACK_BOT_TOKEN is good", "SLACK_APP_TOKEN is good"):
        assert line in lines
    assert "every scope is granted" in lines
    assert "agrees with the platform's" in lines


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"DISCORD_TOKEN": "qqbad"}, "DISCORD_TOKEN is not accepted -> copy a fresh one"),
        ({"SLACK_BOT_TOKEN": "xoxb-qqbad", "SLACK_APP_TOKEN": APP_TOKEN}, "SLACK_BOT_TOKEN is not accepted"),
        ({"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": "xapp-qqbad"}, "SLACK_APP_TOKEN is not accepted"),
        ({"SLACK_BOT_TOKEN": BOT_TOKEN}, "SLACK_APP_TOKEN -> it is needed for Socket Mode"),
        (DISCORD | {"DISCORD_APPLICATION_ID": "78"}, "DISCORD_APPLICATION_ID is another application's"),
        (DISCORD | {"DISCORD_PUBLIC_KEY": "cd" * 32}, "DISCORD_PUBLIC_KEY is not the application's"),
        (DISCORD | {"DISCORD_PUBLIC_KEY": KEY, "DISCORD_GATEWAY": "0"}, "nothing arrives -> in the portal set"),
        (DISCORD | {"DISCORD_GATEWAY": "0"}, "DISCORD_GATEWAY -> off, so set DISCORD_PUBLIC_KEY"),
        (DISCORD | {"DISCORD_SHARD_IDS": "0,x"}, "DISCORD_SHARD_IDS -> write whole numbers"),
        ({"DISCORD_PUBLIC_KEY": KEY}, "DISCORD_PUBLIC_KEY -> it needs DISCORD_TOKEN"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is short"),
        ({"DATABASE_URL": "mysql://u:hunter2@h/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:99999/x"}, "DATABASE_URL: write it as"),
        (
            {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"},
            "no connection to PostgreSQL -> check that it runs and that DATABASE_URL is right",
        ),
        ({"HOST": "8.8.8.8"}, "8.8.8.8:0: Cannot assign requested address -> set HOST to an address of this machine"),
        ({"HOST": "x" * 300}, " -> set HOST to an address of this machine"),
        (SLACK | {"SLACK_OPTIONAL_SCOPES": "channels:read"}, "optional scopes are set, not granted: channels:read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
async def test_what_is_set_wrong_is_named_with_what_to_do(
    tmp_path: Path, platforms: Platforms, given: dict[str, str], line: str
) -> None:
    """One bad line for it, and no value of a secret in any line."""
    found = await _look(_settings(tmp_path, **given), platforms)
    assert any(line in shown for shown in _bad(found)), _bad(found)
    everything = "\n".join(one.shown() for one in found)
    secrets = ("hunter2", "qqbad", DISCORD_TOKEN, BOT_TOKEN, APP_TOKEN, "secret-ticket")
    assert not [secret for secret in secrets if secret in everything]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"auth.test": {"ok": False, "error": "account_inactive"}},
            "SLACK_BOT_TOKEN is not accepted (account_inactive)",
        ),
        ({"apps.connections.open": {"ok": False, "error": "missing_scope"}}, "lacks connections:write"),
        ({"apps.connections.open": {"ok": False, "error": "socket_mode_disabled"}}, "Socket Mode is off"),
        ({"auth.test": {"ok": False, "error": "ratelimited"}}, "was not checked"),
    ],
)
async def test_what_slack_says_is_translated(
    tmp_path: Path, platforms: Platforms, change: dict[str, Any], line: str
) -> None:
    """Its word becomes a line an operator can act on."""
    platforms.slack |= change
    assert any(line in shown for shown in _bad(await _look(_settings(tmp_path, **SLACK), platforms)))


async def test_missing_scopes_are_listed(tmp_path: Path, platforms: Platforms) -> None:
    """Those that are missing, and no others; granted ones that are not used are a note."""
    platforms.scopes = "app_mentions:read,chat:write,commands,channels:history"
    found = await _look(_settings(tmp_path, **SLACK), platforms)
    assert any("scopes are missing: assistant:write, im:history ->" in shown for shown in _bad(found))
    assert any("granted, not set: channels:history" in one.line for one in found if one.state == "note")


async def test_commands_that_go_elsewhere_are_told(tmp_path: Path, platforms: Platforms) -> None:
    """An address in the portal and no public key: Discord sends nothing over the gateway."""
    platforms.discord["applications/@me"]["interactions_endpoint_url"] = "https://elsewhere"
    assert any("does not serve" in shown for shown in _bad(await _look(_settings(tmp_path, **DISCORD), platforms)))


async def test_few_connections_left_are_a_note(tmp_path: Path, platforms: Platforms) -> None:
    """Before Discord resets the token of a bot that restarts over and over."""
    platforms.discord["gateway/bot"]["session_start_limit"] = {"remaining": 3}
    found = await _look(_settings(tmp_path, **DISCORD), platforms)
    assert any(one.line == "3 connections left today" for one in found)


async def test_a_network_that_is_not_there_is_told_once_a_platform(tmp_path: Path) -> None:
    """Nobody answers: which hosts to let through, and no guess about tokens."""
    found = await _look(_settings(tmp_path, **DISCORD, **SLACK))
    bad = _bad(found)
    assert len(bad) == 2
    assert all("network" in line and "port 443" in line for line in bad)
    assert any(one.name == "clock" and one.state == "note" for one in found)


@pytest.mark.parametrize(("seconds", "state"), [(0, "fine"), (-3, "fine"), (20, "note"), (-400, "bad")])
async def test_the_clock_is_compared(tmp_path: Path, platforms: Platforms, seconds: int, state: str) -> None:
    """Signatures are refused five minutes off; the line says how far and which way."""
    platforms.date = format_datetime(datetime.fromtimestamp(NOW.timestamp() + seconds, UTC), usegmt=True)
    found = next(one for one in await _look(_settings(tmp_path, **SLACK), platforms) if one.name == "clock")
    assert found.state == state
    if state != "fine":
        assert f"{abs(seconds)} s {'behind' if seconds > 0 else 'ahead of'} the platform's" in found.line


async def test_folders_and_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """A data folder that is a file, a damaged transcript, an episode that is not there, a port in use."""
    (tmp_path / "file").write_text("x")
    found = await _look(_settings(tmp_path, DATA_DIR=str(tmp_path / "file")))
    assert {one.name for one in found if one.is_bad} == {"data folder", "database", "transcript"}
    (tmp_path / "data" / FOLDER.name).mkdir(parents=True)
    (tmp_path / "data" / FOLDER.name / "transcript.json").write_text("{", "utf-8")
    assert [one.name for one in await _look(_settings(tmp_path)) if one.is_bad] == ["transcript"]
    gone = [one for one in await _look(_settings(tmp_path, EPISODE="gone")) if one.is_bad]
    assert [one.name for one in gone] == ["knowledge"]


async def _subscribed(settings: Settings, *places: tuple[str, str, str]) -> None:
    store = await Store.open(f"sqlite:///{settings.data_dir}/chapterverse.db", clock=lambda: NOW)
    for platform, workspace, channel in places:
        wanted = Wanted(
            platform=platform,
            workspace_id=workspace,
            channel_id=channel,
            episode_id=FOLDER.name,
            local_time=time(9),
            zone="UTC",
        )
        await store.subscribe(wanted, next_due_at=None)
    await store.close()


async def test_a_daily_channel_that_would_get_nothing_is_named(tmp_path: Path, platforms: Platforms) -> None:
    """Rights are worked out as Discord does; the channels that work are one line."""
    settings = _settings(tmp_path, **DISCORD)
    settings.data_dir.mkdir()
    no_embeds = [{"id": "11", "type": 0, "allow": "0", "deny": str(1 << 14)}]
    platforms.discord |= {
        "channels/2": {"id": "2", "type": 0, "guild_id": GUILD, "permission_overwrites": no_embeds},
        "channels/3": None,
        "channels/5": {"id": "5", "type": 11, "guild_id": GUILD, "parent_id": "1"},
        "channels/6": 500,
    }
    await _subscribed(settings, *(("discord", GUILD, str(number)) for number in (1, 2, 3, 4, 5, 6)))
    found = [one for one in await _look(settings, platforms) if one.name == "channels"]
    assert found[0].line == "the bot may post in 2 daily channels"
    told = {one.line.split(":")[0].removeprefix("discord channel "): one.shown() for one in found[1:]}
    assert "Embed Links" in told["2"]
    assert "View Channel" in told["3"]
    assert "the channel is gone" in told["4"]
    assert "not looked at (500)" in told["6"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"ok": True, "channel": {"is_member": False}}, "write /invite"),
        ({"ok": True, "channel": {"is_archived": True}}, "archived"),
        ({"ok": False, "error": "channel_not_found"}, "invite it there"),
        ({"ok": False, "error": "missing_scope"}, ""),
        ({"ok": True, "channel": {"is_member": True}}, ""),
    ],
)
async def test_a_slack_channel_is_looked_at_where_slack_tells(
    tmp_path: Path, platforms: Platforms, answer: dict[str, Any], words: str
) -> None:
    """What Slack does not tell is not made up."""
    settings = _settings(tmp_path, **SLACK)
    settings.data_dir.mkdir()
    platforms.slack["conversations.info"] = answer
    await _subscribed(settings, ("slack", "T1", "C1"))
    bad = _bad(await _look(settings, platforms))
    assert len(bad) == bool(words)
    assert words in "".join(bad)


ROLES = (
    {"id": GUILD, "permissions": "1"},
    {"id": "11", "permissions": "2"},
    {"id": "12", "permissions": str(1 << 3)},
    {"id": "13", "permissions": "64"},
)


@pytest.mark.parametrize(
    ("roles", "overwrites", "bits"),
    [
        ([], [], 1),
        (["11"], [], 3),
        (["12"], [{"id": "12", "deny": "1", "allow": "0"}], ~0),
        ([], [{"id": GUILD, "deny": "1", "allow": "4"}], 4),
        (["11"], [{"id": GUILD, "deny": "2", "allow": "0"}, {"id": "11", "deny": "0", "allow": "2"}], 3),
        (["11", "13"], [{"id": "11", "deny": "1", "allow": "0"}, {"id": "13", "deny": "0", "allow": "1"}], 67),
        (["11"], [{"id": "11", "deny": "0", "allow": "8"}, {"id": ME, "deny": "8", "allow": "16"}], 19),
        ([], [{"id": "13", "deny": "1", "allow": "0"}], 1),
    ],
)
def test_permissions_follow_discords_order(roles: list[str], overwrites: list[dict[str, str]], bits: int) -> None:
    """Everyone, roles, then the member; within roles an allow wins; an administrator may all."""
    channel = {"guild_id": GUILD, "permission_overwrites": overwrites}
    assert permissions(ME, {"roles": roles}, ROLES, channel) == bits
