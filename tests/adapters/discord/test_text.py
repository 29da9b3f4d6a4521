"""Text of others, made safe: nothing is markup, nothing pings, nothing hides."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord.text import clean, escape, fit, fit_label, one_line, unescape, units


@given(st.text(max_size=300))
def test_what_is_read_is_what_was_typed(text: str) -> None:
    """Escaping changes how text is parsed, never what a reader sees."""
    assert unescape(escape(text)) == clean(text)


@given(st.text(max_size=400), st.integers(min_value=2, max_value=300))
def test_fitted_text_stays_inside_its_limit(text: str, limit: int) -> None:
    """A cut text is no longer than asked, and not cut inside an escape."""
    fitted = fit(text, limit)
    assert units(fitted) <= limit
    assert not re.search(r"(?<!\\)(\\\\)*\\…$", fitted)


@given(st.text(max_size=200), st.integers(min_value=2, max_value=100))
def test_labels_stay_inside_their_limit(text: str, limit: int) -> None:
    """A label is one line and no longer than asked."""
    label = fit_label(text, limit)
    assert units(label) <= limit
    assert "\n" not in label


@pytest.mark.parametrize(
    "hostile",
    [
        "[click](https://evil.example)",
        "https://evil.example/a?b=c",
        "<@123456789012345678>",
        "<@&1> <#2> <t:0:R> </ask:1> <:a:1> <id:browse>",
        "@everyone @here",
        "**bold** __under__ ~~gone~~ `code` ||spoiler||",
        "# heading",
        "- list",
        "1. list",
        "> quote",
        ">>> quote",
        "-# small",
        "```\nblock\n```",
    ],
)
def test_no_markup_survives(hostile: str) -> None:
    """Every sign that begins markup, a mention or a link stands behind a backslash."""
    escaped = escape(hostile)
    assert not re.search(r"(?<!\\)[*_~`|<>\[\]@]", escaped)
    assert not re.search(r"(?<!\\)://", escaped)
    assert not re.search(r"(?m)^\s*(?:\d+\.|[-+#])", escaped)
    assert "@everyone" not in escaped
    assert "@here" not in escaped


def test_hidden_letters_and_turned_directions_are_removed() -> None:
    """No invisible text, no text that reads the other way round; emoji joined by a joiner stay whole."""
    assert clean("a\u202eb\u2066c\u200bd\x00e\x1b[0m") == "abcde[0m"
    assert clean("👩\u200d🚀") == "👩\u200d🚀"


def test_one_line_folds_every_break() -> None:
    """A question restated in a title has no line of its own to inject."""
    assert one_line("a\r\nb\r c\n\n\td") == "a b c d"
