"""Names and descriptions of the commands in the languages the catalogue has.

Knows keys of the catalogue; what it lacks stays English.
"""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

from bot.adapters.words import FALLBACK, say, says


def word(key: str) -> locale_str:
    """The English word of a key, to be translated when the commands are synced."""
    return locale_str(say(key), key=key)


class Translator(app_commands.Translator):
    """Looks a `word` up in the catalogue of a locale."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """The word in that language, or None for English and for languages without a catalogue."""
        key = string.extras.get("key")
        if key is None or locale.value.startswith(FALLBACK):
            return None
        return says(key, locale.value)
