"""What happens when a button is pressed: play, related, ask about, share, votes, themes.

Knows buttons' values and the desk; no payloads, no client of its own.
"""

from collections.abc import Callable

from bot.adapters.desk import Desk
from bot.adapters.slack import render
from bot.adapters.slack.blocks import Message
from bot.adapters.slack.carried import Carried, unpack
from bot.adapters.slack.courier import Fate
from bot.adapters.slack.incoming import Incoming
from bot.adapters.slack.questions import Questions
from bot.adapters.slack.replies import Replies
from bot.adapters.words import say
from bot.answer.model import Related


class Presses:
    """Reacts to a press with one private message, but for Share, which posts once for everybody."""

    def __init__(
        self, *, desk: Desk, replies: Replies, questions: Questions, reply_id: Callable[[Incoming], str], locale: str
    ) -> None:
        self._desk = desk
        self._replies = replies
        self._questions = questions
        self._reply_id = reply_id
        self._locale = locale

    async def run(self, incoming: Incoming) -> None:
        """One press. A value from an older version, or of an answer that is gone, gets a line that says so."""
        if incoming.name.startswith(render.PLAY):
            return
        carried = unpack(incoming.value)
        if carried is None:
            await self._replies.tell(incoming, say("shared.forged", self._locale))
        elif incoming.name == render.SHARE:
            await self._share(incoming, carried)
        else:
            await self._replies.privately(incoming, await self._answer(incoming, carried))

    async def _answer(self, incoming: Incoming, carried: Carried) -> Message:
        if incoming.name in (render.UP, render.DOWN):
            return await self._vote(incoming, carried, is_up=incoming.name == render.UP)
        if busy := self._desk.check_limit(incoming.asker):
            return self._questions.busy(busy)
        if incoming.name == render.RELATED:
            return self._related(carried)
        if incoming.name.startswith(f"{render.THEME}_"):
            return self._theme(incoming, carried)
        answer = await self._desk.open(incoming.asker, carried.ref)
        if answer is None:
            return self._stale()
        offers_share = bool(incoming.channel_id) and not incoming.is_direct
        reply = self._reply_id(incoming)
        return render.answer_message(answer, reply=reply, locale=self._locale, restated=True, offers_share=offers_share)

    async def _vote(self, incoming: Incoming, carried: Carried, *, is_up: bool) -> Message:
        if not await self._desk.vote(incoming.asker, carried.ref, is_up=is_up):
            return self._stale()
        return render.note_message(say("shared.voted_up" if is_up else "shared.voted_down", self._locale))

    def _related(self, carried: Carried) -> Message:
        """The moments that were found with the answer, as far as the knowledge still has them."""
        opened = [self._desk.library.default.open(hit_id) for hit_id in carried.more[:5]]
        moments = tuple(
            Related(hit_id=one.hit_id, title=one.title, theme=one.theme, moment=one.moment) for one in opened if one
        )
        if not moments:
            return self._stale()
        return render.moments_message(say("shared.related_title", self._locale), moments, locale=self._locale)

    def _theme(self, incoming: Incoming, carried: Carried) -> Message:
        known = {theme.id for theme in self._questions.episode.themes}
        return self._questions.thought(incoming, carried.ref) if carried.ref in known else self._stale()

    def _stale(self) -> Message:
        return render.note_message(say("shared.stale", self._locale))

    async def _share(self, incoming: Incoming, carried: Carried) -> None:
        """Once for all presses. What surely was not posted may be shared again; what may have been is not."""
        shared = self._shared(carried, incoming.user_id)
        if shared is None or not incoming.channel_id:
            await self._replies.tell(incoming, say("shared.stale", self._locale))
            return
        key = f"slack:{incoming.team_id}:{incoming.channel_id}:{carried.reply or incoming.ts}:{carried.ref}"
        if not await self._desk.store.claim_share(key):
            await self._replies.tell(incoming, say("shared.share_again", self._locale))
            return
        fate = await self._post(incoming, carried, shared)
        if fate is Fate.POSTED:
            return
        line, kind = ("shared.share_unsure", "unclear") if fate is Fate.UNCLEAR else ("slack.not_shared", "not_shared")
        if fate is Fate.REFUSED:
            await self._desk.store.forget_seen(f"share:{key}")
        code = self._desk.reference("slack", kind)
        await self._replies.tell(incoming, say(line, self._locale, code=code))

    async def _post(self, incoming: Incoming, carried: Carried, shared: Message) -> Fate:
        """In the channel with the bot's own voice, so that a reply finds the topic; else by the reply address."""
        workspace = await self._replies.workspace(incoming)
        if workspace is not None:
            sent = await self._replies.post(workspace, incoming.channel_id, shared, thread_ts=incoming.thread_ts)
            if sent.fate is Fate.POSTED:
                await self._remember(incoming, carried, incoming.thread_ts or sent.ts)
            if sent.fate is not Fate.REFUSED:
                return sent.fate
        if not incoming.response_url:
            return Fate.REFUSED
        url, thread = incoming.response_url, incoming.thread_ts
        return (await self._replies.courier.respond(url, shared, openly=True, thread_ts=thread)).fate

    async def _remember(self, incoming: Incoming, carried: Carried, ts: str) -> None:
        if carried.kind == "answer" and ts:
            await self._desk.open(incoming.asker_in(ts), carried.ref)

    def _shared(self, carried: Carried, sharer: str) -> Message | None:
        answers = self._desk.library.default
        if carried.kind == "insight":
            found = next((one for one in answers.episode.insights if one.id == carried.ref), None)
            if found is None:
                return None
            return render.thought_message(answers.thought(found), reply="", locale=self._locale, sharer=sharer)
        answer = answers.open(carried.ref, question=carried.question)
        if answer is None:
            return None
        return render.answer_message(answer, reply="", locale=self._locale, restated=True, sharer=sharer)
