"""The application in a process of its own: it starts with nothing set, says what is wrong, and ends in order."""

import asyncio
import json
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.app.process import AT, ROOT, App, running
from tests.fakes.discord import payloads as on_discord
from tests.fakes.discord.faults import Fault
from tests.fakes.discord.server import TOKEN, FakeDiscord
from tests.fakes.slack.payloads import command as slash
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, FakeSlack

QUESTION = "What fuel did the lantern burn before electricity?"
MARKER = "zebrawords"


async def test_it_starts_with_nothing_set_and_answers(tmp_path: Path) -> None:
    """No token: the page and the API are there, every part is ready, and SIGTERM ends it with 0."""
    async with running(tmp_path) as app:
        outcome = await app.ask(QUESTION)
        assert outcome["outcome"] == "answer"
        assert "paraffin" in outcome["text"]
        status, checks = await app.ready()
        assert status == 200
        assert checks.keys() == {"web", "knowledge", "database"}
        metrics = await app.metrics()
        assert 'chapterverse_questions_total{outcome="answer",platform="web"' in metrics
        assert 'chapterverse_stage_seconds_count{stage="answer"} 1.0' in metrics
        assert 'chapterverse_ready{part="web"} 1.0' in metrics
        assert await app.end() == 0
        key = tmp_path / "data" / "secret.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert key.read_text() not in app.said


async def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    """It names the settings and what to do, and exits with 1."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        async with running(tmp_path, is_ready=False, PORT=str(port)) as app:
            assert await app.exit_code() == 1
            assert app.said.splitlines()[-1].startswith(f"HOST, PORT: cannot listen on 127.0.0.1:{port}")
            assert "Traceback" not in app.said


@pytest.mark.parametrize("host", ["256.256.256.256", "8.8.8.8", "h" * 300])
async def test_a_host_that_is_not_ours_is_one_clear_line(tmp_path: Path, host: str) -> None:
    """It says which setting and what to write there, and exits with 1."""
    async with running(tmp_path, is_ready=False, HOST=host) as app:
        assert await app.exit_code() == 1
        assert app.said.splitlines()[-1].endswith("set HOST to 127.0.0.1, 0.0.0.0 or another one it has.")
        assert "Traceback" not in app.said


@pytest.fixture
async def slack() -> object:
    """A fake Slack."""
    fake = await FakeSlack().start()
    yield fake
    await fake.stop()


def _slack(fake: FakeSlack, *, bot: str = BOT_TOKEN, app: str = APP_TOKEN) -> dict[str, str]:
    return {"FAKE_SLACK": fake.url, "SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app}


def _discord(fake: FakeDiscord, token: str = TOKEN) -> dict[str, str]:
    return {"FAKE_DISCORD": fake.base, "FAKE_DISCORD_GATEWAY": fake.gateway.url, "DISCORD_TOKEN": token}


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - a fake's list has no event
            await asyncio.sleep(0.02)


async def _until_all_ready(app: App, parts: set[str]) -> None:
    async with asyncio.timeout(20):
        while (found := await app.ready())[0] != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    assert found[1].keys() == parts
    assert found[1]["discord"]["event_age_seconds"] is not None
    assert 'chapterverse_ready{part="discord"} 1.0' in await app.metrics()


def _command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode()


async def _ends_with_one_line(app: App, beginning: str, token: str) -> None:
    assert await app.exit_code() == 1
    assert app.said.splitlines()[-1].startswith(beginning)
    assert token not in app.said
    assert "Traceback" not in app.said


async def test_a_wrong_discord_token_is_one_clear_line(tmp_path: Path) -> None:
    """It says which setting and where to get a good one, shows no token, and exits with 1."""
    async with (
        FakeDiscord() as fake,
        running(tmp_path, is_ready=False, **_discord(fake, "not.the.token-at-all")) as app,
    ):
        await _ends_with_one_line(app, "DISCORD_TOKEN: ", "not.the.token-at-all")


async def test_half_of_discords_settings_is_one_clear_line(tmp_path: Path) -> None:
    """A key for signed HTTP without a token to answer with would leave everybody in silence."""
    async with running(tmp_path, is_ready=False, DISCORD_PUBLIC_KEY="ab" * 32) as app:
        await _ends_with_one_line(app, "DISCORD_PUBLIC_KEY: it needs DISCORD_TOKEN", "ab" * 32)


@pytest.mark.parametrize(
    ("bot", "app_token", "setting"),
    [("xoxb-not-right", APP_TOKEN, "SLACK_BOT_TOKEN: "), (BOT_TOKEN, "xapp-not-right", "SLACK_APP_TOKEN: ")],
)
async def test_a_wrong_slack_token_is_one_clear_line(
    tmp_path: Path, slack: FakeSlack, bot: str, app_token: str, setting: str
) -> None:
    """Either of the two: which setting, what to do, no token, exit 1."""
    async with running(tmp_path, is_ready=False, **_slack(slack, bot=bot, app=app_token)) as app:
        await _ends_with_one_line(app, setting, "not-right")


async def test_it_can_be_told_to_stop_while_it_starts(tmp_path: Path) -> None:
    """A platform that does not answer does not keep it from ending within ten seconds, with 0."""
    async with FakeDiscord() as fake:
        fake.faults.plan(Fault(method="GET", path="/users/@me", delay_seconds=60.0, status=503))
        async with running(tmp_path, is_ready=False, **_discord(fake)) as app:
            await app.until_said("listening")
            await _until(lambda: bool(fake.called("GET", "/users/@me")))
            assert await app.end() == 0


async def test_it_can_be_told_to_stop_while_it_builds_its_index(tmp_path: Path) -> None:
    """The first start of a large episode takes seconds; SIGTERM is not kept waiting, and nothing goes on without it."""
    given = {"KNOWLEDGE_DIR": str(ROOT / "knowledge"), "EPISODE": "jensen-huang"}
    async with running(tmp_path, is_ready=False, **given) as app:
        own = psutil.Process(app.process.pid)
        await _until(lambda: bool(own.children()))
        (builder,) = own.children()
        assert await app.end(2.0) == 0
        assert not builder.is_running()
        assert "Traceback" not in app.said


async def test_a_role_keeps_a_process_to_its_work(tmp_path: Path, slack: FakeSlack) -> None:
    """`--only web` asks Slack nothing; `--only schedule` checks the token and listens to nobody."""
    async with running(tmp_path, "--only", "web", **_slack(slack)) as app:
        assert (await app.ready())[1].keys() == {"web", "knowledge", "database"}
        assert await app.end() == 0
    assert slack.calls == []
    async with running(tmp_path, "--only", "schedule", **_slack(slack)) as app:
        assert "slack" in (await app.ready())[1]
        assert await app.end() == 0
    assert {call.method for call in slack.calls} == {"auth.test"}
    assert slack.opened == 0


async def test_nothing_a_person_typed_and_no_secret_is_printed(tmp_path: Path, slack: FakeSlack) -> None:
    """At the chattiest level, asked on three platforms: no question, no token, no id of a person, in any line."""
    async with FakeDiscord() as fake:
        tokens = {"SECRET_KEY": "k" * 20 + "secretkeymaterial", "LOG_LEVEL": "debug", "TRUSTED_PROXIES": "1"}
        async with running(tmp_path, **tokens, **_slack(slack), **_discord(fake)) as app:
            await slack.connected()
            async with asyncio.timeout(20):
                await fake.gateway.ready.wait()
            await app.ask(f"{QUESTION} {MARKER}", **{"X-Forwarded-For": "203.0.113.77"})
            async with app.client.get(f"{app.url}/{MARKER}?q={MARKER}") as reply:
                assert reply.status == 404
            await slack.send("slash_commands", slash(slack, "ask", f"{QUESTION} {MARKER}", user="U0SOMEBODY"))
            await slack.until(1)
            asked = await fake.interact(2, on_discord.command("ask", question=f"{QUESTION} {MARKER}"))
            await asked.until_shown()
            await _until_all_ready(app, {"web", "knowledge", "database", "slack", "discord"})
            command_line = _command_line(app.process.pid)
            assert await app.end() == 0
            person = str(asked.payload["member"]["user"]["id"])
            for hidden in (MARKER, "lantern", "203.0.113.77", "U0SOMEBODY", person, "secretkeymaterial"):
                assert hidden not in app.said, hidden
            for token in (TOKEN, BOT_TOKEN, APP_TOKEN, "ticket="):
                assert token not in app.said
                assert token not in command_line
            assert len(app.said.splitlines()) >= 3
            assert all(_is_ours(line) for line in app.said.splitlines()), app.said


def _is_ours(line: str) -> bool:
    """A structured line, or the one that says where the page is."""
    if line.startswith(AT):
        return True
    return isinstance(json.loads(line), dict)
