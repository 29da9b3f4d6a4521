"""Any text is a time or one kind sentence; what was written is read back."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.episode.clock import format_clock, parse_clock
from bot.errors import UsageError
from tests.fuzz.target import Check, Target, text_of

READ_BACK = 1000 * 3600  # three digits of hours is all a written time may have


@contextmanager
def _opened() -> Iterator[Check]:
    def check(data: bytes) -> None:
        try:
            seconds = parse_clock(text_of(data))
        except UsageError as error:
            _is_kind(error)
            return
        assert isinstance(seconds, int)
        assert seconds >= 0
        if seconds < READ_BACK:
            assert parse_clock(format_clock(seconds)) == seconds

    yield check


def _is_kind(error: UsageError) -> None:
    assert str(error).startswith("That is no time")


TARGET = Target(
    promise="any text is a time or one kind sentence",
    opened=_opened,
    seeds=(
        b"1:15:02",
        b"75:02",
        b"1h15m2s",
        b"4502",
        b"t=90",
        b"1h 15m",
        "١:١٥:٠٢".encode(),
        b"",
        b"99:99",
        b"9" * 400,
    ),
    tokens=("hours", "minutes", "seconds", "mins", "t=", ":", "-", "٣"),
    longest=200,
)
