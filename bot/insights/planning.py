"""Slots meet insights: what a due subscription posts, and where its rotation stands afterwards.

Pure; the store calls it inside the transaction that claims.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfoNotFoundError

from bot.episode.model import Episode
from bot.insights import due, rotation
from bot.insights.rotation import Pick, Turn
from bot.store.model import Plan, Planned, Planner, State, Subscription

NO_EPISODE = "the bot no longer knows this episode, or it has no insights"
NO_ZONE = "its time zone is no longer known; set it again"


def turn_of(subscription: Subscription) -> Turn:
    """Where the subscription's rotation stands."""
    return Turn(used=subscription.used, round=subscription.round)


def choice(subscription: Subscription, episode: Episode, local_date: date) -> Pick | None:
    """The insight for a date: the replacement an admin chose, else the one whose turn it is."""
    pool, turn = rotation.pool_of(episode, subscription.theme), turn_of(subscription)
    chosen = subscription.replacement
    if chosen is not None and chosen.local_date == local_date and chosen.insight_id in pool:
        return rotation.take(pool, turn, chosen.insight_id)
    return rotation.pick(pool, turn, subscription.id)


def extra_choice(subscription: Subscription, episode: Episode, local_date: date) -> Pick | None:
    """The insight for a post on demand: the last of the round, so that the coming days stay as announced."""
    pool, turn = rotation.pool_of(episode, subscription.theme), turn_of(subscription)
    planned, replacement = choice(subscription, episode, local_date), subscription.replacement
    kept = {planned.insight_id if planned else None, replacement.insight_id if replacement else None}
    ordered = rotation.ranked(pool, turn, subscription.id)
    others = [item for item in ordered if item not in kept]
    last = (others or list(ordered))[-1:]
    return rotation.take(pool, turn, last[0]) if last else None


def few_left(subscription: Subscription, episode: Episode) -> int | None:
    """How many insights are left after a post, where that is the post of a round after which an admin is told."""
    pool = rotation.pool_of(episode, subscription.theme)
    left = len(set(pool).difference(subscription.used))
    return left if rotation.is_few(left, len(pool)) else None


def moved(subscription: Subscription, turn: Turn) -> Subscription:
    """The subscription with its rotation moved on."""
    return replace(subscription, used=turn.used, round=turn.round)


def planner(episodes: Mapping[str, Episode], now: datetime) -> Planner:
    """What the store asks for each due subscription."""

    def plan(subscription: Subscription, delivered: frozenset[date]) -> Plan:
        episode = episodes.get(subscription.episode_id)
        if episode is None or not episode.insights:
            return _parked(subscription, NO_EPISODE)
        try:
            bare = due.plan(subscription, delivered, now)
        except ZoneInfoNotFoundError:
            return _parked(subscription, NO_ZONE)
        return _with_insights(bare, episode)

    return plan


def _parked(subscription: Subscription, reason: str) -> Plan:
    """It cannot go on as it is: paused, and `status` says why. The others of its batch are not held up."""
    after = replace(subscription, is_paused=True, paused_until=None, pause_reason=reason, next_due_at=None)
    return Plan(deliveries=(), after=after)


def _with_insights(bare: Plan, episode: Episode) -> Plan:
    after = bare.after
    deliveries: list[Planned] = []
    for planned in bare.deliveries:
        picked = choice(after, episode, planned.local_date) if planned.state is State.CLAIMED else None
        if picked is None:
            deliveries.append(planned)
            continue
        deliveries.append(replace(planned, insight_id=picked.insight_id))
        chosen = after.replacement
        is_over = chosen is not None and chosen.local_date <= planned.local_date
        after = replace(moved(after, picked.after), replacement=None if is_over else chosen)
    return Plan(deliveries=tuple(deliveries), after=after)
