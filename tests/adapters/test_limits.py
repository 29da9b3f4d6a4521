"""How often one may ask."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters import limits
from bot.adapters.limits import RateLimit


class _Clock:
    """Seconds that stand until they are moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_then_a_wait_is_named() -> None:
    """Twelve at once; then one every five seconds."""
    clock = _Clock()
    limit = RateLimit(12, clock)
    assert [limit.wait_seconds("a") for _ in range(12)] == [0] * 12
    assert limit.wait_seconds("a") == 5
    clock.now += 4.0
    assert limit.wait_seconds("a") == 1
    clock.now += 1.0
    assert limit.wait_seconds("a") == 0
    assert limit.wait_seconds("a") == 5


def test_keys_do_not_share_a_bucket() -> None:
    """One person's questions cost another nothing."""
    limit = RateLimit(1, _Clock())
    assert [limit.wait_seconds(key) for key in ("a", "b", "a", "b")] == [0, 0, 60, 60]


def test_a_refusal_costs_nothing() -> None:
    """Who keeps trying does not wait longer for it."""
    clock = _Clock()
    limit = RateLimit(2, clock)
    for _ in range(50):
        limit.wait_seconds("a")
    clock.now += 30.0
    assert limit.wait_seconds("a") == 0


def test_a_rest_saves_up_one_burst_and_no_more() -> None:
    """A day of silence does not allow a flood."""
    clock = _Clock()
    limit = RateLimit(3, clock)
    limit.wait_seconds("a")
    clock.now += 86_400
    assert [limit.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 20]


@settings(deadline=None)
@given(st.integers(1, 10_000), st.lists(st.floats(0, 30), max_size=60))
def test_who_waits_as_told_is_served(per_minute: int, pauses: list[float]) -> None:
    """After the named seconds the next question is always allowed, and never more than the rate in a minute."""
    clock = _Clock()
    limit = RateLimit(per_minute, clock)
    served: list[float] = []
    for pause in pauses:
        clock.now += pause
        if wait := limit.wait_seconds("a"):
            assert 1 <= wait <= 60
            clock.now += wait
            assert limit.wait_seconds("a") == 0
        served.append(clock.now)
    for start in served:
        assert sum(start <= one < start + 60 for one in served) <= 2 * per_minute


def test_old_keys_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask, memory stays bounded; who asked last is remembered."""
    monkeypatch.setattr(limits, "KEYS_KEPT", 3)
    limit = RateLimit(1, _Clock())
    for key in "abcd":
        assert limit.wait_seconds(key) == 0
    assert [limit.wait_seconds(key) for key in "bcd"] == [60, 60, 60]
    assert limit.wait_seconds("a") == 0
