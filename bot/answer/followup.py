"""Questions with no content of their own ("and why?"), which only make sense after an answer.

Pure; knows words, not the episode.
"""

from bot.retrieval.text import words

_BARE = frozenset(
    "and so but ok okay then why how when where who what which come really more else again please pls go on tell me about "
    "it that this he she they explain elaborate detail details expand say said mean means meant does did do is was were "
    "are can could you would i like a an the some any bit little further deeper next continue source link timestamp time "
    "exactly sure example for instance in of to there y wat huh wdym".split()
)
_LONGEST = 8


def is_bare(text: str) -> bool:
    """True for `and why?`, `how so`, `tell me more`: up to 8 words, none with content."""
    found = words(text)
    return 0 < len(found) <= _LONGEST and _BARE.issuperset(found)
