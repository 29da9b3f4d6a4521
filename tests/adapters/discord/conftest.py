"""Fixtures of the Discord tests: a desk, and discord.py against a simulated Discord in process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import discord.gateway
import discord.http
import pytest
import simcord
import yarl

from bot.adapters.desk import Desk
from bot.adapters.discord.adapter import DiscordAdapter
from bot.adapters.discord.config import Config
from bot.adapters.discord.connection import client_options
from bot.adapters.discord.verbs import Privacy
from bot.answer.service import Answers
from bot.settings import Secret
from tests.adapters.discord.house import open_desk
from tests.fakes.discord.server import FakeDiscord


@pytest.fixture
async def desk(tmp_path: Path, answers: Answers) -> AsyncIterator[Desk]:
    """A desk over the made-up episode."""
    async with open_desk(tmp_path, answers=answers) as opened:
        yield opened


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    """A fake Discord that this process's discord.py talks to."""
    async with FakeDiscord() as opened:
        monkeypatch.setattr(discord.http.Route, "BASE", opened.base)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(opened.gateway.url))
        yield opened


@dataclass
class Stage:
    """A bot in a server with one member, all in process."""

    env: simcord.Env
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    ann: simcord.MemberActor


async def make_client(desk: Desk, **options: Any) -> tuple[discord.Client, DiscordAdapter]:
    """A client with our commands and listeners, as the adapter makes it."""
    adapter = DiscordAdapter(
        config=Config(token=Secret("token")), desk=desk, privacy=Privacy(days=30, is_keeping=False), **options
    )
    client = discord.Client(**client_options())
    client.tree = await adapter.prepare(client)  # where the simulation looks for it
    return client, adapter


@asynccontextmanager
async def staged(desk: Desk, **options: Any) -> AsyncIterator[Stage]:
    """The real command tree and listeners on a simulated Discord."""
    client, adapter = await make_client(desk, **options)
    async with simcord.run(client) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        assert await adapter.synced()
        yield Stage(env=env, guild=guild, channel=channel, ann=guild.add_member(env.create_user("ann")))
        await adapter.stop()
