"""What is due, as a pure function of subscriptions, deliveries, since and until.

Knows no clock and no database. A local time that a spring change leaves out is posted once, right after the gap
by the offset before it; one that an autumn change repeats is posted at its first passing.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.store.model import Plan, Planned, State, Subscription, Wanted

CATCH_UP = timedelta(hours=6)
_DAY = timedelta(days=1)
RULES_MAY_MOVE = timedelta(hours=3)
_HORIZON = timedelta(days=400)
_RECORDED_MISSES = 31
_TIMES_OF_DAY = (time(0), time(12), time(23, 59))


@dataclass(frozen=True, kw_only=True, order=True)
class Slot:
    """One local date's posting of one subscription, in order of its instant."""

    due_at: datetime
    subscription_id: str
    local_date: date


def due_at(local_date: date, local_time: time, zone: str) -> datetime | None:
    """The instant of a local time; None for a date that the zone skipped whole, such as 2011-12-30 in Samoa."""
    instant = _instant(local_date, local_time, zone)
    if instant.astimezone(ZoneInfo(zone)).date() == local_date or _exists(local_date, zone):
        return instant
    return None


def _instant(local_date: date, local_time: time, zone: str) -> datetime:
    return datetime.combine(local_date, local_time, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _exists(local_date: date, zone: str) -> bool:
    back = (_instant(local_date, moment, zone).astimezone(ZoneInfo(zone)).date() for moment in _TIMES_OF_DAY)
    return local_date in back


def slots(wanted: Wanted, since: datetime, until: datetime) -> Iterator[Slot]:
    """The slots of a weekly pattern with `since < due_at <= until`, in order. Pauses and skips are not looked at."""
    zone = ZoneInfo(wanted.zone)
    day, last = since.astimezone(zone).date() - _DAY, until.astimezone(zone).date() + _DAY
    while day <= last:
        if day.weekday() in wanted.weekdays:
            instant = due_at(day, wanted.local_time, wanted.zone)
            if instant is not None and since < instant <= until:
                yield Slot(due_at=instant, subscription_id=wanted.id, local_date=day)
        day += _DAY


def due(
    subscriptions: Iterable[Subscription], deliveries: Collection[tuple[str, date]], since: datetime, until: datetime
) -> tuple[Slot, ...]:
    """What is to be posted in `since < due_at <= until`, in order of time.

    `deliveries` are the (subscription id, local date) pairs already taken.
    """
    found = (
        slot
        for subscription in subscriptions
        for slot in slots(subscription, since, until)
        if is_wanted(subscription, slot) and (slot.subscription_id, slot.local_date) not in deliveries
    )
    return tuple(sorted(found))


def is_wanted(subscription: Subscription, slot: Slot) -> bool:
    """Neither skipped nor inside a pause."""
    return slot.local_date not in subscription.skip_dates and not _is_paused_at(subscription, slot.due_at)


def _is_paused_at(subscription: Subscription, instant: datetime) -> bool:
    until = subscription.paused_until
    return subscription.is_paused and (until is None or instant < until)


def coming(
    subscription: Subscription, after: datetime, count: int, delivered: Collection[date] = ()
) -> tuple[Slot, ...]:
    """The next `count` slots after an instant, fewer when the next 400 days hold fewer."""
    found: list[Slot] = []
    for slot in slots(subscription, after, after + _HORIZON):
        if is_wanted(subscription, slot) and slot.local_date not in delivered:
            found.append(slot)
            if len(found) == count:
                break
    return tuple(found)


def next_due_at(subscription: Subscription, after: datetime, delivered: Collection[date] = ()) -> datetime | None:
    """The instant of the next slot; None while paused without an end."""
    if subscription.is_paused and subscription.paused_until is None:
        return None
    found = coming(subscription, after, 1, delivered)
    return found[0].due_at if found else None


def plan(subscription: Subscription, delivered: Collection[date], now: datetime) -> Plan:
    """What becomes of a subscription that is due: the last slot claimed if it is at most 6 h old, the rest missed.

    Looks three hours further back than `next_due_at`, for zone rules that moved a slot forward meanwhile.
    """
    since = (subscription.next_due_at or now) - RULES_MAY_MOVE
    passed = [slot for slot in slots(subscription, since, now) if slot.local_date not in delivered]
    open_slots = [slot for slot in passed if not _is_paused_at(subscription, slot.due_at)]
    wanted = [slot for slot in open_slots if is_wanted(subscription, slot)]
    caught = wanted[-1] if wanted and now - wanted[-1].due_at <= CATCH_UP else None
    planned = [_planned(slot, subscription, caught) for slot in open_slots[-_RECORDED_MISSES:]]
    pause_is_over = subscription.paused_until is not None and subscription.paused_until <= now
    awake = replace(subscription, is_paused=False, paused_until=None, pause_reason=None)
    after = awake if pause_is_over else subscription
    kept = tuple(day for day in after.skip_dates if day >= now.date() - _DAY)
    return Plan(
        deliveries=tuple(planned),
        after=replace(after, skip_dates=kept, next_due_at=next_due_at(after, now, delivered)),
    )


def _planned(slot: Slot, subscription: Subscription, caught: Slot | None) -> Planned:
    state = State.MISSED
    if slot == caught:
        state = State.CLAIMED
    elif slot.local_date in subscription.skip_dates:
        state = State.SKIPPED
    return Planned(local_date=slot.local_date, due_at=slot.due_at, state=state)
