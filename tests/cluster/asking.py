"""People who ask at an even rate whatever comes back, and what each of them saw.

Knows one address; an outcome is an answer, an apology, or silence.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.load.wire import Wire, ask_path

QUESTIONS = (
    "What fuel did the lantern burn before electricity?",
    "was he scared in the hurricane?",
    "WHAT WAS THE DOG CALLED???",
    "who won the world cup in 1998",
)
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One question: when it was asked, how long it took, what came."""

    at: float
    seconds: float
    outcome: str


@dataclass
class People:
    """Asks `rate` questions a second through `port` until stopped."""

    port: int
    rate: float
    questions: tuple[str, ...] = QUESTIONS
    seen: list[Seen] = field(default_factory=list)
    _idle: list[Wire] = field(default_factory=list)
    _is_stopping: bool = False

    async def run(self) -> None:
        """Ask until `stop`; returns once the last has got something, or given up."""
        began, tasks, number = time.monotonic(), set[asyncio.Task[None]](), 0
        while not self._is_stopping:
            await asyncio.sleep(max(0.0, began + number / self.rate - time.monotonic()))
            task = asyncio.create_task(self._ask(self.questions[number % len(self.questions)]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            number += 1
        if tasks:
            await asyncio.wait(tasks)
        for wire in self._idle:
            wire.close()

    def stop(self) -> None:
        """No more questions."""
        self._is_stopping = True

    async def _ask(self, question: str) -> None:
        wire = self._idle.pop() if self._idle else Wire("127.0.0.1", self.port)
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                got = await wire.get(ask_path(question))
            outcome = _outcome(got.status, got.body)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            outcome = f"silence: {type(error).__name__}"
        self.seen.append(Seen(at=began, seconds=time.monotonic() - began, outcome=outcome))
        self._idle.append(wire)

    def counts(self) -> Counter[str]:
        """How often each outcome came."""
        return Counter(one.outcome for one in self.seen)

    def recovery_seconds(self, since: float, until: float) -> float:
        """From `since` to the end of the last question asked before `until` that got no answer within a second."""
        bad = [
            one for one in self.seen if since - 0.1 <= one.at < until and (one.outcome != "answer" or one.seconds > 1)
        ]
        return max((one.at + one.seconds - since for one in bad), default=0.0)


def _outcome(status: int, body: bytes) -> str:
    if status == 200 and b'"outcome"' in body:
        return "answer"
    return "apology" if b'"message"' in body else f"silence: status {status}"
