"""What the tests of the insights stand on: an episode, a clock, a platform. A few lines each.

Knows no test.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.episode.model import Chapter, Episode, Insight, Links, Note, Theme
from bot.insights.poster import Absent, Outcome, Posted, Sight
from bot.insights.posts import DailyPost
from bot.store.model import Subscription

THEMES = ("trust", "craft")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def insight(number: int) -> Insight:
    return Insight(
        id=f"i{number:02}",
        theme=THEMES[number % 2],
        note="n1",
        start_seconds=number * 10,
        text=f"Thought number {number}, told at some length so that it has to be cut where it is only glimpsed at.",
        question="And what do you think?",
    )


def episode(insights: int = 10, **changes: Any) -> Episode:
    """Ten insights, five a theme."""
    values: dict[str, Any] = {
        "id": "e1",
        "title": "A made-up talk",
        "show": "Some Show",
        "number": 7,
        "date": "2026-01-01",
        "host": "Ann Host",
        "guest": "Bob Guest",
        "duration_seconds": 4000,
        "video_id": "abcdefghijk",
        "links": Links(video="https://www.youtube.com/watch?v=abcdefghijk"),
        "themes": tuple(
            Theme(id=name, name=name.title(), emoji="*", line="A line.", colour="#112233") for name in THEMES
        ),
        "chapters": (Chapter(title="All of it", start_seconds=0, end_seconds=4000),),
        "notes": (
            Note(id="n1", title="N", theme="trust", start_seconds=0, end_seconds=900, speaker="Bob", answer="Yes."),
        ),
        "insights": tuple(insight(number) for number in range(insights)),
    }
    return Episode(**values | changes)


@dataclass
class Platform:
    """A platform that keeps what it accepted. `outcomes` and `sights` are given once each, before it is itself."""

    posts: list[tuple[str, DailyPost]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    outcomes: list[Outcome | Exception] = field(default_factory=list)
    sights: list[Sight | Exception] = field(default_factory=list)

    async def post(self, subscription: Subscription, post: DailyPost) -> Outcome:
        if self.outcomes:
            outcome = self.outcomes.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            if not isinstance(outcome, Posted):
                return outcome
        self.posts.append((subscription.channel_id, post))
        return Posted(message_ref=f"m{len(self.posts)}")

    async def find(self, subscription: Subscription, mark: str, since: datetime) -> Sight:
        if self.sights:
            sight = self.sights.pop(0)
            if isinstance(sight, Exception):
                raise sight
            return sight
        marks = [post.mark for _, post in self.posts]
        return Posted(message_ref=f"m{marks.index(mark) + 1}") if mark in marks else Absent()

    async def tell_admin(self, subscription: Subscription, text: str) -> bool:
        self.told.append(text)
        return True


def subscription(**changes: Any) -> Subscription:
    """09:00 every day in Berlin."""
    values: dict[str, Any] = {
        "platform": "discord",
        "workspace_id": "w1",
        "channel_id": "c1",
        "episode_id": "e1",
        "local_time": time(9, 0),
        "zone": "Europe/Berlin",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "changed_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Subscription(**values | changes)
