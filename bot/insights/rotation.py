"""Which insight comes next: shuffled, each once a round, the same after every restart.

Pure. A round is the used insights in order; a new insight joins the running round by not being among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from bot.episode.model import Episode

FEW = 7


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Where a rotation stands: `used` are the insights of the running round, in order, `round` counts the rounds."""

    used: tuple[str, ...] = ()
    round: int = 0


@dataclass(frozen=True, kw_only=True)
class Pick:
    """The insight whose turn it is, the rotation after it, and how many are left in the round."""

    insight_id: str
    after: Turn
    left: int


def pool_of(episode: Episode, theme: str | None) -> tuple[str, ...]:
    """The insights of a theme; all of them without a theme, or when the theme has none any more."""
    themed = tuple(insight.id for insight in episode.insights if theme in (None, insight.theme))
    return themed or tuple(insight.id for insight in episode.insights)


def order(pool: Sequence[str], turn: Turn, seed: str) -> tuple[str, ...]:
    """What is left of the running round, in the order it will be posted. `seed` makes it the subscription's own."""
    key = f"{seed}:{turn.round}:".encode()
    left = set(pool).difference(turn.used)
    return tuple(sorted(left, key=lambda item: (_shuffled(key, item), item)))


def _shuffled(key: bytes, insight_id: str) -> bytes:
    return blake2b(key + insight_id.encode(), digest_size=8).digest()


def running(pool: Sequence[str], turn: Turn) -> Turn:
    """The turn itself, or the start of the next round when the pool is used up.

    The next round forgets this pool's insights only: another theme's stay used.
    """
    used = set(turn.used)
    if not used.issuperset(pool):
        return turn
    return Turn(used=tuple(item for item in turn.used if item not in pool), round=turn.round + 1)


def ranked(pool: Sequence[str], turn: Turn, seed: str) -> tuple[str, ...]:
    """The order of the round that is running now; never first the insight that was posted last."""
    now = running(pool, turn)
    ordered = order(pool, now, seed)
    if now != turn and turn.used and len(ordered) > 1 and ordered[0] == turn.used[-1]:
        return (*ordered[1:], ordered[0])
    return ordered


def take(pool: Sequence[str], turn: Turn, insight_id: str) -> Pick:
    """The rotation after this insight, which need not be the one whose turn it was."""
    now = running(pool, turn)
    used = (*(item for item in now.used if item != insight_id), insight_id)
    left = len(set(pool).difference(used))
    return Pick(insight_id=insight_id, after=Turn(used=used, round=now.round), left=left)


def pick(pool: Sequence[str], turn: Turn, seed: str) -> Pick | None:
    """The next insight; None when there is none at all."""
    ordered = ranked(pool, turn, seed)
    return take(pool, turn, ordered[0]) if ordered else None


def remembered(posted: Sequence[str]) -> tuple[str, ...]:
    """The running round of a channel, from all it was posted, oldest first: a repeat began a new one."""
    used: list[str] = []
    for insight_id in posted:
        used = [insight_id] if insight_id in used else [*used, insight_id]
    return tuple(used)


def another(ordered: Sequence[str], current: str) -> str | None:
    """The one after `current` in a round's order, from the end on to its start; None when there is no other."""
    at = ordered.index(current) if current in ordered else -1
    rest = (*ordered[at + 1 :], *ordered[: max(at, 0)])
    return next((item for item in rest if item != current), None)


def is_few(left: int, pool_size: int) -> bool:
    """True once in a round: when fewer than seven are left for the first time."""
    return left == min(FEW, pool_size) - 1
