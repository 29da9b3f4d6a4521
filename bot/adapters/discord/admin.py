"""`/daily` on Discord: its subcommands, and who may run them, checked each time.

Knows the command tree and the insights service's verbs; what they decide is not known here.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.app_commands import AppCommandChannel, Choice, Range

from bot.adapters.discord.commands import CHOICE_LENGTH, choices, guarded, theme_choices
from bot.adapters.discord.daily import daily_card, reply_card
from bot.adapters.discord.front import PLATFORM, Front
from bot.adapters.discord.talk import Talk
from bot.adapters.discord.translate import word
from bot.adapters.discord.verbs import Verbs
from bot.adapters.words import say
from bot.errors import UsageError
from bot.insights.daily import Channel, Daily, DailyReply, Typed
from bot.insights.zones import suggest_zones

Text = Range[str, 1, CHOICE_LENGTH]
Function = TypeVar("Function")
Verb = Callable[[Channel], Awaitable[DailyReply]]
PLACES = (discord.ChannelType.text, discord.ChannelType.news)
PLAIN = ("resume", "next", "preview", "replace", "status", "stop")


class Admin:
    """Runs `/daily` for those who may manage the server."""

    def __init__(self, *, daily: Daily, front: Front, verbs: Verbs) -> None:
        self.daily = daily
        self.verbs = verbs
        self._front = front

    async def run(
        self, interaction: discord.Interaction, verb: Verb, *, channel: AppCommandChannel | None, episode: str | None
    ) -> None:
        """Acknowledge, check the right, run the verb, show its reply and, privately, the post it speaks of."""

        async def work(talk: Talk) -> None:
            if interaction.guild_id is None or not interaction.permissions.manage_guild:
                raise UsageError(say("shared.not_allowed", talk.locale))
            reply = await verb(_place(interaction, channel, episode or "", talk.locale))
            await talk.answer(reply_card(reply))
            if reply.post is not None:
                await talk.add(daily_card(reply.post, locale="en"), private=True)

        await self._front.run(interaction, work)

    async def zones(self, _: discord.Interaction, typed: str) -> list[Choice[str]]:
        """Completions of a time zone."""
        return choices([(name, name) for name in suggest_zones(typed)])

    async def episodes(self, _: discord.Interaction, typed: str) -> list[Choice[str]]:
        """Completions of an episode."""
        library = self.verbs.desk.library
        known = [(answers.episode.title, one) for one in library.ids if (answers := library.get(one))]
        return choices([pair for pair in known if typed.strip().lower() in f"{pair[0]} {pair[1]}".lower()])


def daily_group(admin: Admin) -> app_commands.Group:
    """The group of all its subcommands, shown to those who may manage the server."""
    group = app_commands.Group(
        name=word("discord.daily"),
        description=word("shared.help_daily"),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    _add_set(group, admin)
    _add_pause(group, admin)
    _add_skip(group, admin)
    _add_now(group, admin)
    for name in PLAIN:
        _add_plain(group, admin, name)
    return group


def _place(interaction: discord.Interaction, channel: AppCommandChannel | None, episode: str, locale: str) -> Channel:
    """Where a command is meant for. Raises UsageError for a channel nobody writes in."""
    if channel is not None and channel.type not in PLACES:
        raise UsageError(say("discord.daily_no_text_channel", locale))
    return Channel(
        platform=PLATFORM,
        workspace_id=str(interaction.guild_id),
        channel_id=str(channel.id if channel else interaction.channel_id),
        episode=episode,
        admin_contact=str(interaction.user.id),
    )


def _options(*names: str) -> Callable[[Function], Function]:
    """Names and describes options in every language: `zone` is the function's name for `daily_zone`."""
    renamed = app_commands.rename(**{name: word(f"discord.daily_{name}") for name in names})
    described: dict[str, Any] = {name: word(f"discord.daily_{name}_help") for name in names}

    def decorate(function: Function) -> Function:
        return app_commands.describe(**described)(renamed(function))

    return decorate


def _command(name: str) -> tuple[Any, Any]:
    return word(f"discord.daily_{name}"), word(f"discord.daily_{name}_help")


def _add_set(group: app_commands.Group, admin: Admin) -> None:
    name, description = _command("set")

    @group.command(name=name, description=description)
    @_options("time", "zone", "channel", "days", "theme", "episode", "role")
    @app_commands.autocomplete(
        zone=guarded(admin.zones), theme=theme_choices(admin.verbs), episode=guarded(admin.episodes)
    )
    async def set_daily(
        interaction: discord.Interaction,
        time: Text,
        zone: Text,
        channel: AppCommandChannel | None = None,
        days: Text | None = None,
        theme: Text | None = None,
        episode: Text | None = None,
        role: discord.Role | None = None,
    ) -> None:
        role_id = str(role.id) if role else None
        typed = Typed(time=time, zone=zone, days=days or "", theme=theme or "", role_id=role_id)
        await admin.run(interaction, lambda place: admin.daily.set(place, typed), channel=channel, episode=episode)


def _add_pause(group: app_commands.Group, admin: Admin) -> None:
    name, description = _command("pause")

    @group.command(name=name, description=description)
    @_options("until", "channel", "episode")
    @app_commands.autocomplete(episode=guarded(admin.episodes))
    async def pause(
        interaction: discord.Interaction,
        until: Text | None = None,
        channel: AppCommandChannel | None = None,
        episode: Text | None = None,
    ) -> None:
        await admin.run(
            interaction, lambda place: admin.daily.pause(place, until or ""), channel=channel, episode=episode
        )


def _add_skip(group: app_commands.Group, admin: Admin) -> None:
    name, description = _command("skip")

    @group.command(name=name, description=description)
    @_options("date", "channel", "episode")
    @app_commands.autocomplete(episode=guarded(admin.episodes))
    async def skip(
        interaction: discord.Interaction,
        date: Text,
        channel: AppCommandChannel | None = None,
        episode: Text | None = None,
    ) -> None:
        await admin.run(interaction, lambda place: admin.daily.skip(place, date), channel=channel, episode=episode)


def _add_now(group: app_commands.Group, admin: Admin) -> None:
    async def now(interaction: discord.Interaction, channel: AppCommandChannel | None, episode: str | None) -> None:
        key = str(interaction.id)
        await admin.run(interaction, lambda place: admin.daily.now(place, key=key), channel=channel, episode=episode)

    _add(group, admin, "now", now)


def _add_plain(group: app_commands.Group, admin: Admin, name: str) -> None:
    async def plain(interaction: discord.Interaction, channel: AppCommandChannel | None, episode: str | None) -> None:
        verb: Verb = getattr(admin.daily, name)
        await admin.run(interaction, verb, channel=channel, episode=episode)

    _add(group, admin, name, plain)


def _add(group: app_commands.Group, admin: Admin, name: str, run: Any) -> None:
    """A subcommand that takes only where it is meant for."""
    title, description = _command(name)

    @group.command(name=title, description=description)
    @_options("channel", "episode")
    @app_commands.autocomplete(episode=guarded(admin.episodes))
    async def subcommand(
        interaction: discord.Interaction, channel: AppCommandChannel | None = None, episode: Text | None = None
    ) -> None:
        await run(interaction, channel, episode)
