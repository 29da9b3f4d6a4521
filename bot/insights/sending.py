"""From a claim to its end: sent, tried again later, or closed with a reason.

Decides what follows from what a platform says; knows no platform and claims nothing itself.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.episode.model import Episode
from bot.errors import StoreError
from bot.insights import words
from bot.insights.due import CATCH_UP
from bot.insights.planning import few_left
from bot.insights.poster import Absent, NotPosted, Outcome, Posted, Poster, Rejected, Sight, Unclear
from bot.insights.posts import DailyPost, daily_post
from bot.store.model import Claim, State
from bot.store.store import Store

LEASE = timedelta(minutes=15)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 30))
_LOG = logging.getLogger(__name__)

_MARKING_PAUSES = (1.0, *(2.0,) * 7)  # short, for what shares the batch waits for the last

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
Episodes = Callable[[], Mapping[str, Episode]]


@dataclass(frozen=True, kw_only=True)
class Handled:
    """What became of a claim just now: its state (`CLAIMED`: tried again later), and why when it was not sent."""

    state: State
    reason: str | None = None


class Sender:
    """Carries claims out. Several may run side by side; a claim is carried out by whoever holds it."""

    def __init__(
        self,
        *,
        store: Store,
        episodes: Episodes,
        posters: Mapping[str, Poster],
        clock: Clock,
        sleep: Sleep,
        random: Random,
    ) -> None:
        self._store = store
        self._episodes = episodes
        self._posters = posters
        self._clock = clock
        self._sleep = sleep
        self._random = random

    async def carry_out(self, claim: Claim) -> Handled:
        """Find out about an earlier try, then post, then write down what happened. Raises StoreError.

        A StoreError leaves the claim to whoever takes it over; nothing is posted twice.
        """
        subscription, delivery = claim.subscription, claim.delivery
        if delivery.sending_since is not None:
            earlier = await self._earlier(claim, delivery.sending_since)
            if not isinstance(earlier, Absent):
                return await self._settle(claim, earlier, delivery.sending_since)
        if subscription.is_paused and not delivery.extra:
            return await self._close(claim, State.SKIPPED, words.PAUSED_MEANWHILE)
        if self._clock() - delivery.due_at > CATCH_UP:
            return await self._too_late(claim)
        return await self._post(claim)

    async def _earlier(self, claim: Claim, since: datetime) -> Sight:
        poster = self._posters[claim.subscription.platform]
        try:
            return await poster.find(claim.subscription, claim.delivery.mark, since)
        except Exception:
            _LOG.exception("looking for an earlier post failed")
            return Unclear(reason=words.LOOK_FAILED, is_passing=True)

    async def _settle(self, claim: Claim, earlier: Posted | Unclear, since: datetime) -> Handled:
        """The end of a try that was cut off: it was posted, or nobody can say; then never twice.

        A platform that is only away is asked again, after pauses that grow with the time since the try.
        """
        if isinstance(earlier, Posted):
            return await self._sent(claim, earlier)
        now = self._clock()
        if earlier.is_passing and now - claim.delivery.due_at <= CATCH_UP:
            pause = min(max(now - since, PAUSES[0]), PAUSES[-1])
            await self._store.try_later(claim.delivery, at=now + pause, reason=earlier.reason, was_posted=None)
            return Handled(state=State.CLAIMED, reason=earlier.reason)
        return await self._close(claim, State.UNCERTAIN, earlier.reason)

    async def _post(self, claim: Claim) -> Handled:
        post = self._build(claim)
        if post is None:
            return await self._close(claim, State.FAILED, words.INSIGHT_GONE)
        if not await self._store.begin_send(claim.delivery, lease=LEASE):
            return Handled(state=State.CLAIMED, reason=words.TAKEN_OVER)
        outcome = await self._outcome(claim, post)
        if isinstance(outcome, Posted):
            return await self._sent(claim, outcome)
        if isinstance(outcome, Rejected):
            return await self._give_up(claim, outcome.reason)
        return await self._later(claim, outcome)

    def _build(self, claim: Claim) -> DailyPost | None:
        """The post, or None when the episode or the insight went away since the claim."""
        subscription, delivery = claim.subscription, claim.delivery
        try:
            episode = self._episodes()[subscription.episode_id]
            return daily_post(episode, delivery.insight_id or "", mark=delivery.mark, role_id=subscription.role_id)
        except KeyError:
            return None

    async def _outcome(self, claim: Claim, post: DailyPost) -> Outcome:
        try:
            return await self._posters[claim.subscription.platform].post(claim.subscription, post)
        except Exception:
            _LOG.exception("posting an insight failed")
            return Unclear(reason=words.POST_BROKE)

    async def _sent(self, claim: Claim, posted: Posted) -> Handled:
        if not await self._mark_sent(claim, posted.message_ref):
            return Handled(state=State.CLAIMED, reason=words.TAKEN_OVER)
        await self._warn_when_few(claim)
        return Handled(state=State.SENT)

    async def _mark_sent(self, claim: Claim, message_ref: str) -> bool:
        """Patient with the database: a post that is out should not become uncertain over a short break."""
        for pause in _MARKING_PAUSES:
            try:
                return await self._store.mark_sent(claim.delivery, message_ref=message_ref)
            except StoreError:
                await self._sleep(pause)
        return await self._store.mark_sent(claim.delivery, message_ref=message_ref)

    async def _later(self, claim: Claim, outcome: NotPosted | Unclear) -> Handled:
        """Another try after a growing pause, if that is still inside the window."""
        now, delivery = self._clock(), claim.delivery
        pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)] * self._random.uniform(1.0, 1.25)
        is_clear = isinstance(outcome, NotPosted)
        if isinstance(outcome, NotPosted):
            pause = max(pause, timedelta(seconds=outcome.retry_after_seconds))
        if is_clear and now + pause - delivery.due_at > CATCH_UP:
            return await self._give_up(claim, outcome.reason)
        was_posted = False if is_clear else None
        await self._store.try_later(delivery, at=now + pause, reason=outcome.reason, was_posted=was_posted)
        return Handled(state=State.CLAIMED, reason=outcome.reason)

    async def _too_late(self, claim: Claim) -> Handled:
        """Past the window: missed when it was never tried, else failed for good."""
        if claim.delivery.attempts:
            return await self._give_up(claim, claim.delivery.error or words.NEVER_ACCEPTED)
        return await self._close(claim, State.MISSED, words.TOO_LATE)

    async def _give_up(self, claim: Claim, reason: str) -> Handled:
        """Failed for good: the subscription pauses, and the admin is told. A post on demand pauses nothing."""
        handled = await self._close(claim, State.FAILED, reason)
        if handled.state is State.FAILED and not claim.delivery.extra:
            await self._store.pause(claim.subscription.id, until=None, reason=reason, next_due_at=None)
            await self._tell(claim, words.gave_up(claim.subscription, reason))
        return handled

    async def _close(self, claim: Claim, state: State, reason: str) -> Handled:
        is_mine = await self._store.mark_closed(claim.delivery, state, reason=reason)
        return Handled(state=state if is_mine else State.CLAIMED, reason=reason if is_mine else words.TAKEN_OVER)

    async def _warn_when_few(self, claim: Claim) -> None:
        """Told once a round, from the rotation as the claim left it; after a post on demand the reply says it."""
        episode = self._episodes().get(claim.subscription.episode_id)
        if episode is None or claim.delivery.extra:
            return
        left = few_left(claim.subscription, episode)
        if left is not None:
            await self._tell(claim, words.few_left(claim.subscription, left))

    async def _tell(self, claim: Claim, text: str) -> None:
        try:
            if await self._posters[claim.subscription.platform].tell_admin(claim.subscription, text):
                return
        except Exception:
            _LOG.exception("telling an admin failed")
        _LOG.warning("an admin could not be told; /daily status says it", extra={"subscription": claim.subscription.id})
