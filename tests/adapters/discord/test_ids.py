"""Buttons' ids: read strictly, never longer than Discord allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord.ids import CUSTOM_ID_LENGTH, Press, custom_id, has_mark, parse, topic_of

HITS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,60}\+?", fullmatch=True)


@given(st.lists(HITS, min_size=1, max_size=5))
def test_an_id_comes_back_as_what_was_written(hits: list[str]) -> None:
    """What a button says survives a restart, as far as its hits fit."""
    made = custom_id("related", *hits)
    assert made is not None
    assert len(made) <= CUSTOM_ID_LENGTH
    press = parse(made)
    assert press is not None
    assert press.hit_ids == tuple(hits)[: len(press.hit_ids)]


@given(st.text(max_size=150))
def test_any_string_is_safe_to_read(text: str) -> None:
    """An id from outside is a press of ours or nothing."""
    press = parse(text)
    assert press is None or custom_id(press.action, *press.hit_ids, mark=press.mark) == text


@pytest.mark.parametrize(
    "forged",
    ["", "cv1:", "cv1:open:", "cv1:drop:storm", "cv1:up:a,b", "cv2:open:a", "cv1:open:a b", "cv1:open:../x", "x" * 200],
)
def test_a_forged_id_is_nothing(forged: str) -> None:
    """Nothing but our own form is read."""
    assert parse(forged) is None


def test_what_is_no_hit_makes_no_button() -> None:
    """A hit too long or of other letters gets no id rather than a broken one."""
    assert custom_id("open", "") is None
    assert custom_id("open", "UPPER") is None
    assert custom_id("open", "a" * 100) is None


def test_the_topic_is_told_by_the_buttons() -> None:
    """A reply to an answer knows what it was about without a store."""
    assert topic_of(("cv1:related:x,y", "cv1:share:storm+", "cv1:up:storm+")) == "storm+"
    assert topic_of(("nonsense",)) is None
    assert parse("cv1:up:storm+") == Press(action="up", hit_ids=("storm+",))


def test_a_daily_post_is_known_by_its_mark() -> None:
    """The longest mark fits beside the longest hit, and is found again."""
    mark = "0123456789abcdef-20261122"
    made = custom_id("up", "a" * 40, mark=mark)
    assert made is not None
    assert has_mark((made,), mark)
    assert not has_mark((made, "nonsense", "cv1:up:storm"), mark[:-1] + "3")
