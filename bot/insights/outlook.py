"""What is coming and how things stand, worked out from a subscription for people to read.

Pure; the words come from `words`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.episode.model import Episode
from bot.insights import due, rotation, words
from bot.insights.due import Slot
from bot.insights.planning import choice, moved, turn_of
from bot.insights.posts import DailyPost, daily_post
from bot.insights.zones import is_zone
from bot.store.model import Delivery, State, Subscription, mark_of

Line = tuple[str, str]
_GLIMPSE = 80


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A slot to come and the post that will be in it."""

    slot: Slot
    post: DailyPost


def awake(subscription: Subscription) -> Subscription:
    """The subscription as if nobody had paused it."""
    return replace(subscription, is_paused=False, paused_until=None, pause_reason=None)


def as_of(subscription: Subscription, now: datetime) -> Subscription:
    """The subscription without a pause that is over, which the next post would clear."""
    until = subscription.paused_until
    return awake(subscription) if until is not None and until <= now else subscription


def coming(
    subscription: Subscription, episode: Episode, now: datetime, count: int, delivered: Collection[date]
) -> tuple[Coming, ...]:
    """The next posts, each exactly as it will be posted if nothing changes before."""
    found: list[Coming] = []
    running = subscription
    for slot in due.coming(subscription, now, count, delivered):
        picked = choice(running, episode, slot.local_date)
        if picked is None:
            break
        mark = mark_of(subscription.id, slot.local_date)
        post = daily_post(episode, picked.insight_id, mark=mark, role_id=subscription.role_id)
        found.append(Coming(slot=slot, post=post))
        running = moved(running, picked.after)
    return tuple(found)


def coming_lines(posts: Iterable[Coming], zone: str) -> tuple[Line, ...]:
    """When, and a glimpse of what."""
    return tuple((words.moment(item.slot.due_at, zone), _glimpse(item.post)) for item in posts)


def _glimpse(post: DailyPost) -> str:
    text = post.insight.text
    short = text if len(text) <= _GLIMPSE else f"{text[:_GLIMPSE].rsplit(' ', 1)[0]}…"
    return f"{post.theme.emoji} {post.theme.name}: {short}"


def status_lines(
    subscription: Subscription, episode: Episode | None, when: str | None, deliveries: Iterable[Delivery]
) -> tuple[Line, ...]:
    """What is set and where each value comes from, how it went, what comes next."""
    return (
        ("State", words.state(subscription)),
        ("Time", _sourced(subscription, "time", f"{subscription.local_time:%H:%M}")),
        ("Zone", _sourced(subscription, "zone", _zone(subscription))),
        ("Days", _sourced(subscription, "days", words.days(subscription.weekdays))),
        ("Theme", _sourced(subscription, "theme", subscription.theme or "all themes")),
        ("Episode", _sourced(subscription, "episode", episode.title if episode else subscription.episode_id)),
        ("Ping", _sourced(subscription, "role", "one role" if subscription.role_id else "nobody")),
        ("Insights left", _left(subscription, episode)),
        ("Last posted", _last_posted(subscription)),
        ("Next", when or "nothing"),
        ("Last problem", subscription.last_error or "none"),
        *_trouble(deliveries),
    )


def _sourced(subscription: Subscription, name: str, value: str) -> str:
    return f"{value} ({words.CHOSEN if name in subscription.chosen else words.DEFAULT})"


def _zone(subscription: Subscription) -> str:
    return subscription.zone if is_zone(subscription.zone) else f"{subscription.zone}, {words.ZONE_UNKNOWN}"


def _left(subscription: Subscription, episode: Episode | None) -> str:
    pool = rotation.pool_of(episode, subscription.theme) if episode else ()
    turn = rotation.running(pool, turn_of(subscription)) if pool else turn_of(subscription)
    return f"{sum(1 for item in pool if item not in turn.used)} of {len(pool)}"


def _last_posted(subscription: Subscription) -> str:
    if subscription.last_sent_at is None:
        return "never"
    return words.moment(subscription.last_sent_at, subscription.zone)


def _trouble(deliveries: Iterable[Delivery]) -> tuple[Line, ...]:
    """The days of late that did not go well, newest first."""
    told = (State.UNCERTAIN, State.MISSED, State.FAILED)
    return tuple(
        (words.day(item.local_date), f"{words.outcome(item.state)}: {item.error or words.TOO_LATE}")
        for item in deliveries
        if item.state in told
    )[:7]
