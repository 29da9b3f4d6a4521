"""Greetings, thanks, nonsense and attempts to instruct the bot: recognised before search.

Knows words, phrases and our fixed lines, not the episode. Nothing of what a person typed is repeated or obeyed.
"""

import re
from dataclasses import dataclass

from bot.answer.phrasebook import Phrasebook, phrasebook
from bot.answer.steering import is_deed, is_instruction
from bot.retrieval.spelling import Spelling, nearby
from bot.retrieval.text import words


@dataclass(frozen=True, kw_only=True)
class SmallTalk:
    """A kind of small talk and the line it gets."""

    kind: str
    line: str


EMPTY = SmallTalk(kind="empty", line="Ask me something about the episode, for example: why did CUDA win?")
GREETING = SmallTalk(
    kind="greeting", line="Hello! Ask me anything about the episode and I will point you to the moment."
)
THANKS = SmallTalk(kind="thanks", line="You are welcome. Ask away whenever something else comes to mind.")
GOODBYE = SmallTalk(kind="goodbye", line="Goodbye! The episode and I will be here when you are back.")
ABOUT = SmallTalk(
    kind="about",
    line="I am Chapter & Verse: I answer questions about this podcast episode and link the second where it is said.",
)
CHAT = SmallTalk(
    kind="chat", line="I only talk about this episode. Ask me what was said in it and I will find the place."
)
NONSENSE = SmallTalk(
    kind="nonsense", line="I could not read a question in that. Try a few plain words about the episode."
)
INSTRUCTION = SmallTalk(
    kind="instruction",
    line="I do not take instructions, I only answer questions about this episode. What would you like to know?",
)
EPISODE = SmallTalk(kind="episode", line="")  # of the episode itself: composed from what is known of it
REQUEST = SmallTalk(
    kind="request", line="That I cannot do. I only answer questions about this episode; ask me what was said in it."
)

# Of a message of several sentences, each of them small talk, the first of these is answered.
_KINDS = {talk.kind: talk for talk in (INSTRUCTION, REQUEST, EPISODE, ABOUT, THANKS, GOODBYE, GREETING, CHAT)}
_RANKS = {kind: rank for rank, kind in enumerate(_KINDS)}
_MARKED = ("thanks", "goodbye", "greeting")
LONGEST = 40
LONGEST_REACTION = 9

_SENTENCE = re.compile(r"[.!?;:,…\n]+(?=\s|$)|[!?\n]+|\s[-–—]+\s")
_NAME = re.compile(r"\b(?:my name(?: is)?|i(?: am)?|call me|this is) (?P<name>\w+)$")
_PERCENT = re.compile(r"\d\s*%")


def recognise(text: str, spelling: Spelling) -> SmallTalk | None:
    """The small talk this is, or None for something worth searching."""
    if is_instruction(text):
        return INSTRUCTION
    if is_deed(text):
        return REQUEST
    found, book = words(text), phrasebook()
    if not found:
        return _by_signs(text, book)
    if len(found) <= LONGEST and (kind := _of_sentences(text, found, book, spelling)):
        return _KINDS[kind]
    written = [word for word in found if not word.isdigit()] or found
    readable = _PERCENT.search(text) or any(_is_readable(word, book, spelling) for word in written)
    return None if readable else NONSENSE


def _by_signs(text: str, book: Phrasebook) -> SmallTalk:
    """For a message without a word: what its emoji say, or nothing to be read."""
    for kind in (*_MARKED, "chat"):
        if not book.lists[f"signs {kind}"].isdisjoint(text):
            return _KINDS[kind]
    return NONSENSE if text.strip() else EMPTY


def _of_sentences(text: str, found: list[str], book: Phrasebook, spelling: Spelling) -> str | None:
    """The kind of the whole, or of its sentences when each is small talk."""
    if kind := _kind(found, book, spelling):
        return kind
    kinds = []
    for part in (words(part) for part in _SENTENCE.split(text)):
        if part and part != found:
            if not (kind := _kind(part, book, spelling)):
                return None
            kinds.append(kind)
    return min(kinds, key=_RANKS.__getitem__, default=None)


def _kind(found: list[str], book: Phrasebook, spelling: Spelling) -> str | None:
    """As it stands, as an introduction, or with its slips of the pen mended."""
    plain = [book.plain(word) for word in found]
    odd = [word for word in plain if word not in book.vocabulary]
    if not odd:
        return _by_words(plain, book) or book.kind(plain)
    if _is_introduction(plain, book, spelling):
        return "greeting"
    if not all(map(spelling.is_misspelt, odd)):
        return None
    near = {word: _nearest(word, book) for word in odd}
    mended = [near.get(word, word) for word in plain]
    return _by_words(mended, book) or book.kind(mended)


def _by_words(plain: list[str], book: Phrasebook) -> str | None:
    """The kind of which they hold a word, if the others only fill."""
    besides = set(plain) - book.lists["filler"]
    for kind in _MARKED:
        if not book.lists[kind].isdisjoint(plain) and besides.issubset(_marks(book)):
            return kind
    reaction = book.lists["reaction"]
    if len(plain) <= LONGEST_REACTION and not reaction.isdisjoint(plain):
        return "chat" if (set(plain) - reaction).issubset(book.lists["beside"]) else None
    return None


def _marks(book: Phrasebook) -> frozenset[str]:
    return frozenset().union(*(book.lists[kind] for kind in _MARKED))


def _is_introduction(plain: list[str], book: Phrasebook, spelling: Spelling) -> bool:
    """True when they only greet and say a name that does not stand in the episode."""
    told = " ".join(plain)
    named = _NAME.search(told)
    if named is None or named["name"] in spelling.counts or named["name"] in book.vocabulary:
        return False
    return (book.lists["filler"] | _marks(book)).issuperset(told[: named.start()].split())


def _nearest(word: str, book: Phrasebook) -> str:
    """The word one slip away, or two for a long one, or the word itself; on a tie one that fills."""
    filler = book.lists["filler"]
    ranked = [(slips, one[0] != word[0], one not in filler, one) for one, slips in nearby(word, book.vocabulary)]
    return min(ranked)[-1] if ranked else word


def _is_readable(word: str, book: Phrasebook, spelling: Spelling) -> bool:
    if word.isdigit():
        return 2 <= len(word) <= 4 or word.endswith("00")
    if word in book.spoken:
        return True
    return len(word) >= 2 and (spelling.is_known(word) or spelling.repair(word) != word)
