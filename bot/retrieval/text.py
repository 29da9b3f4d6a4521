"""Words as the search sees them: the same for what is indexed and what is asked.

Knows language and the glossary, not notes or scores.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from bot.episode.model import Glossary

_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:['’]\w+)?")
_STEMMER = Stemmer.Stemmer("english")

STOP_WORDS = frozenset(
    "a an the and or of to in on at is are was were be been being am do does did doing have has had having it its "
    "that this these those there here i you he she we they him her his their our your my me us them as by with for "
    "from so then than just also very can could will would shall should may might must about into if but no "
    "some any please tell s t d ll re ve m episode podcast interview talk say "
    "said".split()
)
QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
_CHAT_SPEAK = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "wat": "what", "wut": "what", "wot": "what", "wen": "when",
    "whens": "when", "wheres": "where", "whats": "what", "whos": "who", "hows": "how", "whys": "why", "ppl": "people",
    "pls": "please", "plz": "please", "bc": "because", "cuz": "because", "coz": "because", "cos": "because",
    "b4": "before", "gonna": "going", "wanna": "want", "dont": "not", "doesnt": "not", "didnt": "not", "isnt": "not",
    "cant": "not", "wont": "not", "wouldnt": "not", "arent": "not", "wasnt": "not", "abt": "about", "dat": "that",
    "dis": "this", "da": "the", "teh": "the", "w": "with", "tho": "though", "thru": "through", "im": "i", "hes": "he",
    "gpus": "gpu", "cpus": "cpu",
}  # fmt: skip
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
    if number > 1
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"}

# British spelling -> American, for one stem whichever is typed.
_BRITISH = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"^(favo|colo|behavio|labo|humo|neighbo|hono|rumo|flavo|endeavo|harbo|vapo)ur", r"\1r"),
        (r"^(cent|theat|met|kilomet|lit|fib)re(s?)$", r"\1er\2"),
        (r"^(def|off|lic)ence", r"\1ense"),
        (
            r"^((?:un|re|de)?(?:organ|real|util|optim|special|general|recogn|summar|minim|maxim|critic|industrial|monet|normal"
            r"|custom|standard|token|vector|virtual|visual|final|priorit|apolog|civil|author|central|digital|modern|mobil"
            r"|personal|popular|stabil|synthes|capital|democrat|memor|character|commercial|local|random|revolution))is(e|i|a)",
            r"\1iz\2",
        ),
        (r"^((?:psycho)?anal|paral|catal)ys(e[ds]?|ing)$", r"\1yz\2"),
        (r"^(travel|label|cancel|model|tunnel|signal|level|fuel|channel|dial)l(ed|ing|er|ers)$", r"\1\2"),
        (r"^(catal|dial|anal)ogue", r"\1og"),
        (r"^programme(s?)$", r"program\1"),
        (r"^grey", "gray"),
        (r"^aluminium", "aluminum"),
        (r"^sceptic", "skeptic"),
        (r"^maths$", "math"),
    )
)


def words(text: str) -> list[str]:
    """Lower-case words of a text, in order: possessives cut, numbers without their commas."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return [_bare(match) for match in _WORD.findall(folded)]


def _bare(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    if "'" in word:
        head, tail = word.split("'", 1)
        return "not" if head.endswith("n") and tail == "t" else head
    return word


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case word (Snowball English), British or American; numbers spelled out become digits."""
    for british, american in _BRITISH:
        word = british.sub(american, word)
    return _NUMBER_WORDS.get(word) or str(_STEMMER.stemWord(word))


@dataclass(frozen=True, kw_only=True)
class Analyzer:
    """Turns text into terms. `phrases` maps stemmed word runs to one term, `synonyms` a term to its kin.

    `sizes` gives how long the phrases are that start with a stem. `ignored` are words that tell nothing: those of every
    question, and the names that stand in all of this episode.
    """

    phrases: Mapping[tuple[str, ...], str]
    synonyms: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, tuple[int, ...]]
    ignored: frozenset[str]

    @classmethod
    def build(cls, glossary: Glossary, *, names: Iterable[str] = ()) -> "Analyzer":
        """An analyzer that knows the glossary and leaves out `names`, with and without a possessive s."""
        common = {word for name in (*names, *glossary.common) for word in words(name)}
        phrases: dict[tuple[str, ...], str] = {}
        for name, variants in glossary.terms:
            term = "_".join(_stems(name))
            for variant in (name, *variants):
                phrases[_stems(variant)] = term
        synonyms: dict[str, list[str]] = {}
        for group in glossary.synonyms:
            terms = [phrases.get(_stems(member)) or "_".join(_stems(member)) for member in group]
            for member, term in zip(group, terms, strict=True):
                if "_" in term:
                    phrases.setdefault(_stems(member), term)
                synonyms.setdefault(term, []).extend(other for other in terms if other != term)
        return cls(
            phrases=phrases,
            synonyms={term: tuple(dict.fromkeys(kin)) for term, kin in synonyms.items()},
            sizes={
                first: tuple(sorted({len(phrase) for phrase in phrases if phrase[0] == first}))
                for first in {phrase[0] for phrase in phrases if phrase}
            },
            ignored=STOP_WORDS | common | {f"{word}s" for word in common},
        )

    def is_content(self, word: str) -> bool:
        """False for the words a question is made of whatever it asks."""
        return word not in self.ignored and word not in QUESTION_WORDS

    def terms(self, text: str) -> tuple[str, ...]:
        """Stemmed terms of a text without stop words; a known phrase adds its one term to its words."""
        return self.terms_of(words(text))

    def terms_of(self, found: Iterable[str]) -> tuple[str, ...]:
        """The same for words that were split already."""
        plain = [_CHAT_SPEAK.get(word, word) for word in found]
        stems = [stem(word) for word in plain]
        kept = [word not in self.ignored for word in plain]
        added: list[str] = []
        for at, first in enumerate(stems):
            for size in self.sizes.get(first, ()):
                run = tuple(stems[at : at + size])
                term = self.phrases.get(run) if len(run) == size else None
                if term is None or (size == 1 and term == first):
                    continue
                if term in self.ignored:
                    kept[at : at + size] = [False] * size
                else:
                    added.append(term)
        return (*(word for word, keep in zip(stems, kept, strict=True) if keep), *added)


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text))
