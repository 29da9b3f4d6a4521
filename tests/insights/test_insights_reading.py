"""Zones, times, days and dates as people type them."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.insights.reading import read_date, read_days, read_time
from bot.insights.zones import read_zone, suggest_zones, zone_names

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/BERLIN ", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("america/argentina/buenos aires", "America/Argentina/Buenos_Aires"),
        ("gmt", "UTC"),
    ],
)
def test_a_zone_is_read(typed: str, zone: str) -> None:
    """Any case, spaces, or a city alone."""
    assert read_zone(typed) == zone


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Europe/Berlni", "Did you mean Europe/Berlin"),
        ("los angles", "Did you mean America/Los_Angeles"),
        ("EST", "Did you mean America/New_York"),
        ("US/Eastern", "Did you mean America/New_York"),
        ("louisville", "America/Kentucky/Louisville"),
        ("xqzw", "Write it like Europe/Berlin"),
        ("", "Write it like Europe/Berlin"),
    ],
)
def test_an_unknown_zone_is_met_with_the_nearest(typed: str, offered: str) -> None:
    """A typing error, an abbreviation without summer time, a city that is there twice, nonsense."""
    with pytest.raises(UsageError, match=offered):
        read_zone(typed)


def test_zones_are_offered_while_typing() -> None:
    """Cities first, then names, then what is near; never more than asked for."""
    assert suggest_zones("berl")[0] == "Europe/Berlin"
    assert suggest_zones("pst")[0] == "America/Los_Angeles"
    assert all(name.startswith("Asia/") for name in suggest_zones("asia/", 10))
    assert len(suggest_zones("")) == len(suggest_zones("a")) == 25
    assert "Etc/GMT+5" not in zone_names()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("09:00", time(9)),
        ("9.05", time(9, 5)),
        ("0930", time(9, 30)),
        ("9am", time(9)),
        ("12 AM", time(0)),
        ("12pm", time(12)),
        ("9:30 p.m.", time(21, 30)),
        ("21h", time(21)),
        ("7h45", time(7, 45)),
        ("noon", time(12)),
        ("midnight", time(0)),
    ],
)
def test_a_time_is_read(typed: str, expected: time) -> None:
    """The usual ways to write a time of day."""
    assert read_time(typed) == expected


@pytest.mark.parametrize("typed", ["", "9", "24:00", "9:60", "13pm", "0am", "soon", "９:００", "1:2:3"])
def test_no_time_is_met_with_a_form(typed: str) -> None:
    """What could mean two things, or nothing, is asked again."""
    with pytest.raises(UsageError, match="Write it like 09:00"):
        read_time(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("every day", (0, 1, 2, 3, 4, 5, 6)),
        ("weekdays", (0, 1, 2, 3, 4)),
        ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("fri – mon", (0, 4, 5, 6)),
        ("Mon, Wed and Fridays", (0, 2, 4)),
        ("tue thu", (1, 3)),
        ("sunday", (6,)),
    ],
)
def test_days_are_read(typed: str, expected: tuple[int, ...]) -> None:
    """Names, lists and spans, also over the end of the week."""
    assert read_days(typed) == expected


@pytest.mark.parametrize("typed", ["", "m", "mon-", "mon-tue-wed", "someday", ",,"])
def test_no_days_are_met_with_a_form(typed: str) -> None:
    """What is no day is asked again."""
    with pytest.raises(UsageError, match="Write them like weekdays"):
        read_days(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("today", date(2026, 3, 2)),
        ("Tomorrow", date(2026, 3, 3)),
        ("monday", date(2026, 3, 2)),
        ("next friday", date(2026, 3, 6)),
        ("2026-3-8", date(2026, 3, 8)),
        ("8 March", date(2026, 3, 8)),
        ("1st mar", date(2027, 3, 1)),
        ("March 8, 2028", date(2028, 3, 8)),
        ("29 Feb", date(2028, 2, 29)),
    ],
)
def test_a_date_is_read(typed: str, expected: date) -> None:
    """A date without a year is the next one to come."""
    assert read_date(typed, TODAY) == expected


@pytest.mark.parametrize("typed", ["", "31 Feb", "2026-13-01", "2027-02-29", "3/4/26", "0000-01-01", "the 5th"])
def test_no_date_is_met_with_a_form(typed: str) -> None:
    """A date that does not exist, or could be two, is asked again."""
    with pytest.raises(UsageError, match="Write it like 2026-03-08"):
        read_date(typed, TODAY)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_safe(typed: str) -> None:
    """Whatever is typed is read or refused, never anything else."""
    for read in (read_zone, read_time, read_days, lambda text: read_date(text, TODAY)):
        with suppress(UsageError):
            read(typed)
    assert len(suggest_zones(typed)) <= 25
