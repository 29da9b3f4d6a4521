"""The phrasebook of small talk: reads smalltalk.txt and finds the kind of a run of words in it.

Pure but for reading that file once; knows phrases, not the lines we say nor the episode.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from bot.retrieval.text import words

_STRETCHED = re.compile(r"(\w)\1{2,}")
_LAUGH = re.compile(r"(?:b?w?a?h[aeiou]+){2,}h?|(?:ja){2,}|l+o+l+(?:ol)*|lmf?ao+|x+d+|k{3,}")
_SLOT = re.compile(r"\((=\w+|[^()]*\|[^()]*)\)")
_Run = tuple[str, ...]
_Place = tuple[frozenset[int], frozenset[_Run]]


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A kind of small talk said in many ways. A place: the runs of words it takes, and before them their lengths."""

    kind: str
    places: tuple[_Place, ...]
    words: frozenset[str]

    def fits(self, said: _Run) -> bool:
        """True if these words, all of them, can be read along its places."""
        if not self.words.issuperset(said):
            return False
        ends = {0}
        for lengths, runs in self.places:
            ends = {end + length for end in ends for length in lengths if said[end : end + length] in runs}
            if not ends:
                return False
        return len(said) in ends


@dataclass(frozen=True, kw_only=True)
class Phrasebook:
    """Phrases by their weighty words, sorted; patterns; lists of single words by name; chat-speak; every word of it."""

    phrases: Mapping[_Run, str]
    patterns: tuple[Pattern, ...]
    lists: Mapping[str, frozenset[str]]
    spoken: Mapping[str, str]
    vocabulary: frozenset[str]

    def kind(self, plain: list[str]) -> str | None:
        """The kind of the phrase or pattern this is, with or without words of address around it."""
        for said in (self._weighty(plain), self._weighty(self._bared(plain))):
            if found := self.phrases.get(tuple(sorted(said))):
                return found
            if said and (found := next((one.kind for one in self.patterns if one.fits(said)), None)):
                return found
        return None

    def plain(self, word: str) -> str:
        """A word as the phrasebook writes it: chat-speak spelt out, laughter and stretched letters shortened."""
        if word in self.spoken:
            return self.spoken[word]
        if word in self.vocabulary:
            return word
        if _LAUGH.fullmatch(word):
            return "haha"
        if not _STRETCHED.search(word):
            return word
        forms = [_STRETCHED.sub(short, word) for short in (r"\1\1", r"\1")]
        return next((self.spoken.get(form, form) for form in forms if form in self.vocabulary), word)

    def _weighty(self, plain: list[str]) -> _Run:
        weightless = self.lists["weightless"]
        return tuple(word for word in plain if word not in weightless)

    def _bared(self, plain: list[str]) -> list[str]:
        address, first, last = self.lists["address"], 0, len(plain)
        while first < last and plain[first] in address:
            first += 1
        while last > first and plain[last - 1] in address:
            last -= 1
        return plain[first:last]

    def run(self, phrase: str) -> _Run:
        """The weighty words of a written phrase, in order."""
        return self._weighty([self.plain(word) for word in words(phrase)])


@lru_cache(maxsize=1)
def phrasebook() -> Phrasebook:
    """The phrasebook of smalltalk.txt, read once."""
    lines = (files("bot.answer") / "smalltalk.txt").read_text(encoding="utf-8").splitlines()
    return read(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


def read(lines: Iterator[list[str]]) -> Phrasebook:
    """The phrasebook of lines of a key and a text: "words:", "as:" and "slot:" define, any other key is a kind."""
    named: dict[str, dict[str, str]] = {"words": {}, "as": {}, "slot": {}}
    said = []
    for key, text in lines:
        group, _, name = key.partition(":")
        if name:
            named[group][name] = text
        else:
            said.append((key, text))
    lists = {name: frozenset(text.split()) for name, text in named["words"].items()}
    spoken = {short: word for word, text in named["as"].items() for short in text.split()}
    empty = Phrasebook(phrases={}, patterns=(), lists=lists, spoken=spoken, vocabulary=frozenset())
    return _filled(empty, said, named["slot"])


def _filled(book: Phrasebook, said: list[tuple[str, str]], slots: Mapping[str, str]) -> Phrasebook:
    phrases: dict[_Run, str] = {}
    patterns = []
    for kind, text in said:
        if _SLOT.search(text):
            places = tuple(_places(text, slots, book))
            used = frozenset(word for _, runs in places for run in runs for word in run)
            patterns.append(Pattern(kind=kind, places=places, words=used))
        elif run := book.run(text):
            phrases.setdefault(tuple(sorted(run)), kind)
    known = frozenset(book.spoken.values()).union(*phrases, *(one.words for one in patterns), *book.lists.values())
    return replace(book, phrases=phrases, patterns=tuple(patterns), vocabulary=known)


def _places(pattern: str, slots: Mapping[str, str], book: Phrasebook) -> Iterator[_Place]:
    """For each place of "who (made|built) (=bot)" the runs of words it takes."""
    for place, piece in enumerate(_SLOT.split(pattern)):
        chosen = slots[piece[1:]] if piece.startswith("=") else piece
        runs = frozenset(book.run(choice) for choice in (chosen.split("|") if place % 2 else [chosen]))
        if runs != {()}:
            yield frozenset(len(run) for run in runs), runs
