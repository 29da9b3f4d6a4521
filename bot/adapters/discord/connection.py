"""One connection to Discord after another: log in, serve, and begin anew when it breaks.

Knows discord.py's clients and how they end; what they serve is put in by `prepare`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import structlog

from bot.adapters.discord.config import Config
from bot.errors import SettingsError
from bot.telemetry import place_of

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
SHARDED_FROM = 1000
LONGEST_WAIT = 60.0
SHARDING_REQUIRED = 4011
TOO_FEW_SHARDS = "DISCORD_SHARDS: too few for the servers the bot is in. Leave it empty, or write a larger number"
FATAL = {
    4004: "DISCORD_TOKEN: Discord does not accept it. Copy a fresh one: Developer Portal, Bot, Reset Token",
    4010: "DISCORD_SHARD_IDS: Discord does not accept these shards. Leave it and DISCORD_SHARDS empty, or count from 0",
    4012: "discord.py: Discord no longer speaks its protocol version. Update the bot",
    4013: "discord.py: Discord does not accept the intents. Update the bot",
    4014: "Discord: the application may not use these intents. The bot asks for none that needs leave; update the bot",
}
Prepare = Callable[[discord.Client], Awaitable[object]]
log = structlog.get_logger()


class Connection:
    """Keeps a client connected. `prepare` is awaited for each client, before it logs in."""

    def __init__(self, config: Config, prepare: Prepare) -> None:
        self._config = config
        self._prepare = prepare
        self._is_sharded = bool(config.shards or config.shard_ids)
        self._is_stopping = False
        self._tried = asyncio.Event()
        self._stopped = asyncio.Event()
        self.client: discord.Client | None = None

    async def tried(self) -> None:
        """Return after the first attempt to log in, whatever became of it."""
        await self._tried.wait()

    async def serve(self) -> None:
        """Serve until `stop`. Raises SettingsError for what only the operator can mend."""
        failures = 0
        try:
            while not self._is_stopping:
                failures = 0 if await self._serve_once() else failures + 1
                if failures:
                    self._tried.set()
                if failures and not self._is_stopping:
                    await self._pause(PAUSES[min(failures, len(PAUSES)) - 1])
        finally:
            self._tried.set()

    async def stop(self) -> None:
        """Close the connection; `serve` then returns."""
        self._is_stopping = True
        self._stopped.set()
        if self.client is not None:
            await self.client.close()

    async def _serve_once(self) -> bool:
        """One client from login to its end; False when it never got to serve, or broke."""
        client = self._make()
        try:
            await self._prepare(client)
            await client.login(self._config.token.reveal())
            if self._outgrew(client):
                self._is_sharded = True
                return True
            self.client = client
            self._tried.set()
            if self._config.wants_gateway:
                await client.connect()
            else:
                await self._stopped.wait()
        except discord.LoginFailure:
            raise SettingsError([FATAL[4004]]) from None
        except discord.PrivilegedIntentsRequired:
            raise SettingsError([FATAL[4014]]) from None
        except discord.ConnectionClosed as error:
            return self._closed(error.code)
        except Exception as error:  # the rim: nothing that happens to one connection ends the process
            log.warning("discord_connection_broke", error=type(error).__name__, place=place_of(error))
            return False
        finally:
            self.client = None
            await _close(client)
        return self._is_stopping

    def _closed(self, code: int) -> bool:
        if code == SHARDING_REQUIRED and not self._is_sharded:
            self._is_sharded = True
            return True
        if code == SHARDING_REQUIRED and self._config.shards:
            raise SettingsError([TOO_FEW_SHARDS])
        if code in FATAL:
            raise SettingsError([FATAL[code]])
        log.warning("discord_connection_closed", code=code)
        return False

    def _outgrew(self, client: discord.Client) -> bool:
        """True for a plain client on an application past about a thousand servers."""
        application = client.application
        count = application.approximate_guild_count if application else 0
        return not self._is_sharded and self._config.wants_gateway and count >= SHARDED_FROM

    def _make(self) -> discord.Client:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice here: nothing to warn of
        options = client_options() | {"heartbeat_timeout": self._config.silence_seconds}
        if not self._is_sharded or not self._config.wants_gateway:
            return discord.Client(**options)
        if self._config.shard_ids:
            options["shard_ids"] = list(self._config.shard_ids)
        return discord.AutoShardedClient(**options, shard_count=self._config.shards or None)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return


def client_options() -> dict[str, Any]:
    """No privileged intent, no mention allowed, no message kept."""
    return {
        "intents": discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
        "allowed_mentions": discord.AllowedMentions.none(),
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "max_messages": None,
        "max_ratelimit_timeout": LONGEST_WAIT,
    }


async def _close(client: discord.Client) -> None:
    try:
        await client.close()
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("discord_not_closed", error=type(error).__name__)
