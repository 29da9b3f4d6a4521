"""What is due when: the calendar in all its oddities."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insights import due
from bot.insights.zones import zone_names
from bot.store.model import State, Subscription
from tests.insights.fakes import subscription

DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "local", "expected"),
    [
        pytest.param("Europe/Berlin", "2026-03-02", "09:00", "2026-03-02 08:00", id="an ordinary winter day"),
        pytest.param("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:30", id="inside the spring gap: 03:30"),
        pytest.param("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30", id="repeated in autumn: the first"),
        pytest.param("America/New_York", "2026-03-08", "02:00", "2026-03-08 07:00", id="the gap's first minute"),
        pytest.param("America/Havana", "2026-03-08", "00:15", "2026-03-08 05:15", id="a gap at midnight"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:45", id="half an hour's gap"),
        pytest.param("Europe/Berlin", "2028-02-29", "09:00", "2028-02-29 08:00", id="a leap day"),
        pytest.param("Pacific/Kiritimati", "2026-01-01", "00:00", "2025-12-31 10:00", id="the far side of the date"),
        pytest.param("America/Scoresbysund", "2024-03-31", "00:30", "2024-03-31 01:30", id="a zone that changed rules"),
    ],
)
def test_a_local_time_has_one_instant(zone: str, day: str, local: str, expected: str) -> None:
    """Gap or repetition, a local date and time is one instant."""
    assert due.due_at(date.fromisoformat(day), time.fromisoformat(local), zone) == utc(expected)


def test_a_date_the_zone_left_out_has_no_instant() -> None:
    """Samoa went from the 29th to the 31st of December 2011: nothing is posted for the 30th."""
    assert due.due_at(date(2011, 12, 30), time(9), "Pacific/Apia") is None
    found = due.slots(subscription(zone="Pacific/Apia"), utc("2011-12-29 00:00"), utc("2012-01-02 00:00"))
    assert [slot.local_date.day for slot in found] == [29, 31, 1, 2]


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(zone_names()),
    local=st.times(),
    begin=st.datetimes(datetime(2012, 1, 1), datetime(2036, 1, 1)),
    cuts=st.lists(st.integers(1, 90 * 24 * 60), max_size=6),
)
def test_every_local_date_is_due_once(zone: str, local: time, begin: datetime, cuts: list[int]) -> None:
    """In any zone and however time is cut into stretches, each local date comes exactly once and in order."""
    wanted = subscription(zone=zone, local_time=local.replace(second=0, microsecond=0))
    since = begin.replace(tzinfo=UTC)
    until = since + timedelta(days=90)
    edges = [since, *(since + timedelta(minutes=cut) for cut in sorted(cuts)), until]
    pieces = [slot for low, high in itertools.pairwise(edges) for slot in due.slots(wanted, low, high)]
    assert pieces == list(due.slots(wanted, since, until))
    days = [slot.local_date for slot in pieces]
    left_out = {day for day in _between(days[0], days[-1]) if not due._exists(day, zone)}
    assert set(_between(days[0], days[-1])) - left_out == set(days)
    assert len(days) == len(set(days))
    assert [slot.due_at for slot in pieces] == sorted(slot.due_at for slot in pieces)


def _between(first: date, last: date) -> list[date]:
    return [first + DAY * number for number in range((last - first).days + 1)]


def test_due_leaves_out_what_is_not_wanted() -> None:
    """Weekdays, skipped dates, pauses and dates already delivered are not due."""
    since, until = utc("2026-03-02 00:00"), utc("2026-03-09 00:00")
    weekdays = subscription(channel_id="a", weekdays=(0, 1, 2, 3, 4))
    skips = subscription(channel_id="b", skip_dates=(date(2026, 3, 4),))
    asleep = subscription(channel_id="c", is_paused=True)
    until_friday = subscription(channel_id="d", is_paused=True, paused_until=utc("2026-03-06 00:00"))
    everything = (weekdays, skips, asleep, until_friday)
    found = due.due(everything, {(weekdays.id, date(2026, 3, 2))}, since, until)
    days = {item.id: [s.local_date.day for s in found if s.subscription_id == item.id] for item in everything}
    assert days == {weekdays.id: [3, 4, 5, 6], skips.id: [2, 3, 5, 6, 7, 8], asleep.id: [], until_friday.id: [6, 7, 8]}
    assert list(found) == sorted(found)


def planned(item: Subscription, now: str, delivered: tuple[date, ...] = ()) -> list[tuple[int, State]]:
    made = due.plan(item, delivered, utc(now))
    return [(slot.local_date.day, slot.state) for slot in made.deliveries]


def waiting(**changes: object) -> Subscription:
    """Due at 09:00 in Berlin on the 2nd of March."""
    return subscription(**{"next_due_at": utc("2026-03-02 08:00"), **changes})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-03-02 08:00", [(2, State.CLAIMED)], id="on time"),
        pytest.param("2026-03-02 14:00", [(2, State.CLAIMED)], id="six hours late is still caught up"),
        pytest.param("2026-03-02 14:01", [(2, State.MISSED)], id="a minute more is missed"),
        pytest.param("2026-03-04 10:00", [(2, State.MISSED), (3, State.MISSED), (4, State.CLAIMED)], id="one catch-up"),
        pytest.param("2026-03-04 23:00", [(2, State.MISSED), (3, State.MISSED), (4, State.MISSED)], id="no flood"),
    ],
)
def test_after_a_break_at_most_one_is_caught_up(now: str, expected: list[tuple[int, State]]) -> None:
    """The last slot is posted late when it is at most six hours old; all others are written down as missed."""
    assert planned(waiting(), now) == expected


def test_a_year_away_is_told_in_a_month() -> None:
    """However long the bot was away, at most 31 misses are written."""
    found = planned(waiting(), "2027-03-02 23:00")
    assert len(found) == 31
    assert {state for _, state in found} == {State.MISSED}


def test_a_skipped_date_is_written_as_skipped() -> None:
    """The record says that somebody wanted it so, and the next due time is the day after."""
    item = waiting(skip_dates=(date(2026, 3, 2),))
    assert planned(item, "2026-03-02 08:00") == [(2, State.SKIPPED)]
    assert due.plan(item, (), utc("2026-03-02 08:00")).after.next_due_at == utc("2026-03-03 08:00")


def test_a_date_already_delivered_is_not_planned_again() -> None:
    """A slot that an earlier setting used is passed over."""
    assert planned(waiting(), "2026-03-02 08:00", (date(2026, 3, 2),)) == []


def test_a_pause_ends_by_itself() -> None:
    """With the first slot past its end the subscription runs again."""
    item = waiting(is_paused=True, paused_until=utc("2026-03-01 23:00"), pause_reason="holidays")
    after = due.plan(item, (), utc("2026-03-02 08:00")).after
    assert (after.is_paused, after.paused_until, after.pause_reason) == (False, None, None)


@pytest.mark.parametrize(
    ("written", "now", "expected"),
    [
        pytest.param("2026-03-02 07:00", "2026-03-02 07:00", [], id="moved to an hour later: not yet"),
        pytest.param("2026-03-02 09:00", "2026-03-02 09:00", [(2, State.CLAIMED)], id="moved to an hour earlier: now"),
    ],
)
def test_changed_zone_rules_lose_nothing(written: str, now: str, expected: list[tuple[int, State]]) -> None:
    """A due time written under older rules leads to the slot of today's rules, once."""
    item = waiting(next_due_at=utc(written))
    assert planned(item, now) == expected
    if not expected:
        assert due.plan(item, (), utc(now)).after.next_due_at == utc("2026-03-02 08:00")


def test_the_coming_days_are_told_apart() -> None:
    """Seven slots, over a change of the clocks, each at nine o'clock by the wall."""
    found = due.coming(subscription(), utc("2026-03-26 12:00"), 7)
    zone = ZoneInfo("Europe/Berlin")
    assert [slot.due_at.astimezone(zone).hour for slot in found] == [9] * 7
    assert [slot.local_date.day for slot in found] == [27, 28, 29, 30, 31, 1, 2]
    assert due.coming(replace(subscription(), is_paused=True), utc("2026-03-26 12:00"), 7) == ()
