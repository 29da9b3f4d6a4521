"""`eval`: a question set asked of the real episode, as a table or JSON.

Wires questions, answers and scores together; shows no held-back question, only their totals.
"""

import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.answer.model import Question
from bot.answer.service import Answers
from bot.evaluate.questions import read_questions
from bot.evaluate.score import Report, Result, report, run
from bot.retrieval.cache import load_index


def evaluate(path: Path, *, knowledge: Path, data: Path, as_json: bool, show_misses: bool) -> int:
    """Score and print; 0."""
    questions = read_questions(path)
    answers = Answers(load_index(knowledge, data))
    results = run(questions, lambda text: answers.ask(Question(text=text)), perf_counter)
    tuning = [result for result in results if not result.question.held_back]
    final = [result for result in results if result.question.held_back]
    measured = _measure(knowledge, data)
    reports = {"tuning": report(tuning), "final": report(final)} if final else {"all": report(tuning)}
    if as_json:
        print(json.dumps({name: one.as_dict() for name, one in reports.items()} | measured, ensure_ascii=False))
    else:
        _print_table(reports, measured, has_transcript=bool(answers.episode.turns))
    if show_misses:
        for result in tuning:
            if line := _miss(result):
                print(line, file=sys.stderr)
    return 0


_ROWS = (
    ("answerable questions", "answerable"),
    ("not answerable", "not_answerable"),
    ("hit@1", "hit_at_1"),
    ("hit@3", "hit_at_3"),
    ("facts found", "facts_found"),
    ("wrongly refused", "wrongly_refused"),
    ("rightly refused", "rightly_refused"),
    ("median error, s", "median_seconds_off"),
    ("p50, ms", "p50_milliseconds"),
    ("p99, ms", "p99_milliseconds"),
)


def _print_table(reports: dict[str, Report], measured: dict[str, float], *, has_transcript: bool) -> None:
    print(f"{'with' if has_transcript else 'without'} the transcript")
    print(f"{'':24}" + "".join(f"{name:>10}" for name in reports))
    for label, key in _ROWS:
        print(f"{label:24}" + "".join(f"{_cell(getattr(one, key)):>10}" for one in reports.values()))
    kinds = sorted({kind for one in reports.values() for kind in one.rightly_refused_by_kind})
    for kind in kinds:
        cells = (_cell(one.rightly_refused_by_kind.get(kind)) for one in reports.values())
        print(f"  {'refused: ' + kind:22}" + "".join(f"{cell:>10}" for cell in cells))
    for name, value in measured.items():
        print(f"{name:24}{_cell(value):>10}")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _miss(result: Result) -> str | None:
    question = result.question
    if question.answerable and result.place != 1:
        return f"{question.id} {result.outcome}, right moment at place {result.place}: {question.text}"
    if question.answerable and result.facts_found < len(question.facts):
        return f"{question.id} a fact is missing: {question.text}"
    if not question.answerable and result.outcome == "answer":
        return f"{question.id} answered though {question.kind}: {question.text}"
    return None


_START = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from bot.answer.model import Question
from bot.answer.service import Answers
from bot.retrieval.cache import load_index
answers = Answers(load_index(Path(sys.argv[1]), Path(sys.argv[2])))
answers.ask(Question(text="why"))
print(time.perf_counter() - began)
status = Path("/proc/self/status")
if status.exists():  # the peak of getrusage is that of the process which started this one, where that was larger
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def _measure(knowledge: Path, data: Path) -> dict[str, float]:
    """Seconds from a fresh interpreter to ready with the index cached, and its peak memory in MB."""
    asked = [sys.executable, "-c", _START, str(knowledge.resolve()), str(data.resolve())]
    home = Path(__file__).parents[2]
    printed = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=home).stdout.split()
    return {"ready after, s": float(printed[0]), "peak memory, MB": float(printed[1]) / 1024}
