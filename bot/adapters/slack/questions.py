"""The commands about the episode, each a few lines into the desk, each with one reply.

Knows the desk and how to say things; no payloads, no client.
"""

from collections.abc import Awaitable, Callable

from rapidfuzz import fuzz, process

from bot.adapters.desk import Busy, Desk
from bot.adapters.slack import render
from bot.adapters.slack.blocks import Message, header, image, message, section
from bot.adapters.slack.commands import COMMANDS, command, is_help
from bot.adapters.slack.config import SlackConfig
from bot.adapters.slack.incoming import Incoming
from bot.adapters.words import say
from bot.answer.model import QUESTION_LENGTH, Answer
from bot.episode.model import Episode
from bot.errors import UsageError
from bot.picture.words import describe_map

Command = Callable[[Incoming], Awaitable[Message]]


class Questions:
    """One method a command; each returns the message to show. `reply_id` names a reply from an event's key."""

    def __init__(self, *, desk: Desk, config: SlackConfig, reply_id: Callable[[Incoming], str]) -> None:
        self._desk = desk
        self._config = config
        self._locale = config.locale
        self._reply_id = reply_id
        self.commands: dict[str, Command] = {
            "ask": self.ask,
            "when": self.when,
            "at": self.at,
            "insight": self.insight,
            "themes": self.themes,
            "map": self.map,
            "about": self.about,
            "privacy": self.privacy,
            "forget-me": self.forget,
        }

    @property
    def episode(self) -> Episode:
        """The episode being answered about."""
        return self._desk.library.default.episode

    async def ask(self, incoming: Incoming) -> Message:
        """Answer in private, with the question above it and a button to share it."""
        if not incoming.text:
            raise UsageError(say("slack.usage_ask", self._locale))
        outcome = await self._desk.ask(incoming.asker, incoming.text)
        if isinstance(outcome, Busy):
            return self.busy(outcome)
        if not isinstance(outcome, Answer):
            return render.refusal_message(outcome, locale=self._locale, restated=True)
        reply, offers_share = self._reply_id(incoming), not incoming.is_direct
        return render.answer_message(
            outcome, reply=reply, locale=self._locale, restated=True, offers_share=offers_share
        )

    async def when(self, incoming: Incoming) -> Message:
        """The moments about a topic."""
        topic = incoming.text
        if not topic:
            raise UsageError(say("slack.usage_when", self._locale))
        if len(topic) > QUESTION_LENGTH:
            raise UsageError(say("shared.too_long", self._locale, limit=QUESTION_LENGTH))
        if busy := self._desk.check_limit(incoming.asker):
            return self.busy(busy)
        moments = self._desk.library.default.when(topic)
        if not moments:
            return render.note_message(say("shared.no_moments", self._locale))
        return render.moments_message(
            say("shared.moments_title", self._locale, topic=topic), moments, locale=self._locale
        )

    async def at(self, incoming: Incoming) -> Message:
        """What is said at a time."""
        if not incoming.text:
            raise UsageError(say("slack.usage_at", self._locale))
        if busy := self._desk.check_limit(incoming.asker):
            return self.busy(busy)
        spoken = self._desk.at(incoming.text)
        return render.spoken_message(spoken, reply=self._reply_id(incoming), locale=self._locale)

    async def insight(self, incoming: Incoming) -> Message:
        """One thought, of a theme where one is named."""
        theme_id = self.theme_of(incoming.text) if incoming.text else None
        if busy := self._desk.check_limit(incoming.asker):
            return self.busy(busy)
        return self.thought(incoming, theme_id)

    def thought(self, incoming: Incoming, theme_id: str | None) -> Message:
        """One thought of a theme, or of all."""
        thought = self._desk.library.default.insight(theme_id)
        if thought is None:
            return render.note_message(say("shared.no_insights", self._locale))
        offers_share = bool(incoming.channel_id) and not incoming.is_direct
        reply = self._reply_id(incoming)
        return render.thought_message(thought, reply=reply, locale=self._locale, offers_share=offers_share)

    def theme_of(self, text: str) -> str:
        """The id of a theme by id or name, any case. Raises UsageError with the nearest names."""
        wanted = text.strip().lower()
        names = {theme.id.lower(): theme.id for theme in self.episode.themes}
        names |= {theme.name.lower(): theme.id for theme in self.episode.themes}
        if wanted in names:
            return names[wanted]
        near = process.extract(wanted[:80], list(names), scorer=fuzz.WRatio, limit=3, score_cutoff=55)
        ids = dict.fromkeys(names[name] for name, _, _ in near) or [theme.id for theme in self.episode.themes]
        shown = ", ".join(self.episode.theme(theme_id).name for theme_id in ids)
        raise UsageError(say("slack.unknown_theme", self._locale, themes=shown))

    async def themes(self, incoming: Incoming) -> Message:
        """The themes."""
        return render.themes_message(self.episode, locale=self._locale)

    async def map(self, incoming: Incoming) -> Message:
        """The picture of the episode where it has a public address, else words."""
        if self._config.map_url:
            alt = describe_map(self.episode)
            return message(alt, [image(self._config.map_url, alt)])
        themes = render.themes_message(self.episode, locale=self._locale)
        said = say("slack.no_map", self._locale)
        chapters = render.paragraphs(render.chapter_lines(self.episode, self.episode.chapters))
        return message(
            f"{said} {themes.text}", [section(said), header(say("slack.home_chapters", self._locale)), *chapters]
        )

    async def about(self, incoming: Incoming) -> Message:
        """What this bot is, and which episode it knows."""
        one = self.episode
        known = say(
            "shared.about_episode",
            self._locale,
            show=one.show,
            number=one.number,
            title=one.title,
            guest=one.guest,
            date=one.date,
        )
        said = say("shared.about", self._locale)
        return message(
            f"{known}. {said}", [header(say("shared.about_title", self._locale)), section(known), section(said)]
        )

    async def privacy(self, incoming: Incoming) -> Message:
        """What is kept, and how to remove it."""
        return render.note_message(self.privacy_words(), title=say("shared.privacy_title", self._locale))

    def privacy_words(self) -> str:
        """The paragraph, with what this operator chose."""
        chosen = "shared.privacy_keeps" if self._config.keeps_questions else "shared.privacy_keeps_not"
        kept = say("shared.privacy", self._locale, days=self._config.retention_days)
        return f"{kept} {say(chosen, self._locale)} (/forget-me)"

    async def forget(self, incoming: Incoming) -> Message:
        """Remove what is kept of the one who asks. Raises StoreError."""
        count = await self._desk.forget(incoming.asker)
        key = "shared.forgotten" if count else "shared.forgotten_none"
        return render.note_message(say(key, self._locale, count=count))

    def help(self, name: str = "") -> Message:
        """How one command is used, or all of them."""
        known = command(name) if name else None
        shown = (known,) if known else COMMANDS
        lines = [f"*{one.slash}* {one.hint}".rstrip() + f"  {say(one.help_key, self._locale)}" for one in shown]
        closing = self.usage(name) if known else say("slack.help_mention", self._locale)
        title = say("shared.help_title", self._locale)
        text = f"{title}: " + "; ".join(f"{one.slash}: {say(one.help_key, self._locale)}" for one in shown)
        return message(text, [header(title), *render.paragraphs(lines), section(closing)])

    def usage(self, name: str) -> str:
        """The line that names the fix."""
        known = command(name)
        names = ", ".join(theme.name for theme in self.episode.themes)
        return say(known.usage_key, self._locale, themes=names) if known else say("slack.help_mention", self._locale)

    def busy(self, busy: Busy) -> Message:
        """Try again in so many seconds."""
        return render.note_message(say("shared.busy", self._locale, seconds=busy.wait_seconds))

    async def run(self, incoming: Incoming) -> Message:
        """The message for a command; its help; a usage line for what takes nothing and got something."""
        if is_help(incoming.text):
            return self.help(incoming.name)
        known = command(incoming.name)
        if known is None or incoming.name not in self.commands:
            return self.help()
        if not known.hint and incoming.text:
            raise UsageError(self.usage(incoming.name))
        return await self.commands[incoming.name](incoming)
