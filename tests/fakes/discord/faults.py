"""What goes wrong, where and how often: a plan the fake follows.

Knows requests by method and path; what it answers is Discord's.
"""

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """`status` answers with an error, `is_dropped` cuts the connection; `is_done_first` does the work before that."""

    method: str
    path: str
    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    is_dropped: bool = False
    is_done_first: bool = False
    delay_seconds: float = 0.0
    times: int = 1


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> Fault:
        """Let it happen to the next requests it fits."""
        self._planned.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of this request, used up once more."""
        for fault in self._planned:
            if fault.times > 0 and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                return fault
        return None


def too_many(seconds: float, *, is_global: bool = False) -> dict[str, Any]:
    """Status, body and headers of a rate limit."""
    return {
        "status": 429,
        "body": {"message": "You are being rate limited.", "retry_after": seconds, "global": is_global},
        "headers": {"Via": "1.1 google", "Retry-After": str(seconds)},
    }
