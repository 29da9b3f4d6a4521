"""An episode made searchable: built once, never changed after.

Knows the episode and words, not questions. Scores come from search.py.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.episode.model import Episode, NotCovered, Note, Passage, Turn
from bot.retrieval.bm25 import Postings, Scores
from bot.retrieval.leaning import Leaning
from bot.retrieval.spelling import Spelling
from bot.retrieval.text import Analyzer, words

PASSAGE_WORDS = (40, 120)

_SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’']))\s+")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One text of every note, its postings, and how much it counts."""

    name: str
    weight: float
    postings: Postings


@dataclass(frozen=True, kw_only=True)
class Phrasings:
    """Single phrasings, each its own document; `owners[i]` is the number of what phrasing i belongs to.

    `totals[i]` is the sum of the idf of phrasing i's terms, `starts` where each owner's phrasings begin.
    """

    postings: Postings
    totals: Scores
    owners: NDArray[np.int32]
    starts: NDArray[np.int64]

    @classmethod
    def build(cls, groups: Iterable[Iterable[str]], analyzer: Analyzer) -> "Phrasings":
        """One group of phrasings an owner, in the owners' order. Every owner needs at least one phrasing."""
        documents, owners = [], []
        for number, group in enumerate(groups):
            for phrasing in group:
                documents.append(analyzer.terms(phrasing))
                owners.append(number)
        numbers = np.array(owners, np.int32)
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        postings = Postings.build(documents)
        totals = np.zeros(postings.size, np.float32)
        for word, (holders, _) in postings.by_word.items():
            totals[holders] += np.float32(postings.idf[word])
        return cls(postings=postings, totals=totals, owners=numbers, starts=starts)

    def likeness(self, weights: Iterable[tuple[str, float]]) -> Scores:
        """How alike each phrasing and the weighted terms are, 0 to 1: Dice's coefficient over idf."""
        idf, unknown = self.postings.idf, self.postings.rarest
        shared = np.zeros(self.postings.size, np.float32)
        asked = 0.0
        for word, weight in weights:
            if weight == 1.0:
                asked += idf.get(word, unknown)
            if found := self.postings.by_word.get(word):
                shared[found[0]] += np.float32(weight * idf[word])
        together = self.totals + np.float32(asked)
        alike: Scores = np.minimum(np.float32(1), 2 * shared / np.maximum(together, np.float32(1e-6)))
        return alike


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A group of phrasings the episode does not answer: it hangs on a note, or on none."""

    topic: str
    note: str | None
    group: NotCovered | None


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A whole sentence of a turn and the terms it holds."""

    text: str
    terms: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Index:
    """Everything search needs. Numbers in arrays are positions in `episode.notes`, `refused` or `passages`.

    `known` has the note of each ask by its `wording`, `known_refused` what each refused phrasing belongs to.
    `replies` pairs a host's note with each guest's note that begins while it plays or as it ends, shape (n, 2).
    `sentences` are those of each of `episode.turns`.
    """

    episode: Episode
    analyzer: Analyzer
    spelling: Spelling
    fields: tuple[Field, ...]
    asks: Phrasings
    known: Mapping[str, int]
    known_refused: Mapping[str, int]
    refused: tuple[Refused, ...]
    refused_asks: Phrasings
    leaning: Leaning
    is_host: NDArray[np.bool_]
    host_words: frozenset[str]
    replies: NDArray[np.int32]
    passages: tuple[Passage, ...]
    passage_postings: Postings
    sentences: tuple[tuple[Sentence, ...], ...]

    @classmethod
    def build(cls, episode: Episode) -> "Index":
        """The index of an episode, with or without transcript; an episode without notes is fine."""
        analyzer = Analyzer.build(episode.glossary, names=(episode.host, episode.guest))
        refused = tuple(_refused(episode))
        passages = tuple(cut_passages(episode.turns))
        return cls(
            episode=episode,
            analyzer=analyzer,
            spelling=Spelling.build(_count_words(episode)),
            fields=tuple(_fields(episode, analyzer)),
            asks=Phrasings.build((note.asks or (note.title,) for note in episode.notes), analyzer),
            known={wording(words(ask)): number for number, note in enumerate(episode.notes) for ask in note.asks},
            known_refused={wording(words(ask)): number for number, (_, asks) in enumerate(refused) for ask in asks},
            refused=tuple(entry for entry, _ in refused),
            refused_asks=Phrasings.build((asks for _, asks in refused), analyzer),
            leaning=Leaning.build(
                (ask for note in episode.notes for ask in note.asks), (ask for _, asks in refused for ask in asks)
            ),
            is_host=np.array([note.speaker == episode.host for note in episode.notes], bool),
            host_words=frozenset([*words(episode.host), "host", "interviewer"]),
            replies=np.array(list(_replies(episode)), np.int32).reshape(-1, 2),
            passages=passages,
            passage_postings=Postings.build([analyzer.terms(passage.text) for passage in passages]),
            sentences=tuple(_sentences(turn, analyzer) for turn in episode.turns),
        )


def wording(said: Iterable[str]) -> str:
    """All words of a text whatever their order: the same for a question and an ask that say the same."""
    return " ".join(sorted(said))


def _fields(episode: Episode, analyzer: Analyzer) -> Iterator[Field]:
    def postings(text_of: "list[str]") -> Postings:
        return Postings.build([analyzer.terms(text) for text in text_of], k1=0.6, b=0.5)

    notes = episode.notes
    yield Field(name="title", weight=0.3, postings=postings([note.title for note in notes]))
    yield Field(name="answer", weight=0.5, postings=postings([f"{note.answer} {note.detail}" for note in notes]))
    yield Field(name="asks", weight=1.0, postings=postings(["\n".join(note.asks) for note in notes]))


def _replies(episode: Episode) -> Iterator[tuple[int, int]]:
    numbered = tuple(enumerate(episode.notes))
    for number, framing in numbered:
        if framing.speaker == episode.host:
            for other, reply in numbered:
                is_guests = reply.speaker != episode.host
                if is_guests and framing.start_seconds <= reply.start_seconds <= framing.end_seconds:
                    yield number, other


def _refused(episode: Episode) -> Iterator[tuple[Refused, tuple[str, ...]]]:
    for note in episode.notes:
        for group in note.not_here:
            yield Refused(topic=group.topic, note=note.id, group=None), group.asks
    for entry in episode.not_covered:
        yield Refused(topic=entry.id, note=entry.nearest, group=entry), entry.asks


def _count_words(episode: Episode) -> Counter[str]:
    counts: Counter[str] = Counter()
    for note in episode.notes:
        counts.update(words(" ".join((note.title, note.answer, note.detail, *note.asks))))
    for turn in episode.turns:
        counts.update(words(turn.text))
    for name, variants in episode.glossary.terms:
        counts.update(words(" ".join((name, *variants))))
    return Counter({word: count for word, count in counts.items() if not word.isdigit()})


def cut_passages(turns: tuple[Turn, ...]) -> Iterator[Passage]:
    """Passages of whole turns: joined up to 40 words, never past 120 unless one turn is longer."""
    lower, upper = PASSAGE_WORDS
    held: list[Turn] = []
    count = 0
    for turn in turns:
        size = len(turn.text.split())
        if held and (count >= lower or count + size > upper):
            yield _passage(held)
            held, count = [], 0
        held.append(turn)
        count += size
    if held:
        yield _passage(held)


def _passage(turns: list[Turn]) -> Passage:
    return Passage(start_seconds=turns[0].start_seconds, end_seconds=turns[-1].end_seconds, turns=tuple(turns))


def _sentences(turn: Turn, analyzer: Analyzer) -> tuple[Sentence, ...]:
    parts = [part for part in _SENTENCE_END.split(turn.text) if part] or [turn.text]
    return tuple(Sentence(text=part, terms=frozenset(analyzer.terms(part))) for part in parts)


def note_at(episode: Episode, seconds: int) -> Note | None:
    """The note playing at that second: the shortest of those that cover it."""
    covering = [note for note in episode.notes if note.start_seconds <= seconds < note.end_seconds]
    return min(covering, key=lambda note: (note.end_seconds - note.start_seconds, note.id), default=None)
