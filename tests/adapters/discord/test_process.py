"""The bot in a process of its own: its start, its end, and a gateway that breaks under it."""

import asyncio
from pathlib import Path

from tests.adapters.discord.asking import FUEL, assert_answered, words
from tests.adapters.discord.process import running
from tests.fakes.discord.server import FakeDiscord


async def test_it_answers_finishes_what_it_began_and_ends_cleanly(tmp_path: Path) -> None:
    """Acknowledged at once with nobody pinged; SIGTERM leaves nobody at "thinking…" and ends with exit code 0."""
    async with FakeDiscord() as fake, running(fake, tmp_path, ANSWER_DELAY="0.5") as bot:
        asked = await assert_answered(fake)
        assert asked.callback == {"type": 5, "data": {"flags": 64}}
        assert asked.shown is not None
        assert asked.shown["allowed_mentions"] == {"parse": []}
        (identify,) = fake.gateway.identified
        assert identify["intents"] == (1 << 0) | (1 << 9) | (1 << 12)
        last = await fake.interact(2, FUEL)
        await last.until_acknowledged()
        ending = asyncio.create_task(bot.end())
        assert "paraffin" in words(await last.until_shown())
        assert await ending == 0
        assert "token" not in bot.lines()
        assert "lantern" not in bot.lines()


async def test_a_wrong_token_ends_it_with_one_line_and_an_exit_code(tmp_path: Path) -> None:
    """What only the operator can mend: said once, without the token."""
    async with FakeDiscord() as fake, running(fake, tmp_path, is_ready=False, BOT_TOKEN="wrong-token") as bot:
        assert await bot.exit_code() == 1
        assert bot.lines().strip().splitlines()[-1].startswith("DISCORD_TOKEN: ")
        assert "wrong-token" not in bot.lines()


async def test_a_large_bot_opens_the_shards_discord_advises(tmp_path: Path) -> None:
    """Past a thousand servers the connection is divided; the second follows five seconds after the first."""
    async with FakeDiscord(guild_count=2500) as fake, running(fake, tmp_path) as bot:
        assert [one["shard"] for one in fake.gateway.identified] == [[0, 2]]
        await assert_answered(fake)
        assert await bot.end() == 0


async def test_a_silent_gateway_is_left(tmp_path: Path) -> None:
    """Unanswered heartbeats end the connection, and the session goes on in a new one."""
    async with FakeDiscord() as fake:
        fake.gateway.heartbeat_seconds = 0.3
        async with running(fake, tmp_path, SILENCE_SECONDS="1") as bot:
            fake.gateway.is_silent = True
            await fake.until(lambda: bool(fake.gateway.resumed))
            fake.gateway.is_silent = False
            await assert_answered(fake)
            assert await bot.end() == 0
