"""What a button's id says: an action and the hits it is about, all that is needed after a restart.

Pure. Everything in an id comes from outside and is read strictly.
"""

import re
from dataclasses import dataclass
from typing import Literal, cast

CUSTOM_ID_LENGTH = 100
TEMPLATE = (
    r"cv1:(?P<action>open|related|share|up|down):(?P<hits>[a-z0-9][a-z0-9_,+-]*)(?::(?P<mark>[a-zA-Z0-9+_-]{1,25}))?"
)

Action = Literal["open", "related", "share", "up", "down"]

_HIT = re.compile(r"[a-z0-9][a-z0-9_-]*\+?")
_ID = re.compile(TEMPLATE)


@dataclass(frozen=True, kw_only=True)
class Press:
    """A button of ours: what it does, with which hits. Only `related` has several.

    `mark` tells a daily post from every other.
    """

    action: Action
    hit_ids: tuple[str, ...]
    mark: str = ""

    @property
    def hit_id(self) -> str:
        """The first hit, the only one but for `related`."""
        return self.hit_ids[0]


def custom_id(action: Action, *hit_ids: str, mark: str = "") -> str | None:
    """The id of a button, with as many hits as fit; None where not even the first fits or is no hit id."""
    usable = [hit for hit in hit_ids if _HIT.fullmatch(hit)]
    while usable:
        made = f"cv1:{action}:{','.join(usable)}" + (f":{mark}" if mark else "")
        if len(made) <= CUSTOM_ID_LENGTH:
            return made
        usable.pop()
    return None


def parse(text: str) -> Press | None:
    """The press behind an id; None for what we never wrote."""
    match = _ID.fullmatch(text) if len(text) <= CUSTOM_ID_LENGTH else None
    hits = tuple(match["hits"].split(",")) if match else ()
    if match is None or not all(_HIT.fullmatch(hit) for hit in hits):
        return None
    if len(hits) > 1 and match["action"] != "related":
        return None
    return Press(action=cast(Action, match["action"]), hit_ids=hits, mark=match["mark"] or "")


def topic_of(ids: tuple[str, ...]) -> str | None:
    """The hit an earlier reply was about, told by its buttons."""
    for press in map(parse, ids):
        if press is not None and press.action in ("up", "share", "open"):
            return press.hit_id
    return None


def has_mark(ids: tuple[str, ...], mark: str) -> bool:
    """True for the buttons of the daily post with that mark."""
    return any(press is not None and press.mark == mark for press in map(parse, ids))
