"""`/daily` without a platform: what people who run a channel can do, each verb one method.

Knows no chat SDK and checks no rights: the adapter asks only for admins, and renders the reply.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.episode.model import Episode
from bot.errors import UsageError
from bot.insights import due, outlook, rotation, words
from bot.insights.finding import find_episode, find_theme
from bot.insights.outlook import Coming, Line
from bot.insights.planning import extra_choice, few_left, moved, turn_of
from bot.insights.poster import Poster
from bot.insights.posts import DailyPost
from bot.insights.reading import read_date, read_days, read_time
from bot.insights.sending import LEASE, Clock, Episodes, Sender, Sleep
from bot.insights.zones import is_zone, read_zone
from bot.store.model import EVERY_DAY, Replacement, State, Subscription, Wanted
from bot.store.store import Store

_AHEAD = 7
_DAY = timedelta(days=1)
_FARTHEST = timedelta(days=366)
_REMEMBERED = 400


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Where a command is meant for. `episode` only matters when a channel has several."""

    platform: str
    workspace_id: str
    channel_id: str
    episode: str = ""
    admin_contact: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What an admin typed behind `set`, unread. Empty means not given."""

    time: str
    zone: str
    days: str = ""
    theme: str = ""
    role_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class DailyReply:
    """What to show, privately, to the admin who asked: a sentence, then lines of two, then a post."""

    text: str
    lines: tuple[Line, ...] = ()
    post: DailyPost | None = None
    subscription: Subscription | None = None


class Daily:
    """The verbs of `/daily`. Every one may raise UsageError, fit to show, or StoreError."""

    def __init__(
        self,
        *,
        store: Store,
        episodes: Episodes,
        posters: Mapping[str, Poster],
        clock: Clock,
        random: Random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._store = store
        self._episodes = episodes
        self._posters = posters
        self._clock = clock
        self._sender = Sender(store=store, episodes=episodes, posters=posters, clock=clock, sleep=sleep, random=random)

    async def set(self, channel: Channel, typed: Typed) -> DailyReply:
        """Begin, or set anew. Today's slot counts if it is still to come and was not used."""
        episode = find_episode(self._episodes(), channel.episode)
        wanted = _wanted(channel, typed, episode)
        delivered = await self._delivered(wanted)
        now = self._clock()
        fresh = (slot for slot in due.slots(wanted, now, now + 8 * _DAY) if slot.local_date not in delivered)
        first = next(fresh, None)
        first_due_at = None if first is None else first.due_at
        used = rotation.remembered(await self._posted(wanted))
        subscription = await self._store.subscribe(wanted, next_due_at=first_due_at, used=used)
        pool = rotation.pool_of(episode, wanted.theme)
        few = len(pool) if len(pool) < rotation.FEW else None
        when = _moment(first_due_at, wanted.zone)
        return DailyReply(text=words.was_set(subscription, when, few), subscription=subscription)

    async def pause(self, channel: Channel, until: str = "") -> DailyReply:
        """Post nothing before that local date; without a date until `resume`."""
        subscription = await self._in_zone(channel)
        ends = None
        if until.strip():
            day = self._date(until, subscription)
            if day == self._today(subscription):
                raise UsageError(words.PAST_DATE.format(day=words.day(day)))
            ends = due.due_at(day, time(0), subscription.zone) or due.due_at(day + _DAY, time(0), subscription.zone)
        paused = replace(subscription, is_paused=True, paused_until=ends)
        next_due_at = due.next_due_at(paused, self._clock(), await self._delivered(subscription))
        reason = words.PAUSED_BY_ADMIN
        changed = await self._store.pause(subscription.id, until=ends, reason=reason, next_due_at=next_due_at)
        when = _moment(next_due_at, subscription.zone)
        return DailyReply(text=words.was_paused(when), subscription=changed)

    async def resume(self, channel: Channel) -> DailyReply:
        """End a pause; what was due meanwhile is not posted late."""
        subscription = await self._in_zone(channel)
        if not subscription.is_paused:
            when = await self._when(subscription)
            return DailyReply(text=words.RUNNING_ALREADY.format(when=when), subscription=subscription)
        delivered = await self._delivered(subscription)
        next_due_at = due.next_due_at(outlook.awake(subscription), self._clock(), delivered)
        changed = await self._store.resume(subscription.id, next_due_at=next_due_at)
        when = _moment(next_due_at, subscription.zone)
        return DailyReply(text=words.was_resumed(when), subscription=changed)

    async def skip(self, channel: Channel, typed_date: str) -> DailyReply:
        """Leave one local date out."""
        subscription = await self._in_zone(channel)
        day = self._date(typed_date, subscription)
        delivered = await self._delivered(subscription)
        awake = outlook.awake(subscription)
        if day in delivered or not any(slot.local_date == day for slot in self._around(awake, day)):
            ahead = ", ".join(words.day(slot.local_date) for slot in due.coming(awake, self._clock(), 3, delivered))
            raise UsageError(words.NOT_A_POST_DAY.format(day=words.day(day), coming=ahead or words.NOTHING_COMING))
        changed = await self._store.skip(subscription.id, day) or subscription
        return DailyReply(text=words.was_skipped(day, await self._when(changed)), subscription=changed)

    def _around(self, subscription: Subscription, day: date) -> tuple[due.Slot, ...]:
        """The slots to come near a date."""
        midnight = datetime.combine(day, time(0), tzinfo=ZoneInfo(subscription.zone))
        return tuple(due.slots(subscription, max(self._clock(), midnight - _DAY), midnight + 2 * _DAY))

    async def next(self, channel: Channel) -> DailyReply:
        """The coming seven, with date and zone."""
        subscription = await self._in_zone(channel)
        ahead = await self._ahead(subscription, _AHEAD)
        if not ahead:
            return DailyReply(text=words.NOTHING_COMING_PAUSED, subscription=subscription)
        lines = outlook.coming_lines(ahead, subscription.zone)
        return DailyReply(text=words.COMING.format(count=len(lines)), lines=lines, subscription=subscription)

    async def preview(self, channel: Channel) -> DailyReply:
        """The next post, as it will be."""
        subscription = await self._in_zone(channel)
        item = await self._first(subscription)
        when = words.moment(item.slot.due_at, subscription.zone)
        text = words.preview(when, is_paused=not await self._ahead(subscription, 1))
        return DailyReply(text=text, post=item.post, subscription=subscription)

    async def replace(self, channel: Channel) -> DailyReply:
        """Another insight for the next date; said again, yet another, through all that are left."""
        subscription = await self._in_zone(channel)
        item = await self._first(subscription)
        pool = rotation.pool_of(self._episode(subscription), subscription.theme)
        ordered = rotation.ranked(pool, turn_of(subscription), subscription.id)
        other = rotation.another(ordered, item.post.insight.id) or rotation.another(pool, item.post.insight.id)
        if other is None:
            raise UsageError(words.NO_OTHER)
        chosen = Replacement(local_date=item.slot.local_date, insight_id=other)
        changed = await self._store.put_replacement(subscription.id, chosen) or subscription
        replaced = await self._first(changed)
        when = words.moment(replaced.slot.due_at, subscription.zone)
        return DailyReply(text=words.replaced(when), post=replaced.post, subscription=changed)

    async def now(self, channel: Channel, *, key: str) -> DailyReply:
        """Post one at once; the day's own slot and the insights announced stay. `key` is the command's own id."""
        subscription = await self._in_zone(channel)
        if subscription.platform not in self._posters:
            raise UsageError(words.NO_POSTER)
        episode, today = self._episode(subscription), self._today(subscription)

        def choose(found: Subscription) -> tuple[str, Subscription] | None:
            picked = extra_choice(found, episode, today)
            return None if picked is None else (picked.insight_id, moved(found, picked.after))

        async with self._store.present() as worker:
            claim = await self._store.claim_extra(
                subscription.id, key=key, local_date=today, worker=worker, lease=LEASE, choose=choose
            )
            if claim is None:
                raise UsageError(words.NOT_NOW_TWICE)
            handled = await self._sender.carry_out(claim)
        when, left = await self._when(claim.subscription), few_left(claim.subscription, episode)
        text = words.posted_now(handled.state, handled.reason or "", when)
        if handled.state is State.SENT and left is not None:
            text = f"{text} {words.few_left(claim.subscription, left)}"
        return DailyReply(text=text, subscription=claim.subscription)

    async def status(self, channel: Channel) -> DailyReply:
        """What is set and where each value comes from, last success, next due, last error."""
        subscription = outlook.as_of(await self._find(channel), self._clock())
        deliveries = await self._store.deliveries_of(subscription.id)
        episode = self._episodes().get(subscription.episode_id)
        when = await self._when(subscription) if is_zone(subscription.zone) else None
        lines = outlook.status_lines(subscription, episode, when, deliveries)
        return DailyReply(text=words.STATUS, lines=lines, subscription=subscription)

    async def stop(self, channel: Channel) -> DailyReply:
        """End it. Set again, it goes on with the insights it has not posted yet."""
        subscription = await self._find(channel)
        await self._store.unsubscribe(subscription.id)
        return DailyReply(text=words.STOPPED)

    async def _find(self, channel: Channel) -> Subscription:
        found = await self._store.subscriptions_of(channel.platform, channel.workspace_id, channel.channel_id)
        if channel.episode.strip() and found:
            named = tuple(item for item in found if item.episode_id == channel.episode.strip().lower())
            found = named or self._of_episode(found, channel.episode)
        if not found:
            raise UsageError(words.NOT_SET)
        if len(found) > 1:
            raise UsageError(words.WHICH_EPISODE.format(names=", ".join(item.episode_id for item in found)))
        return found[0]

    def _of_episode(self, found: tuple[Subscription, ...], text: str) -> tuple[Subscription, ...]:
        episode = find_episode(self._episodes(), text)
        return tuple(item for item in found if item.episode_id == episode.id)

    async def _in_zone(self, channel: Channel) -> Subscription:
        """The subscription, for a verb that reckons with its zone. Raises UsageError when tzdata dropped that."""
        found = await self._find(channel)
        if not is_zone(found.zone):
            raise UsageError(words.ZONE_GONE.format(zone=found.zone))
        return found

    def _date(self, text: str, subscription: Subscription) -> date:
        """A date as typed, today or within a year. Raises UsageError."""
        today = self._today(subscription)
        day = read_date(text, today)
        if day < today:
            raise UsageError(words.PAST_DATE.format(day=words.day(day)))
        if day > today + _FARTHEST:
            raise UsageError(words.TOO_FAR.format(day=words.day(day)))
        return day

    def _episode(self, subscription: Subscription) -> Episode:
        return find_episode(self._episodes(), subscription.episode_id)

    def _today(self, wanted: Wanted) -> date:
        return self._clock().astimezone(ZoneInfo(wanted.zone)).date()

    async def _delivered(self, wanted: Wanted) -> frozenset[date]:
        return await self._store.delivered_dates(wanted.id, since=self._today(wanted) - _DAY)

    async def _posted(self, wanted: Wanted) -> tuple[str, ...]:
        """The insights a channel has had, oldest first: what a stopped subscription leaves behind."""
        deliveries = await self._store.deliveries_of(wanted.id, limit=_REMEMBERED)
        posted = (State.SENT, State.UNCERTAIN, State.CLAIMED)
        return tuple(item.insight_id for item in reversed(deliveries) if item.insight_id and item.state in posted)

    async def _ahead(self, subscription: Subscription, count: int) -> tuple[Coming, ...]:
        delivered = await self._delivered(subscription)
        return outlook.coming(subscription, self._episode(subscription), self._clock(), count, delivered)

    async def _first(self, subscription: Subscription) -> Coming:
        """The next post, as if not paused. Raises UsageError when there is none."""
        ahead = await self._ahead(subscription, 1) or await self._ahead(outlook.awake(subscription), 1)
        if not ahead:
            raise UsageError(words.NOTHING_COMING)
        return ahead[0]

    async def _when(self, subscription: Subscription) -> str | None:
        """The next due time in words; the rows' own `next_due_at` may still name a skipped day."""
        delivered = await self._delivered(subscription)
        ahead = due.coming(subscription, self._clock(), 1, delivered)
        return words.moment(ahead[0].due_at, subscription.zone) if ahead else None


def _moment(instant: datetime | None, zone: str) -> str | None:
    return None if instant is None else words.moment(instant, zone)


def _wanted(channel: Channel, typed: Typed, episode: Episode) -> Wanted:
    """What was typed, read. Raises UsageError."""
    given = {"days": typed.days, "theme": typed.theme, "episode": channel.episode, "role": typed.role_id or ""}
    return Wanted(
        platform=channel.platform,
        workspace_id=channel.workspace_id,
        channel_id=channel.channel_id,
        episode_id=episode.id,
        local_time=read_time(typed.time),
        zone=read_zone(typed.zone),
        weekdays=read_days(typed.days) if typed.days.strip() else EVERY_DAY,
        theme=find_theme(episode, typed.theme),
        role_id=typed.role_id,
        admin_contact=channel.admin_contact,
        chosen=("time", "zone", *(name for name, text in given.items() if text.strip())),
    )
