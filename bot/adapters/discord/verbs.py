"""What each command does, once acknowledged: ask the desk, show the card.

Knows the desk and the renderer; of Discord only the `Talk` it answers on.
"""

from dataclasses import dataclass

from bot.adapters.desk import Busy, Desk
from bot.adapters.discord import render
from bot.adapters.discord.card import Card
from bot.adapters.discord.pictures import Picture, Pictures
from bot.adapters.discord.talk import Talk
from bot.adapters.words import say
from bot.answer.model import Answer, Refusal
from bot.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What the operator chose to keep."""

    days: int
    is_keeping: bool


class Verbs:
    """The commands' work, a method each. Raises UsageError and StoreError; the front tells the person."""

    def __init__(
        self, *, desk: Desk, privacy: Privacy, pictures: Pictures | None = None, has_daily: bool = False
    ) -> None:
        self.desk = desk
        self.has_map = pictures is not None
        self._has_daily = has_daily
        self._privacy = privacy
        self._pictures = pictures

    async def ask(self, talk: Talk, question: str, *, theme: str | None = None, is_shared: bool = False) -> None:
        """Answer a question."""
        outcome = await self.desk.ask(talk.asker, question, theme=self.theme_id(theme, talk.locale))
        await talk.answer(*await self.outcome(outcome, talk.locale, is_shared=is_shared))

    async def outcome(
        self, outcome: Answer | Refusal | Busy, locale: str, *, is_shared: bool
    ) -> tuple[Card, Picture | None]:
        """The card of what was said, and its strip where there is one."""
        if isinstance(outcome, Busy):
            return render.line_card(say("shared.busy", locale, seconds=outcome.wait_seconds)), None
        if isinstance(outcome, Refusal):
            return render.refusal_card(outcome, locale=locale), None
        card = render.answer_card(outcome, locale=locale, is_shared=is_shared)
        return card, await self._strip(outcome.moment.start_seconds)

    async def when(self, talk: Talk, topic: str) -> None:
        """The moments of a topic."""
        if not await self._is_let(talk):
            return
        await talk.answer(render.when_card(topic, self.desk.library.default.when(topic), locale=talk.locale))

    async def at(self, talk: Talk, time: str) -> None:
        """What is said at a time."""
        if not await self._is_let(talk):
            return
        spoken = self.desk.at(time)
        await talk.answer(render.at_card(spoken, locale=talk.locale), await self._strip(spoken.seconds))

    async def insight(self, talk: Talk, theme: str | None) -> None:
        """One thought, of a theme if given."""
        if not await self._is_let(talk):
            return
        thought = self.desk.library.default.insight(self.theme_id(theme, talk.locale))
        await talk.answer(render.insight_card(thought, locale=talk.locale))

    async def themes(self, talk: Talk) -> None:
        """The closed list of themes."""
        await talk.answer(render.themes_card(self.desk.library.default.themes(), locale=talk.locale))

    async def map(self, talk: Talk, theme: str | None) -> None:
        """The episode as a picture, with its words."""
        if self._pictures is None or not await self._is_let(talk):
            return
        picture = await self._pictures.map(self.desk.library.default.episode, theme=self.theme_id(theme, talk.locale))
        await talk.answer(render.map_card(self.desk.library.default.episode, locale=talk.locale), picture)

    async def about(self, talk: Talk) -> None:
        """What this bot is."""
        await talk.answer(render.about_card(self.desk.library.default.episode, locale=talk.locale))

    async def help(self, talk: Talk) -> None:
        """What can be asked."""
        await talk.answer(render.help_card(locale=talk.locale, has_map=self.has_map, has_daily=self._has_daily))

    async def privacy(self, talk: Talk) -> None:
        """What is kept."""
        kept = self._privacy
        await talk.answer(render.privacy_card(days=kept.days, is_keeping=kept.is_keeping, locale=talk.locale))

    async def forget(self, talk: Talk) -> None:
        """Remove what is kept of the person who asks."""
        count = await self.desk.forget(talk.asker)
        text = say("shared.forgotten", talk.locale, count=count) if count else say("shared.forgotten_none", talk.locale)
        await talk.answer(render.line_card(text))

    def topics(self, typed: str) -> tuple[str, ...]:
        """Completions of a topic."""
        return tuple(one.text for one in self.desk.library.default.suggest(typed))

    def themes_like(self, typed: str) -> tuple[tuple[str, str], ...]:
        """Completions of a theme, as tag and id."""
        found = self.desk.library.default.themes()
        sought = typed.strip().lower()
        return tuple((render.tag_of(one), one.id) for one in found if sought in one.name.lower() or sought in one.id)

    def theme_id(self, typed: str | None, locale: str) -> str | None:
        """The id of a theme chosen or typed. Raises UsageError for one there is not."""
        if typed is None or not typed.strip():
            return None
        sought = typed.strip().lower()
        for theme in self.desk.library.default.themes():
            if sought in (theme.id, theme.name.lower(), render.tag_of(theme).lower()):
                return theme.id
        raise UsageError(say("shared.unknown_theme", locale))

    async def _is_let(self, talk: Talk) -> bool:
        busy = self.desk.check_limit(talk.asker)
        if busy is not None:
            await talk.answer(render.line_card(say("shared.busy", talk.locale, seconds=busy.wait_seconds)))
        return busy is None

    async def _strip(self, seconds: int) -> Picture | None:
        if self._pictures is None:
            return None
        return await self._pictures.strip(self.desk.library.default.episode, seconds)
