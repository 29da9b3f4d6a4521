"""Times, days and dates as people type them.

Knows no subscription. Everything unreadable is a UsageError that shows a readable form.
"""

import re
from datetime import date, time, timedelta

from bot.errors import UsageError
from bot.store.model import EVERY_DAY

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*h?\s*(am|pm|a\.m\.|p\.m\.)?")
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?(?:\s+(\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(\d{4}))?")
_NAMED_DAYS = {
    "daily": EVERY_DAY,
    "every day": EVERY_DAY,
    "everyday": EVERY_DAY,
    "all": EVERY_DAY,
    "weekdays": (0, 1, 2, 3, 4),
    "workdays": (0, 1, 2, 3, 4),
    "weekends": (5, 6),
    "weekend": (5, 6),
}
_LONGEST = 60


def read_time(text: str) -> time:
    """`9:00`, `09.30`, `0930`, `9am`, `9:30 pm`, `21h`, `noon`. Raises UsageError."""
    typed = text.strip().lower()[:_LONGEST]
    if typed in _NAMED_TIMES:
        return _NAMED_TIMES[typed]
    match = _TIME.fullmatch(typed)
    if match is not None and typed.isascii():
        hours, minutes, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
        if half and 1 <= hours <= 12:
            return _checked(hours % 12 + (12 if half == "pm" else 0), minutes)
        if not half and (match[2] or typed.endswith("h")):
            return _checked(hours, minutes)
    raise UsageError("That is no time of day I can read. Write it like 09:00 or 9:30 pm.")


def _checked(hours: int, minutes: int) -> time:
    if hours < 24 and minutes < 60:
        return time(hours, minutes)
    raise UsageError("There is no such time of day. Write it like 09:00 or 9:30 pm.")


def read_days(text: str) -> tuple[int, ...]:
    """`daily`, `weekdays`, `mon-fri`, `Mon, Wed, Fri`: the weekdays, Monday is 0. Raises UsageError."""
    typed = " ".join(text.strip().lower()[:_LONGEST].split())
    if typed in _NAMED_DAYS:
        return _NAMED_DAYS[typed]
    found: set[int] = set()
    for part in re.split(r"\s*(?:,|;|&|\+|\band\b)\s*|(?<![-–])\s+(?![-–])", typed):
        if part:
            found.update(_span(part))
    if not found:
        raise UsageError(_BAD_DAYS)
    return tuple(sorted(found))


_BAD_DAYS = "Those are no days I can read. Write them like weekdays, mon-fri or mon, wed, fri."


def _span(part: str) -> list[int]:
    """One day, or from one to another over the end of the week."""
    ends = [_weekday(name.strip()) for name in re.split(r"\s*[-–]\s*", part)]
    if len(ends) > 2 or None in ends:
        raise UsageError(_BAD_DAYS)
    first, last = ends[0] or 0, ends[-1] or 0
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _weekday(name: str) -> int | None:
    name = name.removesuffix(".")
    for number, known in enumerate(WEEKDAYS):
        if len(name) >= 2 and f"{known.lower()}s".startswith(name):
            return number
    return None


def read_date(text: str, today: date) -> date:
    """`2026-03-08`, `8 March`, `March 8`, `tomorrow`, `friday`: the next such date, today included.

    Raises UsageError, also for a date that does not exist.
    """
    typed = " ".join(text.strip().lower()[:_LONGEST].split())
    if typed in ("today", "tomorrow"):
        return today + timedelta(days=1 if typed == "tomorrow" else 0)
    weekday = _weekday(typed.removeprefix("next "))
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    if match := _ISO.fullmatch(typed):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(typed):
        return _named_date(match[2], int(match[1]), match[3], today)
    if match := _MONTH_FIRST.fullmatch(typed):
        return _named_date(match[1], int(match[2]), match[3], today)
    raise UsageError("That is no date I can read. Write it like 2026-03-08, 8 March or tomorrow.")


def _named_date(month_name: str, day: int, year: str | None, today: date) -> date:
    month = next((number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(month_name)), 0)
    if year is not None or (month, day) == (2, 29):
        return _date(int(year) if year else _leap_year(today), month, day)
    found = _date(today.year, month, day)
    return found if found >= today else _date(today.year + 1, month, day)


def _leap_year(today: date) -> int:
    """The year of the next 29 February, today included."""
    for year in range(today.year, today.year + 9):
        is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        if is_leap and date(year, 2, 29) >= today:
            return year
    return today.year


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UsageError("There is no such date. Write it like 2026-03-08, 8 March or tomorrow.") from None
