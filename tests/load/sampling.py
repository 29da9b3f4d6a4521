"""Whose code the processor runs: a sample every few milliseconds of processor time, counted by library.

A frame of the standard library counts for whoever called it. For measuring only; the product knows nothing of it.
"""

import atexit
import json
import signal
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY_SECONDS = 0.004
ROOT = str(Path(__file__).parents[2] / "bot")
OURS, LOOP = "ours", "event loop"


def start(file: Path) -> None:
    """Count from now on, and anew from each SIGUSR1; written down when the process ends."""
    counts: Counter[str] = Counter()

    def sample(_: int, frame: FrameType | None) -> None:
        counts[owner(frame)] += 1

    signal.signal(signal.SIGPROF, sample)
    signal.signal(signal.SIGUSR1, lambda *_: counts.clear())
    signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)
    atexit.register(lambda: file.write_text(json.dumps(counts), encoding="utf-8"))


def owner(frame: FrameType | None) -> str:
    """The innermost library or, where none is below the loop, the loop itself."""
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(ROOT):
            return OURS
        _, found, library = path.partition("/site-packages/")
        if found:
            return library.split("/")[0].removesuffix(".py")
        frame = frame.f_back
    return LOOP
