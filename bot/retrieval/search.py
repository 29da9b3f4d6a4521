"""search(index, question) -> hits in a fixed order, each with its why, and what speaks against answering.

Pure: no files, no clock, no network. Whether to answer is decided in confidence.py.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.episode.model import Note, Passage
from bot.retrieval.bm25 import Scores
from bot.retrieval.index import Index, Phrasings, Refused, wording
from bot.retrieval.text import stem, words

ASK_WEIGHT = 0.5
PASSAGE_WEIGHT = 0.35
HOST_WEIGHT = 0.9
REPLY_FROM = 0.8
SYNONYM_WEIGHT = 0.3
SAME_ASK = 0.95
"""From this match on a question is one of the note's own asks but for order and small words."""

KEPT = 10

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A note or a bare passage with its score.

    `number` is its position in `episode.notes` or `passages`; `match` how alike its best ask is, 0 to 1. `asked` tells
    whether the question is one of its asks: 2 for all words, 1 for several content words, 0 for neither.
    """

    id: str
    number: int
    score: float
    match: float
    asked: int
    note: Note | None
    passage: Passage | None

    @property
    def start_seconds(self) -> int:
        """Where it starts in the video."""
        part = self.note or self.passage
        assert part is not None
        return part.start_seconds


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a question found.

    `covered`: the share of the question's weight (its words' idf) that the best hit holds, 0 to 1. `refused_match`:
    how alike the nearest phrasing is that the episode does not answer, 0 to 1, `refused` what that is, `is_refused`
    whether it is the question word for word. `leaning`: how much the question is worded like answered ones rather
    than refused ones.
    """

    terms: Weights
    hits: tuple[Hit, ...]
    covered: float
    refused_match: float
    refused: Refused | None
    is_refused: bool
    leaning: float
    content_words: int


def weigh_terms(index: Index, repaired: list[str]) -> Weights:
    """The weighted terms of a question's words, synonyms added."""
    terms = dict.fromkeys(index.analyzer.terms_of(repaired), 1.0)
    for term in tuple(terms):
        for kin in index.analyzer.synonyms.get(term, ()):
            terms.setdefault(kin, SYNONYM_WEIGHT)
    return tuple(sorted(terms.items()))


def search(index: Index, text: str, *, theme: str | None = None) -> Found:
    """The best 10 notes or passages for a question, best first; ties go to the earlier moment, then the id.

    A note one of whose asks the question is goes before any other.
    """
    said = words(text)
    repaired = [index.spelling.repair(word) for word in said]
    terms = weigh_terms(index, repaired)
    is_about_host = not index.host_words.isdisjoint(said)
    known = index.known.get(wording(said))
    hits = _rank(index, terms, theme, is_about_host=is_about_host, known=known)
    refusing = None if known is not None else index.known_refused.get(wording(said))
    refused_match, refused = _refused(index, terms) if refusing is None else (1.0, index.refused[refusing])
    return Found(
        terms=terms,
        hits=hits,
        covered=_covered(index, terms, hits[0]) if hits else 0.0,
        refused_match=refused_match,
        refused=refused,
        is_refused=refusing is not None,
        leaning=index.leaning.of(repaired),
        content_words=sum(map(index.analyzer.is_content, repaired)),
    )


def _rank(
    index: Index, terms: Weights, theme: str | None, *, is_about_host: bool, known: int | None
) -> tuple[Hit, ...]:
    """`known`: the note of which the question, word for word, is an ask."""
    if not index.episode.notes and not index.passages:
        return ()
    scores = _scores(index, terms, is_about_host=is_about_host)
    alike = _best_per_owner(index.asks, index.asks.likeness(terms))
    is_several = sum(weight == 1.0 for _, weight in terms) > 1
    asked = np.where(alike >= SAME_ASK, 1, 0) if is_several else np.zeros(len(alike), int)
    if known is not None:
        alike[known], asked[known] = 1.0, 2
    hits = []
    for i in _leading(index, scores, asked, theme):
        note, score, match = index.episode.notes[i], round(float(scores[i]), 4), float(alike[i])
        hits.append(Hit(id=note.id, number=i, score=score, match=match, asked=int(asked[i]), note=note, passage=None))
    if theme is None:
        hits += _bare_passages(index, index.passage_postings.score(terms))
    hits.sort(key=lambda hit: (-hit.asked, -hit.score, hit.start_seconds, hit.id))
    return tuple(hits[:KEPT])


def _scores(index: Index, terms: Weights, *, is_about_host: bool) -> Scores:
    scores = _best_per_owner(index.asks, index.asks.postings.score(terms)) * np.float32(ASK_WEIGHT)
    for field in index.fields:
        scores = scores + field.postings.score(terms) * np.float32(field.weight)
    if is_about_host:
        return scores
    return _replies_first(index, np.where(index.is_host, scores * np.float32(HOST_WEIGHT), scores))


def _replies_first(index: Index, scores: Scores) -> Scores:
    """The scores with each guest's reply lifted just above the host's framing where it scores nearly as much."""
    framings, replies = index.replies.T
    framed, replied = scores[framings], scores[replies]
    near = (replied >= framed * np.float32(REPLY_FROM)) & (replied <= framed)
    lifted = scores.copy()
    np.maximum.at(lifted, replies[near], (framed + replied * np.float32(0.001))[near])
    return lifted


def _leading(index: Index, scores: Scores, asked: NDArray[np.int_], theme: str | None) -> list[int]:
    """The notes whose ask it is, and more than enough of those that score; of a theme, if one is given."""
    wanted = (scores > 0) | (asked > 0)
    if theme is not None:
        wanted &= np.array([note.theme == theme for note in index.episode.notes], bool)
    found = np.flatnonzero(wanted)
    return [int(i) for i in found[np.lexsort((-scores[found], -asked[found]))][: 2 * KEPT]]


def _bare_passages(index: Index, scores: Scores) -> list[Hit]:
    return [
        Hit(
            id=f"t{index.passages[i].start_seconds}",
            number=i,
            score=round(float(scores[i]) * PASSAGE_WEIGHT, 4),
            match=0.0,
            asked=0,
            note=None,
            passage=index.passages[i],
        )
        for i in np.argsort(-scores, kind="stable")[:KEPT]
        if scores[i] > 0
    ]


def _best_per_owner(phrasings: Phrasings, scores: Scores) -> Scores:
    if not len(phrasings.starts):
        return np.zeros(0, np.float32)
    return np.maximum.reduceat(scores, phrasings.starts)


def _refused(index: Index, terms: Weights) -> tuple[float, Refused | None]:
    likeness = index.refused_asks.likeness(terms)
    if not likeness.any():
        return 0.0, None
    best = int(np.argmax(likeness))
    return float(likeness[best]), index.refused[int(index.refused_asks.owners[best])]


def _covered(index: Index, terms: Weights, hit: Hit) -> float:
    """The share of the question's weight that the hit holds itself or by a synonym."""
    sources = [index.passage_postings] if hit.note is None else [field.postings for field in index.fields]
    idf, unknown = index.fields[-1].postings.idf, index.fields[-1].postings.rarest
    total = held = 0.0
    for term, weight in terms:
        if weight == 1.0:
            total += idf.get(term, unknown)
            kin = (term, *index.analyzer.synonyms.get(term, ()))
            if any(source.holds(hit.number, one) for source in sources for one in kin):
                held += idf.get(term, unknown)
    return held / total if total else 0.0


def explain(index: Index, found: Found, hit: Hit) -> tuple[str, ...]:
    """Which words of which field matched: `asks: direct, report`."""
    if hit.note is None:
        texts = {"transcript": hit.passage.text if hit.passage else ""}
    else:
        texts = {
            "title": hit.note.title,
            "answer": f"{hit.note.answer} {hit.note.detail}",
            "asks": "\n".join(hit.note.asks),
        }
    asked = {term for term, _ in found.terms}
    lines = []
    for name, text in texts.items():
        matched = dict.fromkeys(word for word in words(text) if index.analyzer.is_content(word) and stem(word) in asked)
        if matched:
            lines.append(f"{name}: {', '.join(matched)}")
    return tuple(lines)
