"""All episodes that can be answered about, one of them the default.

Knows Answers and ids.
"""

from collections.abc import Mapping

from bot.answer.service import Answers


class Library:
    """Answers by episode id. `default` is what a question without an episode is about."""

    def __init__(self, answers: Mapping[str, Answers], *, default: str) -> None:
        self._answers = dict(answers)
        self.default = self._answers[default]

    def get(self, episode_id: str) -> Answers | None:
        """The answers about that episode, or None."""
        return self._answers.get(episode_id)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every episode's id, the default first."""
        first = self.default.episode.id
        return (first, *sorted(name for name in self._answers if name != first))
