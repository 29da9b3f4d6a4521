"""The pictures in words, for those who do not see them.

Knows the episode, not the drawing.
"""

from bot.episode.clock import format_clock
from bot.episode.model import Episode
from bot.picture.layout import notes_per_minute

LENGTH = 600
_SHARES = (
    (0.05, "at the very start"),
    (0.2, "near the start"),
    (0.3, "about a quarter of the way in"),
    (0.45, "a little before the middle"),
    (0.55, "about in the middle"),
    (0.7, "a little after the middle"),
    (0.8, "about three quarters of the way in"),
    (0.95, "near the end"),
    (1.01, "at the very end"),
)


def describe_map(episode: Episode, *, mark_seconds: int | None = None, theme: str | None = None) -> str:
    """What `draw_map` shows, in at most 600 characters. Raises KeyError for an unknown theme."""
    parts = [
        f"Map of “{episode.title}”, {format_clock(episode.duration_seconds)} long: {len(episode.chapters)} chapters, "
        f"{len(episode.notes)} notes in {len(episode.themes)} themes, {len(episode.insights)} insights."
    ]
    if theme is not None:
        notes = [note for note in episode.notes if note.theme == theme]
        parts.append(f"Only {episode.theme(theme).name} is in colour: {len(notes)} notes.")
    elif episode.notes:
        minutes = notes_per_minute(episode)
        fullest = minutes.index(max(minutes)) * 60
        chapter = episode.chapter_at(fullest).title
        parts.append(f"The densest minute is at {format_clock(fullest)}, in “{chapter}”.")
    if mark_seconds is not None:
        parts.append(_marked(episode, mark_seconds))
    return _short(" ".join(parts))


def describe_strip(episode: Episode, seconds: int) -> str:
    """What `draw_strip` shows, in at most 600 characters."""
    return _short(
        f"Timeline of the episode, {format_clock(episode.duration_seconds)} long. {_marked(episode, seconds)}"
    )


def _marked(episode: Episode, seconds: int) -> str:
    second = min(max(seconds, 0), episode.duration_seconds)
    share = second / episode.duration_seconds
    place = next(words for limit, words in _SHARES if share < limit)
    return f"Marked: {format_clock(second)}, {place}, in the chapter “{episode.chapter_at(second).title}”."


def _short(text: str) -> str:
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"
