"""Commands are told to Discord only when their definition changed.

Knows the tree and a place to keep a hash; a failure is a line in the log, never the end of the bot.
"""

import asyncio
import hashlib
import json

import discord
import structlog
from discord import app_commands

from bot.adapters.discord.commands import Tree
from bot.adapters.discord.talk import LOST
from bot.errors import StoreError
from bot.store.store import Store

PAUSES = (30.0, 120.0, 600.0, 1800.0)
log = structlog.get_logger()


async def definition_hash(tree: Tree) -> str:
    """A hash of all that Discord is told, translations included."""
    translator = tree.translator
    assert translator is not None
    told = [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]
    plain = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


async def keep_synced(tree: Tree, store: Store) -> bool:
    """Sync if need be, again after a failure that may pass; True once Discord has the commands."""
    for pause in (*PAUSES, None):
        try:
            return await sync_once(tree, store)
        except (discord.HTTPException, app_commands.AppCommandError, discord.RateLimited) as error:
            told = _explained(error)
            log.error("commands_not_synced", reason=told)
            if isinstance(error, (discord.Forbidden, app_commands.AppCommandError)) or _is_bad_request(error):
                return False
        except (*LOST, StoreError) as error:
            log.error("commands_not_synced", reason=_explained(error))
        if pause is not None:
            await asyncio.sleep(pause)
    return False


async def sync_once(tree: Tree, store: Store) -> bool:
    """Tell Discord the commands if they differ from what it was told last."""
    key = f"discord_commands:{tree.client.application_id}"
    wanted = await definition_hash(tree)
    if await store.setting_of(key) == wanted:
        return True
    synced = await tree.sync()
    await store.set_setting(key, wanted)
    log.info("commands_synced", count=len(synced))
    return True


def _is_bad_request(error: Exception) -> bool:
    return isinstance(error, discord.HTTPException) and error.status == 400


def _explained(error: Exception) -> str:
    if isinstance(error, discord.RateLimited):
        return f"Discord asks to wait {error.retry_after:.0f} s; the bot runs on with the commands it had"
    if isinstance(error, discord.Forbidden):
        return "403: invite the bot again with the scope applications.commands (python -m bot discord invite)"
    if isinstance(error, app_commands.AppCommandError) or _is_bad_request(error):
        return "400: Discord does not accept a command's definition; the bot runs on with the commands it had"
    status = error.status if isinstance(error, discord.HTTPException) else type(error).__name__
    return f"{status}: tried again later; the bot runs on with the commands it had"
