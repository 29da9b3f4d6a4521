"""What each button does. Its id tells what it is about; the message it stands on is the one it belongs to.

Knows the desk and the renderer; refuses what is forged or stale with a line.
"""

import dataclasses

import discord

from bot.adapters.desk import Desk
from bot.adapters.discord import render
from bot.adapters.discord.card import Card, fit_card
from bot.adapters.discord.front import PLATFORM, Front
from bot.adapters.discord.ids import Press, parse
from bot.adapters.discord.parts import ids_on
from bot.adapters.discord.pictures import Picture
from bot.adapters.discord.talk import LOST, Talk
from bot.adapters.discord.verbs import Verbs
from bot.adapters.words import say
from bot.answer.model import Answer, Related
from bot.episode.model import Note


class Presses:
    """Handlers of buttons."""

    def __init__(self, *, desk: Desk, front: Front, verbs: Verbs) -> None:
        self._desk = desk
        self._front = front
        self._verbs = verbs

    async def pressed(self, interaction: discord.Interaction, press: Press | None) -> None:
        """A button of a message of ours."""
        if press is None:
            await self._front.refuse(interaction, "shared.forged")
            return
        work = {
            "open": self._open,
            "related": self._related,
            "share": self._share,
            "up": self._vote,
            "down": self._vote,
        }[press.action]
        await self._front.run(interaction, lambda talk: work(talk, press), is_update=press.action == "share")

    async def unknown(self, interaction: discord.Interaction) -> None:
        """A component that is not ours, or not on the message it claims: refused, so that nobody waits in vain."""
        if interaction.type is not discord.InteractionType.component or not isinstance(interaction.data, dict):
            return
        name = str(interaction.data.get("custom_id", ""))
        if parse(name) is None or name not in ids_on(interaction.message):
            await self._front.refuse(interaction, "shared.forged")

    async def _open(self, talk: Talk, press: Press) -> None:
        if await self._is_busy(talk):
            return
        answer = await self._desk.open(talk.asker, press.hit_id)
        if answer is None:
            await self._stale(talk)
            return
        await talk.answer(*await self._verbs.outcome(answer, talk.locale, is_shared=False))

    async def _related(self, talk: Talk, press: Press) -> None:
        if await self._is_busy(talk):
            return
        episode = self._desk.library.default.episode
        notes = {note.id: note for note in episode.notes}
        moments = [self._moment(notes[hit]) for hit in press.hit_ids if hit in notes]
        if not moments:
            await self._stale(talk)
            return
        await talk.answer(render.related_card(moments, locale=talk.locale))

    def _moment(self, note: Note) -> Related:
        episode = self._desk.library.default.episode
        moment = episode.moment(note.start_seconds, note.end_seconds)
        return Related(hit_id=note.id, title=note.title, theme=episode.theme(note.theme), moment=moment)

    async def _vote(self, talk: Talk, press: Press) -> None:
        is_up = press.action == "up"
        if not await self._desk.vote(talk.asker, press.hit_id, is_up=is_up):
            await self._stale(talk)
            return
        await talk.answer(render.line_card(say("shared.voted_up" if is_up else "shared.voted_down", talk.locale)))

    async def _share(self, talk: Talk, press: Press) -> None:
        """Post the answer once for all to see, then take its Share button away; of two presses at once one posts."""
        message = talk.interaction.message
        answer = self._desk.library.default.open(press.hit_id)
        if answer is None or message is None:
            await self._stale(talk)
            return
        card, picture = await self._shared(talk, answer, message)
        key = f"{PLATFORM}:{message.id}"
        if not await self._desk.store.claim_share(key):
            await talk.answer(render.line_card(say("shared.share_again", talk.locale)))
            return
        try:
            await talk.add(card, picture, private=False)
        except (discord.DiscordServerError, *LOST) as error:
            code = self._desk.reference(PLATFORM, "share_unsure", error)
            await talk.answer(render.line_card(say("shared.share_unsure", talk.locale, code=code)))
        except discord.HTTPException:
            await self._desk.store.forget_seen(f"share:{key}")
            raise
        else:
            talk.has_answered = True
            await talk.change_buttons(render.answer_card(answer, locale=talk.locale, is_shared=True))

    async def _shared(self, talk: Talk, answer: Answer, message: discord.Message) -> tuple[Card, Picture | None]:
        """The very card the person saw, with their name under it."""
        card = render.answer_card(answer, locale=talk.locale, is_shared=True)
        shown = message.embeds[0] if message.embeds else None
        card = dataclasses.replace(
            card,
            title=(shown.title if shown else None) or card.title,
            text=(shown.description if shown else None) or card.text,
            footer=say("shared.shared_by", talk.locale, name=talk.interaction.user.display_name),
        )
        _, picture = await self._verbs.outcome(answer, talk.locale, is_shared=True)
        return fit_card(card), picture

    async def _is_busy(self, talk: Talk) -> bool:
        busy = self._desk.check_limit(talk.asker)
        if busy is not None:
            await talk.answer(render.line_card(say("shared.busy", talk.locale, seconds=busy.wait_seconds)))
        return busy is not None

    async def _stale(self, talk: Talk) -> None:
        await talk.answer(render.line_card(say("shared.stale", talk.locale)))
