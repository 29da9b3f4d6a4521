"""Scores of a question set against any answerer: hits, facts, refusals, seconds off.

Pure but for the clock that is passed in; knows no retrieval.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bot.answer.model import Answer, Refusal
from bot.evaluate.questions import GoldenQuestion

SLACK_SECONDS = 2


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one question went. `place` is the rank (from 1) of the first right moment shown, or None."""

    question: GoldenQuestion
    outcome: str
    place: int | None
    facts_found: int
    seconds_off: int | None
    milliseconds: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """Shares are 0 to 1 of the questions they concern; None where there are none of that kind.

    hit@1: the answer's moment lies in an accepted window. hit@3: it or one of the first two further moments does.
    Both count a refused answerable question as a miss. Near misses and the other kinds are right when not answered.
    """

    answerable: int
    not_answerable: int
    hit_at_1: float | None
    hit_at_3: float | None
    facts_found: float | None
    wrongly_refused: float | None
    rightly_refused: float | None
    rightly_refused_by_kind: dict[str, float]
    median_seconds_off: float | None
    p50_milliseconds: float
    p99_milliseconds: float
    measured: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def run(
    questions: Iterable[GoldenQuestion], ask: Callable[[str], Answer | Refusal], clock: Callable[[], float]
) -> tuple[Result, ...]:
    """Ask every question once. `clock` gives seconds."""
    results = []
    for question in questions:
        began = clock()
        outcome = ask(question.text)
        took = (clock() - began) * 1000
        results.append(_judge(question, outcome, took))
    return tuple(results)


def _judge(question: GoldenQuestion, outcome: Answer | Refusal, milliseconds: float) -> Result:
    shown = _moments(outcome)
    places = [place for place, seconds in enumerate(shown, start=1) if _off(question, seconds) <= SLACK_SECONDS]
    text = _said(outcome).lower()
    return Result(
        question=question,
        outcome=outcome.outcome,
        place=min(places, default=None),
        facts_found=sum(any(spelling.lower() in text for spelling in fact) for fact in question.facts),
        seconds_off=_off(question, shown[0]) if shown and question.windows and outcome.outcome == "answer" else None,
        milliseconds=milliseconds,
    )


def _moments(outcome: Answer | Refusal) -> list[int]:
    if isinstance(outcome, Answer):
        return [outcome.moment.start_seconds, *(one.moment.start_seconds for one in outcome.related)]
    return []


def _said(outcome: Answer | Refusal) -> str:
    quote = outcome.quote.text if isinstance(outcome, Answer) and outcome.quote else ""
    return f"{outcome.text} {quote}"


def _off(question: GoldenQuestion, seconds: int) -> int:
    return min((max(start - seconds, seconds - end, 0) for start, end in question.windows), default=10**6)


def report(results: Sequence[Result]) -> Report:
    """The scores of all results together."""
    real = [one for one in results if one.question.answerable]
    unreal = [one for one in results if not one.question.answerable]
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one in unreal:
        kinds[one.question.kind].append(one.outcome != "answer")
    times = sorted(one.milliseconds for one in results) or [0.0]
    wanted = sum(len(one.question.facts) for one in real)
    return Report(
        answerable=len(real),
        not_answerable=len(unreal),
        hit_at_1=_share(one.place == 1 for one in real),
        hit_at_3=_share(one.place is not None and one.place <= 3 for one in real),
        facts_found=sum(one.facts_found for one in real) / wanted if wanted else None,
        wrongly_refused=_share(one.outcome != "answer" for one in real),
        rightly_refused=_share(one.outcome != "answer" for one in unreal),
        rightly_refused_by_kind={kind: sum(right) / len(right) for kind, right in sorted(kinds.items())},
        median_seconds_off=median(offs)
        if (offs := [o.seconds_off for o in real if o.seconds_off is not None])
        else None,
        p50_milliseconds=times[len(times) // 2],
        p99_milliseconds=times[min(len(times) - 1, len(times) * 99 // 100)],
    )


def _share(claims: Iterable[bool]) -> float | None:
    known = list(claims)
    return sum(known) / len(known) if known else None
