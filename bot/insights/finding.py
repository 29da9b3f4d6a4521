"""The episode and the theme a person means.

Knows names and ids; never guesses.
"""

from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

from bot.episode.model import Episode
from bot.errors import UsageError
from bot.insights import words


def find_episode(episodes: Mapping[str, Episode], text: str) -> Episode:
    """By id, title or guest; without a text the first one. Raises UsageError, also for one without insights."""
    wanted = _plain(text)
    found = [
        episode
        for episode in episodes.values()
        if not wanted or wanted in (_plain(episode.id), _plain(episode.title), _plain(episode.guest))
    ]
    if not found:
        raise UsageError(words.NO_EPISODE.format(names=", ".join(sorted(episodes))))
    if not found[0].insights:
        raise UsageError(words.NO_INSIGHTS)
    return found[0]


def find_theme(episode: Episode, text: str) -> str | None:
    """The id of a theme that has insights, by id or name; None for no text. Raises UsageError with the nearest."""
    wanted = _plain(text)
    if not wanted:
        return None
    used = {insight.theme for insight in episode.insights}
    names = {theme.name: theme.id for theme in episode.themes if theme.id in used}
    for name, theme_id in names.items():
        if wanted in (_plain(name), _plain(theme_id)):
            return theme_id
    raise UsageError(words.NO_THEME.format(names=", ".join(_nearest(wanted, names))))


def _nearest(wanted: str, names: Iterable[str]) -> list[str]:
    found = process.extract(wanted, list(names), scorer=fuzz.WRatio, processor=_plain, limit=3)
    return [name for name, _, _ in found]


def _plain(text: str) -> str:
    return " ".join(text.strip().casefold()[:100].replace("-", " ").split())
