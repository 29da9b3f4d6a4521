"""What Discord sends, as far as the bot reads it.

Knows shapes only; ids are made from a clock as snowflakes are, so that the bot can tell their age.
"""

import time
from itertools import count
from typing import Any

BOT_ID, APPLICATION_ID, GUILD_ID, CHANNEL_ID, ANN_ID, ADMIN_ROLE = 900001, 900001, 700001, 700002, 800001, 700003
MANAGE_GUILD, PLAIN = 1 << 5, 1 << 11
EPOCH_MS = 1420070400000
_numbers = count(1)


def snowflake() -> int:
    """An id of now."""
    return (int(time.time() * 1000) - EPOCH_MS) << 22 | next(_numbers) % (1 << 22)


def user(user_id: int = ANN_ID, name: str = "ann", *, is_bot: bool = False) -> dict[str, Any]:
    """A user."""
    return {
        "id": str(user_id),
        "username": name,
        "global_name": name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": is_bot,
        "public_flags": 0,
    }


BOT = user(BOT_ID, "chapterverse", is_bot=True)


def member(person: dict[str, Any], *, permissions: int = PLAIN) -> dict[str, Any]:
    """A member, with what they may do here."""
    return {
        "user": person,
        "roles": [],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": str(permissions),
    }


def channel(channel_id: int = CHANNEL_ID, guild_id: int | None = GUILD_ID, name: str = "general") -> dict[str, Any]:
    """A text channel, or a direct message without guild."""
    if guild_id is None:
        return {"id": str(channel_id), "type": 1, "last_message_id": None, "recipients": [user()], "flags": 0}
    return {
        "id": str(channel_id),
        "type": 0,
        "guild_id": str(guild_id),
        "name": name,
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }


def guild(guild_id: int = GUILD_ID) -> dict[str, Any]:
    """A server with one channel, in which the bot may write."""
    everyone = {
        "id": str(guild_id),
        "name": "@everyone",
        "permissions": str((1 << 10) | (1 << 11) | (1 << 14) | (1 << 15) | (1 << 16)),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    return {
        "id": str(guild_id),
        "name": "Harbour",
        "owner_id": "1",
        "unavailable": False,
        "member_count": 3,
        "large": False,
        "joined_at": "2024-01-01T00:00:00+00:00",
        "roles": [everyone],
        "emojis": [],
        "stickers": [],
        "features": [],
        "channels": [channel(guild_id=guild_id)],
        "threads": [],
        "members": [member(BOT)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "preferred_locale": "en-US",
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
    }


def message(
    author: dict[str, Any],
    content: str = "",
    *,
    channel_id: int = CHANNEL_ID,
    guild_id: int | None = GUILD_ID,
    **more: Any,
) -> dict[str, Any]:
    """A message."""
    made: dict[str, Any] = {
        "id": str(snowflake()),
        "channel_id": str(channel_id),
        "author": author,
        "content": content,
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }
    if guild_id is not None:
        made["guild_id"] = str(guild_id)
        made["member"] = member(author)
    return made | more


def interaction(kind: int, data: dict[str, Any], *, permissions: int = PLAIN, **more: Any) -> dict[str, Any]:
    """An interaction in the server's channel; `kind` 2 command, 3 component, 4 completion."""
    made_id = snowflake()
    return {
        "id": str(made_id),
        "application_id": str(APPLICATION_ID),
        "type": kind,
        "token": f"interaction-token-{made_id}",
        "version": 1,
        "data": data,
        "guild_id": str(GUILD_ID),
        "channel_id": str(CHANNEL_ID),
        "channel": channel() | {"permissions": str(PLAIN)},
        "member": member(user(), permissions=permissions),
        "app_permissions": str(PLAIN),
        "locale": "en-US",
        "guild_locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(GUILD_ID)},
        "context": 0,
        "attachment_size_limit": 10485760,
    } | more


def command(name: str, **options: Any) -> dict[str, Any]:
    """The data of a slash command; `sub` names a subcommand, `channel` and `role` are ids."""
    sub = options.pop("sub", None)
    made = [{"name": key, "type": _option_type(key, value), "value": value} for key, value in options.items()]
    data: dict[str, Any] = {"id": "555", "name": name, "type": 1, "resolved": {}}
    if "channel" in options:
        picked = channel(int(options["channel"]), name="picked") | {"permissions": "0"}
        data["resolved"]["channels"] = {options["channel"]: picked}
    if "role" in options:
        data["resolved"]["roles"] = {options["role"]: guild()["roles"][0] | {"id": options["role"], "name": "readers"}}
    data["options"] = [{"name": sub, "type": 1, "options": made}] if sub else made
    return data


def _option_type(key: str, value: Any) -> int:
    return {"channel": 7, "role": 8}.get(key, 5 if isinstance(value, bool) else 3)
