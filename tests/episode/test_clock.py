"""Times as people write them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.episode.clock import format_clock, is_video_id, link, parse_clock
from bot.errors import UsageError

READABLE = {
    "0": 0,
    "0:00": 0,
    "7": 7,
    "4502": 4502,
    "t=4502": 4502,
    "1:15:02": 4502,
    "75:02": 4502,
    "1h15m2s": 4502,
    "1h 15m 2s": 4502,
    "1H15M2S": 4502,
    "1 hour 15 minutes 2 seconds": 4502,
    "2hrs 3mins": 7380,
    "90m": 5400,
    "45 sec": 45,
    "  9:50 ": 590,
    "09:05": 545,
    "00:00:02": 2,
    "1:5": 65,
    "130:00": 7800,
    "9999999": 9999999,
}
UNREADABLE = (
    "", " ", ":", "::", "1:", ":30", "1:60", "75:60", "1:60:00", "1:2:3:4", "-5", "-1:00", "1.5", "1,5", "1h1h", "5s4m",
    "soon", "12 34", "1:15:02pm", "12345678", "1e3", "²", "1:15:02;drop", "h", "t=", "1:1500",
)  # fmt: skip


@pytest.mark.parametrize(("text", "seconds"), READABLE.items(), ids=repr)
def test_every_way_to_write_a_time_is_read(text: str, seconds: int) -> None:
    """Colons, units and bare seconds mean the same second."""
    assert parse_clock(text) == seconds


@pytest.mark.parametrize("text", UNREADABLE, ids=repr)
def test_what_is_no_time_gets_the_forms_that_are(text: str) -> None:
    """The error repeats nothing of the input and shows how to write it."""
    with pytest.raises(UsageError, match="Write it like 1:15:02, 75:02, 1h15m2s or 4502"):
        parse_clock(text)


@given(st.integers(0, 359_999))
def test_a_printed_time_reads_back(seconds: int) -> None:
    """format_clock and parse_clock are inverses up to 100 hours."""
    assert parse_clock(format_clock(seconds)) == seconds


@given(st.integers(0, 9_999), st.integers(0, 59), st.integers(0, 59))
def test_units_colons_and_seconds_agree(hours: int, minutes: int, seconds: int) -> None:
    """The forms of one time give one number."""
    total = hours * 3600 + minutes * 60 + seconds
    assert parse_clock(f"{hours}h{minutes}m{seconds}s") == total
    if hours < 1000:
        assert parse_clock(f"{hours}:{minutes:02}:{seconds:02}") == total
    if total < 10_000_000:
        assert parse_clock(str(total)) == total


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_usage_error(text: str) -> None:
    """Nothing a person types breaks the reader."""
    with suppress(UsageError):
        assert parse_clock(text) >= 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (9, "0:09"), (590, "9:50"), (3599, "59:59"), (3600, "1:00:00"), (4190, "1:09:50")],
)
def test_times_print_as_people_write_them(seconds: int, text: str) -> None:
    """Hours appear from one hour on."""
    assert format_clock(seconds) == text


def test_a_link_counts_in_whole_seconds_without_unit() -> None:
    """The form that plays on every YouTube client."""
    assert link("vif8NQcjVf0", 4190) == "https://www.youtube.com/watch?v=vif8NQcjVf0&t=4190"


@pytest.mark.parametrize("video_id", ["", "short", "x" * 12, "../../evil..", "abc&list=xyz", "vif8NQcjVf\n"])
def test_no_text_but_a_video_id_gets_into_a_link(video_id: str) -> None:
    """A link cannot be pointed elsewhere."""
    assert not is_video_id(video_id)
    with pytest.raises(ValueError, match="not a YouTube video id"):
        link(video_id, 0)
