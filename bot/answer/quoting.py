"""Which turn says it, and its best one or two sentences.

Pure; the words are the transcript's, verbatim.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from bot.answer.model import Quote
from bot.episode.model import Turn
from bot.retrieval.index import Index, Sentence

QUOTE_LENGTH = 300

Sought = dict[str, float]


def weigh(index: Index, text: str) -> Sought:
    """The terms of a text with their idf over the passages; what to look for in a turn."""
    idf = index.passage_postings.idf
    return {term: idf.get(term, 0.0) for term in index.analyzer.terms(text)}


def turns_between(index: Index, start_seconds: int, end_seconds: int) -> Sequence[int]:
    """Numbers of the turns that start inside that stretch; else of the one playing at its start."""
    turns = index.episode.turns
    first = bisect_left(turns, start_seconds, key=_start)
    last = bisect_left(turns, end_seconds, key=_start)
    if first < last:
        return range(first, last)
    playing = bisect_right(turns, start_seconds, key=_start) - 1
    return range(playing, playing + 1) if playing >= 0 else ()


def _start(turn: Turn) -> int:
    return turn.start_seconds


def best_turn(index: Index, numbers: Iterable[int], sought: Sought, *, speaker: str = "") -> int | None:
    """The number of the turn nearest to what is sought, the earlier on a tie, of that speaker where one fits."""
    known = tuple(numbers)
    own = tuple(i for i in known if index.episode.turns[i].speaker in ("", speaker)) if speaker else known
    return max(own or known, key=lambda i: (_turn_overlap(index, i, sought), -i), default=None)


def _turn_overlap(index: Index, number: int, sought: Sought) -> float:
    held = frozenset[str]().union(*(sentence.terms for sentence in index.sentences[number]))
    return sum(weight for term, weight in sought.items() if term in held)


def quote(index: Index, number: int, sought: Sought) -> Quote:
    """The one or two whole sentences of that turn nearest to what is sought, at most 300 characters."""
    sentences = index.sentences[number]
    best = max(range(len(sentences)), key=lambda i: (_overlap(sentences[i], sought), -i))
    text = sentences[best].text
    if best + 1 < len(sentences) and len(text) + len(sentences[best + 1].text) < QUOTE_LENGTH:
        text = f"{text} {sentences[best + 1].text}"
    return Quote(text=shorten(text), speaker=index.episode.turns[number].speaker)


def _overlap(sentence: Sentence, sought: Sought) -> float:
    return sum(weight for term, weight in sought.items() if term in sentence.terms)


def shorten(text: str) -> str:
    """At most 300 characters, cut between words and marked with an ellipsis."""
    return text if len(text) <= QUOTE_LENGTH else text[: QUOTE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
