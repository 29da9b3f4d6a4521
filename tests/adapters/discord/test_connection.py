"""The real discord.py against the fake Discord, in process: how a connection begins, breaks and ends for good."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.adapters.desk import Desk
from bot.adapters.discord import connection, sync
from bot.adapters.discord.config import Config
from bot.answer.service import Answers
from bot.errors import SettingsError
from bot.settings import Settings
from tests.adapters.discord.asking import FUEL, assert_answered, words
from tests.adapters.discord.connecting import adapter_of, connected
from tests.adapters.discord.house import open_desk
from tests.fakes.discord.faults import Fault, too_many
from tests.fakes.discord.server import FakeDiscord

COMMANDS = r"/commands$"


async def test_an_outage_at_the_start_is_waited_out(
    fake: FakeDiscord, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a login nor a gateway that fails at first ends the bot; it says that it is not ready."""
    monkeypatch.setattr(connection, "PAUSES", (0.05,))
    fake.gateway.refuse_connects = 1
    fake.faults.plan(Fault(method="GET", path="/users/@me", status=503, body={"message": "no"}))
    async with connected(desk) as adapter:
        assert not adapter.health().is_ready
        await fake.gateway.ready.wait()
        await assert_answered(fake)
        assert adapter.health().event_age_seconds is not None


async def test_a_wrong_token_is_told_at_once(fake: FakeDiscord, desk: Desk) -> None:
    """One line, no token in it."""
    adapter = adapter_of(desk, token="wrong-token")
    with pytest.raises(SettingsError, match="DISCORD_TOKEN") as told:
        await adapter.start()
    assert "wrong-token" not in str(told.value)
    await adapter.stop()


@pytest.mark.parametrize(
    ("code", "line"), [(4004, "DISCORD_TOKEN"), (4010, "SHARD"), (4013, "intents"), (4014, "intents")]
)
async def test_a_gateway_that_will_never_let_us_in_ends_the_bot(
    fake: FakeDiscord, desk: Desk, code: int, line: str
) -> None:
    """What only the operator can mend comes out of `wait` as one line."""
    fake.gateway.refuse_with = code
    async with connected(desk) as adapter:
        with pytest.raises(SettingsError, match=line):
            await adapter.wait()


async def test_shards_too_few_for_the_servers_end_the_bot(fake: FakeDiscord, desk: Desk) -> None:
    """Asking again and again would use up the day's logins: the operator is told which setting to change."""
    fake.gateway.refuse_with = 4011
    async with connected(desk, shards=1) as adapter:
        with pytest.raises(SettingsError, match="DISCORD_SHARDS"):
            await adapter.wait()
    assert len(fake.gateway.identified) == 1


async def test_a_bot_that_has_grown_divides_its_connection(fake: FakeDiscord, desk: Desk) -> None:
    """Told that one connection is not enough, it opens as many as Discord advises."""
    fake.gateway.refuse_with, fake.shards = 4011, 1
    async with connected(desk):
        await fake.until(lambda: bool(fake.gateway.identified))
        fake.gateway.refuse_with = None
        await assert_answered_when_ready(fake)
        assert fake.gateway.identified[0].get("shard") is None
        assert fake.gateway.identified[-1]["shard"] == [0, 1]


async def test_what_breaks_in_an_event_is_logged_by_its_kind(fake: FakeDiscord, desk: Desk) -> None:
    """An operator sees what it was, not only that something was."""
    async with connected(desk, wants_gateway=False) as adapter:
        assert adapter.client is not None
        with capture_logs() as logs:
            try:
                raise KeyError("on purpose")
            except KeyError:
                await adapter.client.on_error("on_message")
    assert [(one["kind"], one["error"]) for one in logs if one["event"] == "failed"] == [
        ("event_on_message", "KeyError")
    ]


async def test_work_that_takes_too_long_at_the_end_is_apologised_for(
    fake: FakeDiscord, tmp_path: Path, answers: Answers
) -> None:
    """What cannot be finished in the drain time gets a line, and so does who asks while it ends."""
    async with open_desk(tmp_path, answers=answers, delay_seconds=30.0) as slow:
        adapter = adapter_of(slow, drain_seconds=0.3)
        await adapter.start()
        await fake.gateway.ready.wait()
        asked = await fake.interact(2, FUEL)
        await asked.until_acknowledged()
        ending = asyncio.create_task(adapter.stop())
        late = await fake.interact(2, FUEL)
        assert "restarted" in words(await late.until_shown())
        assert "restarted" in words(await asked.until_shown())
        await ending
        assert asked.visible == late.visible == 1


async def test_one_process_may_run_some_of_the_shards(fake: FakeDiscord, desk: Desk) -> None:
    """Replicas divide the shards among them."""
    async with connected(desk, shards=4, shard_ids=(0,)):
        await assert_answered_when_ready(fake)
        assert [one["shard"] for one in fake.gateway.identified] == [[0, 4]]


async def assert_answered_when_ready(fake: FakeDiscord) -> None:
    await fake.gateway.ready.wait()
    await assert_answered(fake)


def test_shard_settings_are_read_or_refused() -> None:
    """Ids that are no numbers, or none of the shards, are named at once."""
    given = Settings.load({"DISCORD_SHARDS": "4", "DISCORD_SHARD_IDS": "0,3"}, dotenv=None)
    assert Config.from_settings(given).shard_ids == (0, 3)
    for bad in (
        {"DISCORD_SHARD_IDS": "a"},
        {"DISCORD_SHARD_IDS": "0"},
        {"DISCORD_SHARDS": "2", "DISCORD_SHARD_IDS": "2"},
    ):
        with pytest.raises(SettingsError, match="DISCORD_SHARD_IDS"):
            Config.from_settings(Settings.load(bad, dotenv=None))


async def test_commands_are_told_once(fake: FakeDiscord, desk: Desk) -> None:
    """A second start with the same definition tells Discord nothing; names and descriptions come in two languages."""
    for _ in range(2):
        async with connected(desk, wants_gateway=False) as adapter:
            assert await adapter.synced()
            assert adapter.health().is_ready
    (told,) = fake.synced
    ask = next(one for one in told if one["name"] == "ask")
    assert ask["name_localizations"]["de"] == "frage"
    assert ask["options"][0]["name_localizations"]["de"] == "frage"
    assert ask["contexts"] == [0, 1, 2]
    assert ask["integration_types"] == [0, 1]
    assert all(len(one["description"]) <= 100 for one in told)


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault(method="PUT", path=COMMANDS, **too_many(61.0)), "61 s"),
        (Fault(method="PUT", path=COMMANDS, status=403, body={"code": 50001, "message": "x"}), "applications.commands"),
        (Fault(method="PUT", path=COMMANDS, status=400, body={"code": 50035, "message": "x", "errors": {}}), "400"),
        (Fault(method="PUT", path=COMMANDS, status=503, body={"message": "x"}), "503"),
        (Fault(method="PUT", path=COMMANDS, is_dropped=True, times=2), "tried again"),
    ],
    ids=["429", "403", "400", "503", "cut"],
)
async def test_a_failing_sync_is_a_line_and_no_more(
    fake: FakeDiscord, desk: Desk, fault: Fault, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot runs on and answers; what may pass is tried again, what will not is not."""
    monkeypatch.setattr(sync, "PAUSES", (0.0,))
    fake.faults.plan(fault)
    with capture_logs() as logs:
        async with connected(desk, wants_gateway=False) as adapter:
            may_pass = fault.status not in (400, 403)
            assert await adapter.synced() is may_pass
            assert adapter.health().is_ready
    told = [one["reason"] for one in logs if one["event"] == "commands_not_synced"]
    assert len(told) == 1
    assert line in told[0]
    assert len(fake.synced) == int(may_pass)
