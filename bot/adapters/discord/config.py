"""What the Discord adapter needs of the settings.

Knows settings, no client.
"""

from dataclasses import dataclass

from bot.errors import SettingsError
from bot.settings import Secret, Settings


@dataclass(frozen=True, kw_only=True)
class Config:
    """How to connect. No shards and no shard ids: as many as Discord advises once past 1,000 servers.

    `silence_seconds`: how long the gateway may leave heartbeats unanswered before the connection is taken up again.
    """

    token: Secret
    public_key: str = ""
    wants_gateway: bool = True
    shards: int = 0
    shard_ids: tuple[int, ...] = ()
    silence_seconds: float = 60.0

    @classmethod
    def from_settings(cls, settings: Settings) -> "Config":
        """Raises SettingsError for shard ids that are no numbers, or none of the shards."""
        shards = settings.discord_shards
        names = settings.discord_shard_ids
        if any(not (name.isascii() and name.isdigit()) for name in names):
            raise SettingsError(["DISCORD_SHARD_IDS: write whole numbers, such as 0,1,2"])
        ids = tuple(int(name) for name in names)
        if ids and (not shards or max(ids) >= shards):
            raise SettingsError(["DISCORD_SHARD_IDS: set DISCORD_SHARDS to the number in all; ids count from 0"])
        return cls(
            token=settings.discord_token,
            public_key=settings.discord_public_key,
            wants_gateway=settings.discord_gateway,
            shards=shards,
            shard_ids=ids,
        )
