"""python -m tests.bench [--json]: this core against three baselines over the raw passages, in one run.

Every engine answers the same answerable golden questions; TRANSCRIPT_PAGE names the page. A baseline is right when its
passage overlaps an accepted window at all, this core only when its moment starts inside one.
"""

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import bm25s
from rank_bm25 import BM25Okapi

from bot.answer.model import Answer, Question
from bot.answer.service import Answers
from bot.episode.loader import read_episode
from bot.episode.transcript import read_transcript
from bot.evaluate.questions import GoldenQuestion, read_questions
from bot.retrieval.index import Index
from bot.retrieval.text import words

ROOT = Path(__file__).parents[2]
SLACK_SECONDS = 2
Span = tuple[int, int]
Rank = Callable[[str], Sequence[int]]
Find = Callable[[str], Sequence[Span]]


def main() -> int:
    """Print a line an engine: hit@1, hit@3, and milliseconds a question, absolute and as ratios to this core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    page = os.environ.get("TRANSCRIPT_PAGE")
    if not page:
        print("TRANSCRIPT_PAGE names no transcript page; there is nothing to compare over", file=sys.stderr)
        return 1
    episode = read_episode(ROOT / "knowledge" / "jensen-huang")
    episode = replace(episode, turns=read_transcript(Path(page), episode).turns)
    index = Index.build(episode)
    questions = [one for one in read_questions(ROOT / "tests" / "golden" / "questions.yaml") if one.answerable]
    texts = [passage.text for passage in index.passages]
    spans = [(passage.start_seconds, passage.end_seconds) for passage in index.passages]
    engines: dict[str, Find] = {
        "this core": _core(Answers(index)),
        "rank-bm25": _by_passage(_rank_bm25(texts), spans),
        "bm25s": _by_passage(_bm25s(texts), spans),
        "SQLite FTS5": _by_passage(_fts5(texts), spans),
    }
    rows = {name: _measure(find, questions) for name, find in engines.items()}
    if options.json:
        print(json.dumps(rows))
        return 0
    own = rows["this core"]
    print(f"{len(questions)} answerable questions, {len(texts)} passages")
    print(f"{'':14}{'hit@1':>8}{'hit@3':>8}{'ms':>9}{'hit@1 ratio':>13}{'time ratio':>12}")
    for name, row in rows.items():
        print(
            f"{name:14}{row['hit_at_1']:8.3f}{row['hit_at_3']:8.3f}{row['milliseconds']:9.3f}"
            f"{row['hit_at_1'] / own['hit_at_1']:13.2f}{row['milliseconds'] / own['milliseconds']:12.2f}"
        )
    return 0


def _core(answers: Answers) -> Find:
    def find(text: str) -> list[Span]:
        outcome = answers.ask(Question(text=text))
        if not isinstance(outcome, Answer):
            return []
        moments = [outcome.moment, *(one.moment for one in outcome.related)]
        return [(moment.start_seconds, moment.start_seconds) for moment in moments]

    return find


def _by_passage(rank: Rank, spans: list[Span]) -> Find:
    return lambda text: [spans[number] for number in rank(text)]


def _rank_bm25(texts: list[str]) -> Rank:
    ranker = BM25Okapi([words(text) for text in texts])
    numbers = list(range(len(texts)))
    return lambda text: ranker.get_top_n(words(text), numbers, n=3)


def _bm25s(texts: list[str]) -> Rank:
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)

    def rank(text: str) -> list[int]:
        found, _ = retriever.retrieve(bm25s.tokenize(text, show_progress=False), k=3, show_progress=False)
        return [int(number) for number in found[0]]

    return rank


def _fts5(texts: list[str]) -> Rank:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize='porter unicode61')")
    database.executemany("INSERT INTO passages(rowid, text) VALUES (?, ?)", enumerate(texts))

    def rank(text: str) -> list[int]:
        asked = " OR ".join(f'"{word}"' for word in words(text))
        rows = database.execute("SELECT rowid FROM passages WHERE text MATCH ? ORDER BY rank LIMIT 3", (asked,))
        return [row[0] for row in rows] if asked else []

    return rank


def _measure(find: Find, questions: Sequence[GoldenQuestion]) -> dict[str, float]:
    first = third = 0
    began = perf_counter()
    shown = [find(question.text)[:3] for question in questions]
    took = perf_counter() - began
    for question, found in zip(questions, shown, strict=True):
        right = [_is_right(question, span) for span in found]
        first += bool(right and right[0])
        third += any(right)
    return {
        "hit_at_1": first / len(questions),
        "hit_at_3": third / len(questions),
        "milliseconds": took * 1000 / len(questions),
    }


def _is_right(question: GoldenQuestion, span: Span) -> bool:
    return any(span[0] <= end + SLACK_SECONDS and span[1] >= start - SLACK_SECONDS for start, end in question.windows)


if __name__ == "__main__":
    sys.exit(main())
