"""Completions for a half-typed topic: chapters, themes and note titles, typo-tolerant.

Pure; at most 25 of at most 100 characters, the limits of the strictest platform.
"""

from rapidfuzz import fuzz, process

from bot.answer.model import Suggestion
from bot.episode.model import Episode

LIMIT = 25
TEXT_LENGTH = 100
CUTOFF = 55


def suggestions(episode: Episode) -> tuple[Suggestion, ...]:
    """Everything that can be completed, chapters first."""
    found = [Suggestion(text=chapter.title[:TEXT_LENGTH], kind="chapter") for chapter in episode.chapters]
    found += [Suggestion(text=theme.name[:TEXT_LENGTH], kind="theme") for theme in episode.themes]
    found += [Suggestion(text=note.title[:TEXT_LENGTH], kind="note") for note in episode.notes]
    first: dict[str, Suggestion] = {}
    for suggestion in found:
        first.setdefault(suggestion.text, suggestion)
    return tuple(first.values())


def complete(typed: str, known: tuple[Suggestion, ...], *, limit: int = LIMIT) -> tuple[Suggestion, ...]:
    """The suggestions nearest to what is typed, best first; the chapters for nothing typed."""
    sought = typed.strip().lower()[:TEXT_LENGTH]
    if not sought:
        return known[:limit]
    best = process.extract(
        sought, [one.text.lower() for one in known], scorer=fuzz.WRatio, score_cutoff=CUTOFF, limit=limit
    )
    return tuple(known[at] for _, _, at in best)
