"""What a fuzz target is: seeds, words the fuzzer may splice in, and a promise checked on any bytes.

Knows no fuzzer.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

Check = Callable[[bytes], None]
WEIRD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "\x00",
    "\ud800",
    "é" * 300,
    [],
    [[]],
    {},
    [None],
    {"": {}},
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """`opened` builds the state once and gives the check, which raises for anything but the promised behaviour."""

    promise: str
    opened: Callable[[], AbstractContextManager[Check]]
    seeds: tuple[bytes, ...]
    tokens: tuple[str, ...] = ()
    longest: int = 4096


def text_of(data: bytes) -> str:
    """Any bytes as text; what is no UTF-8 becomes halves of characters, the worst a client can send."""
    return data.decode("utf-8", "surrogateescape")


def bent(body: Any, data: bytes) -> Any:
    """A copy of a good body with a few of its parts replaced or taken away, as the bytes say."""
    copy = json.loads(json.dumps(body))
    steps = iter(data)
    for _ in range(1 + next(steps, 0) % 4):
        places = list(_places(copy))
        holder, key = places[int.from_bytes(bytes([next(steps, 0), next(steps, 0)])) % len(places)]
        how = next(steps, 0)
        if how % 8 == 0 and isinstance(holder, dict):
            del holder[key]
        elif how % 8 == 1:
            holder[key] = text_of(bytes(steps))
        else:
            holder[key] = json.loads(json.dumps(WEIRD[how % len(WEIRD)]))
        if not list(_places(copy)):
            break
    return copy


def _places(body: Any) -> Iterator[tuple[Any, Any]]:
    keys: Any = body.keys() if isinstance(body, dict) else range(len(body)) if isinstance(body, list) else ()
    for key in keys:
        yield body, key
        yield from _places(body[key])
