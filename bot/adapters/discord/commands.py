"""The slash commands: names, options, completions. Each callback only hands its work to the front.

Knows discord.py's command tree; what a command does is in the verbs.
"""

from typing import Any

import discord
import structlog
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.adapters.discord.front import Front
from bot.adapters.discord.text import fit_label
from bot.adapters.discord.translate import Translator, word
from bot.adapters.discord.verbs import Verbs
from bot.answer.model import QUESTION_LENGTH

CHOICES, CHOICE_LENGTH = 25, 100
Command = app_commands.Command[Any, ..., Any]
log = structlog.get_logger()


class Tree(app_commands.CommandTree[Any]):
    """The command tree: usable in servers, direct messages and private channels, installed by servers or people."""

    def __init__(self, client: discord.Client, front: Front) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self._front = front

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """What no command handled itself."""
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("completion_failed", error=type(error).__name__)
            return
        await self._front.failed(interaction, error)


async def fill(tree: Tree, verbs: Verbs, front: Front) -> None:
    """Put every command into the tree."""
    await tree.set_translator(Translator())
    made = [_ask(verbs, front), _when(verbs, front), _at(verbs, front), _insight(verbs, front)]
    if verbs.has_map:
        made.append(_map(verbs, front))
    plain = {
        "themes": verbs.themes,
        "about": verbs.about,
        "help": verbs.help,
        "privacy": verbs.privacy,
        "forget": verbs.forget,
    }
    made += [_plain(name, work, front) for name, work in plain.items()]
    for command in made:
        tree.add_command(command)


def _ask(verbs: Verbs, front: Front) -> Command:
    @app_commands.command(name=word("discord.ask"), description=word("shared.help_ask"))
    @app_commands.rename(question=word("discord.question"), theme=word("discord.theme"), share=word("discord.share"))
    @app_commands.describe(
        question=word("discord.question_help"), theme=word("discord.theme_help"), share=word("discord.share_help")
    )
    @app_commands.autocomplete(theme=theme_choices(verbs))
    async def ask(
        interaction: discord.Interaction,
        question: Range[str, 1, QUESTION_LENGTH],
        theme: str | None = None,
        share: bool = False,
    ) -> None:
        await front.run(
            interaction,
            lambda talk: verbs.ask(talk, question, theme=theme, is_shared=share),
            private=not share,
        )

    return ask


def _when(verbs: Verbs, front: Front) -> Command:
    async def topics(_: discord.Interaction, typed: str) -> list[Choice[str]]:
        return choices([(one, one) for one in verbs.topics(typed)])

    @app_commands.command(name=word("discord.when"), description=word("shared.help_when"))
    @app_commands.rename(topic=word("discord.topic"))
    @app_commands.describe(topic=word("discord.topic_help"))
    @app_commands.autocomplete(topic=guarded(topics))
    async def when(interaction: discord.Interaction, topic: Range[str, 1, QUESTION_LENGTH]) -> None:
        await front.run(interaction, lambda talk: verbs.when(talk, topic))

    return when


def _at(verbs: Verbs, front: Front) -> Command:
    @app_commands.command(name=word("discord.at"), description=word("shared.help_at"))
    @app_commands.rename(time=word("discord.time"))
    @app_commands.describe(time=word("discord.time_help"))
    async def at(interaction: discord.Interaction, time: Range[str, 1, CHOICE_LENGTH]) -> None:
        await front.run(interaction, lambda talk: verbs.at(talk, time))

    return at


def _insight(verbs: Verbs, front: Front) -> Command:
    @app_commands.command(name=word("discord.insight"), description=word("shared.help_insight"))
    @app_commands.rename(theme=word("discord.theme"))
    @app_commands.describe(theme=word("discord.theme_help"))
    @app_commands.autocomplete(theme=theme_choices(verbs))
    async def insight(interaction: discord.Interaction, theme: str | None = None) -> None:
        await front.run(interaction, lambda talk: verbs.insight(talk, theme))

    return insight


def _map(verbs: Verbs, front: Front) -> Command:
    @app_commands.command(name=word("discord.map"), description=word("shared.help_map"))
    @app_commands.rename(theme=word("discord.theme"))
    @app_commands.describe(theme=word("discord.theme_help"))
    @app_commands.autocomplete(theme=theme_choices(verbs))
    async def episode_map(interaction: discord.Interaction, theme: str | None = None) -> None:
        await front.run(interaction, lambda talk: verbs.map(talk, theme))

    return episode_map


def _plain(name: str, work: Any, front: Front) -> Command:
    """A command without options."""

    @app_commands.command(name=word(f"discord.{name}"), description=word(f"shared.help_{name}"))
    async def plain(interaction: discord.Interaction) -> None:
        await front.run(interaction, work)

    return plain


def theme_choices(verbs: Verbs) -> Any:
    """A completion of themes."""

    async def themes(_: discord.Interaction, typed: str) -> list[Choice[str]]:
        return choices(list(verbs.themes_like(typed)))

    return guarded(themes)


def choices(pairs: list[tuple[str, str]]) -> list[Choice[str]]:
    """Label and value as choices, inside Discord's limits; a value too long to be given back whole is left out."""
    return [
        Choice(name=fit_label(label, CHOICE_LENGTH), value=value)
        for label, value in pairs
        if label.strip() and 0 < len(value) <= CHOICE_LENGTH
    ][:CHOICES]


def guarded(complete: Any) -> Any:
    """A completion whose failure is logged and shows nothing: the library would swallow it."""

    async def completed(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        try:
            found: list[Choice[str]] = await complete(interaction, typed)
        except Exception as error:  # the rim: a broken completion must not stop the typing
            log.warning("completion_failed", error=type(error).__name__)
            return []
        return found

    return completed
