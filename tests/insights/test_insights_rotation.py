"""Which insight comes next."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.insights import rotation
from bot.insights.rotation import Turn
from tests.insights.fakes import episode

POOL = tuple(f"i{number}" for number in range(12))


def ahead(pool: tuple[str, ...], count: int, turn: Turn | None = None, seed: str = "s") -> list[str]:
    """The insights as they will come, past round after round."""
    found, turn = [], turn or Turn()
    while len(found) < count and (picked := rotation.pick(pool, turn, seed)) is not None:
        found.append(picked.insight_id)
        turn = picked.after
    return found


@given(
    size=st.integers(1, 30),
    rounds=st.integers(1, 4),
    seed=st.text(max_size=5),
)
def test_every_round_has_each_once(size: int, rounds: int, seed: str) -> None:
    """Round after round each insight comes exactly once, and none twice in a row."""
    pool = tuple(f"i{number}" for number in range(size))
    found = ahead(pool, size * rounds, seed=seed)
    for number in range(rounds):
        assert sorted(found[number * size : (number + 1) * size]) == sorted(pool)
    if size > 1:
        assert all(one != other for one, other in pairwise(found))


def test_the_order_is_the_subscriptions_own_and_stays() -> None:
    """The same after a restart and whatever the order of the file; another for another channel and round."""
    assert ahead(POOL, 12) == ahead(tuple(reversed(POOL)), 12)
    assert ahead(POOL, 12) != ahead(POOL, 12, seed="other")
    both = ahead(POOL, 24)
    assert both[:12] != both[12:]


def test_a_new_insight_joins_the_running_round() -> None:
    """It comes in this round, and what was posted does not come again before it."""
    turn = Turn(used=tuple(ahead(POOL, 8)))
    rest = ahead((*POOL, "new"), 5, turn)
    assert sorted((*turn.used, *rest)) == sorted((*POOL, "new"))


def test_a_new_insight_after_the_last_of_a_round_still_joins_it() -> None:
    """Between two rounds there is no gap for an insight to fall into."""
    turn = Turn(used=tuple(ahead(POOL, 12)))
    assert ahead((*POOL, "new"), 1, turn) == ["new"]


def test_a_removed_insight_is_forgotten() -> None:
    """The round ends without it."""
    turn = Turn(used=tuple(ahead(POOL, 6)))
    rest = [item for item in POOL if item not in turn.used]
    assert sorted(ahead(tuple(item for item in POOL if item != rest[0]), 5, turn)) == sorted(rest[1:])


def test_another_theme_keeps_its_place() -> None:
    """A round of one theme does not make the other theme's used insights new."""
    small, large = ("a", "b"), (*POOL, "a", "b")
    turn = Turn(used=("i1", "a", "b"))
    picked = rotation.pick(small, turn, "s")
    assert picked is not None
    assert "i1" in picked.after.used
    assert "i1" not in ahead(large, 5, picked.after)


def test_a_pool_of_one_or_none() -> None:
    """One insight comes every day; none is None and no error."""
    assert ahead(("only",), 3) == ["only"] * 3
    assert rotation.pick((), Turn(), "s") is None


def test_the_warning_comes_once_a_round() -> None:
    """When fewer than seven are left for the first time; in a small theme with its first post."""
    turn, warned = Turn(), []
    for number in range(24):
        picked = rotation.pick(POOL, turn, "s")
        assert picked is not None
        turn = picked.after
        if rotation.is_few(picked.left, len(POOL)):
            warned.append((number, picked.left))
    assert warned == [(5, 6), (17, 6)]
    assert [left for left in (3, 2, 1, 0) if rotation.is_few(left, 4)] == [3]


def test_another_goes_round() -> None:
    """The one after, from the end on to the start; None where there is no other."""
    assert rotation.another(("a", "b", "c"), "b") == "c"
    assert rotation.another(("a", "b", "c"), "c") == "a"
    assert rotation.another(("a", "b"), "gone") == "a"
    assert rotation.another(("a",), "a") is None


def test_a_round_is_read_from_what_was_posted() -> None:
    """A repeat began a new round."""
    assert rotation.remembered(("a", "b", "c", "b", "a")) == ("b", "a")
    assert rotation.remembered(()) == ()


def test_a_theme_has_its_own_pool() -> None:
    """A theme without insights falls back to all of them."""
    assert len(rotation.pool_of(episode(), "trust")) == 5
    assert len(rotation.pool_of(episode(), "unknown")) == len(rotation.pool_of(episode(), None)) == 10
