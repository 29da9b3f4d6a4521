"""Greetings, thanks, nonsense and attempts to instruct the bot: recognised before search.

Knows words, phrases and our fixed lines, not the episode. Nothing of what a person typed is repeated or obeyed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from bot.answer.steering import is_deed, is_instruction
from bot.retrieval.spelling import Spelling
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
REQUEST = SmallTalk(
    kind="request", line="That I cannot do. I only answer questions about this episode; ask me what was said in it."
)

_KINDS = {talk.kind: talk for talk in (GREETING, THANKS, GOODBYE, ABOUT, CHAT, REQUEST, INSTRUCTION)}
LONGEST = 9
ALIKE = 86

# A line of small talk holds a word of its kind and besides only filler. Kinds in the order in which they are tried.
_MARKERS: tuple[tuple[SmallTalk, frozenset[str]], ...] = (
    (
        THANKS,
        frozenset(
            "thanks thank thx ty tysm tyvm cheers merci danke gracias grazie arigato obrigado appreciated appreciate thankyou "
            "thanx tnx cheerz ta helpful".split()
        ),
    ),
    (
        GOODBYE,
        frozenset(
            "bye goodbye byebye cya farewell ttyl laters night nite goodnight seeya ciao adios later tomorrow weekend care ya gn".split()
        ),
    ),
    (
        GREETING,
        frozenset(
            "hi hello hey heya hiya yo sup hola howdy greetings morning evening afternoon moin bonjour hallo namaste aloha wassup "
            "whatsup gday g ello hullo hii hiii helloo heyy heyyy hai salut ahoy wazzup whazzup wagwan oi welcome gm".split()
        ),
    ),
    (
        CHAT,
        frozenset(
            "ok okay k kk lol lmao rofl haha hahaha hehe yes no yeah yep yup nope sure fine hmm hm um uh oh wow cool nice great "
            "test testing ping pong sorry huh maybe omg brb yay meh ah aha bored congrats congratulations happy sad tired lonely "
            "awesome amazing brilliant lovely wonderful super perfect sweet neat dope lit bruh dude hungry birthday christmas "
            "love hate stupid dumb useless smart cute funny idiot rubbish sucks rocks best worst correct wrong right true false "
            "entertain trash garbage awful terrible friday monday tuesday wednesday thursday saturday sunday friends same story bro start stop foo bar baz whatever nvm nevermind oops whoops yikes ugh sleepy boring interesting good bad up".split()
        ),
    ),
)
_FILLER = frozenset(
    "there bot everyone all guys folks team friend mate man buddy pal again to you u and a an very my so much lot it that was "
    "is s are am i im me we us the this really one job bot answer help of day time have had has your ya take care then "
    "now see soon in on too whats thats new not well for r weather between test 123 hello do did does just with at today good nice great please pls oh hey and but "
    "going doing no meet meeting talk talking chat merry new year work well back here be will would like "
    "feel feeling think said say same exactly absolutely totally quite kinda sorta bit little some more super lovely awesome "
    "tbh ngl fr imo imho anyone anybody home somebody still yet ever always cool alright right sir madam boss thing stuff over out".split()
)
# A short message about the bot itself: "do you dream", but not "do you know why ...", nor the "you" of "how do you cool it".
_TO_BOT = re.compile(
    r"^((so|hey|hi|ok|and|but|well|yo) )*((who|how old) )?(are|r|do|did|will|would|have|were) (you|u|ya)"
    r"( (?!know|tell|explain|find|recall|remember|show|give|think|say|summari[sz]e|point|link|mean)\w+){0,6}$"
)
_SMALL = _FILLER.union(*(markers for _, markers in _MARKERS))


def recognise(text: str, spelling: Spelling) -> SmallTalk | None:
    """The small talk this is, or None for something worth searching."""
    if is_instruction(text):
        return INSTRUCTION
    if is_deed(text):
        return REQUEST
    found = words(text)
    if not found:
        return NONSENSE if text.strip() else EMPTY
    if len(found) <= LONGEST and (talk := _by_words(found) or _by_phrase(found)):
        return talk
    if _TO_BOT.search(" ".join(found)):
        return ABOUT
    written = [word for word in found if not word.isdigit()]
    if not any(_is_readable(word, spelling) for word in written or found):
        return NONSENSE
    return None


def _by_words(found: list[str]) -> SmallTalk | None:
    for talk, markers in _MARKERS:
        if not markers.isdisjoint(found) and _SMALL.issuperset(found):
            return talk
    return None


def _by_phrase(found: list[str]) -> SmallTalk | None:
    """The kind of the known phrase that is nearly this one, whatever the order of its words."""
    phrases, kinds = _known_phrases()
    best = process.extractOne(_sorted(found), phrases, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return kinds[best[2]] if best else None


@lru_cache(maxsize=1)
def _known_phrases() -> tuple[tuple[str, ...], tuple[SmallTalk, ...]]:
    """The phrases of smalltalk.txt, their words sorted, and their kinds."""
    lines = (files("bot.answer") / "smalltalk.txt").read_text(encoding="utf-8").splitlines()
    known = [line.split("\t", 1) for line in lines if line and not line.startswith("#")]
    return tuple(_sorted(words(phrase)) for _, phrase in known), tuple(_KINDS[kind] for kind, _ in known)


def _sorted(found: list[str]) -> str:
    return " ".join(sorted(found))


def _is_readable(word: str, spelling: Spelling) -> bool:
    if word.isdigit():
        return 2 <= len(word) <= 4
    return len(word) >= 2 and (spelling.is_known(word) or spelling.repair(word) != word)
