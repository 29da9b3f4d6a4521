"""A poster whose sends are timed and traced.

Knows no platform; ids and timings only.
"""

from datetime import datetime

from bot.insights.poster import Outcome, Poster, Sight
from bot.insights.posts import DailyPost
from bot.store.model import Subscription
from bot.telemetry import Telemetry


class TimedPoster:
    """Hands everything on."""

    def __init__(self, poster: Poster, telemetry: Telemetry) -> None:
        self._poster = poster
        self._telemetry = telemetry

    async def post(self, subscription: Subscription, post: DailyPost) -> Outcome:
        """As the poster does."""
        with self._telemetry.stage("post", platform=subscription.platform, subscription=subscription.id) as note:
            outcome = await self._poster.post(subscription, post)
            note(outcome=type(outcome).__name__, insight=post.insight.id)
            return outcome

    async def find(self, subscription: Subscription, mark: str, since: datetime) -> Sight:
        """As the poster does."""
        with self._telemetry.stage("find", platform=subscription.platform, subscription=subscription.id):
            return await self._poster.find(subscription, mark, since)

    async def tell_admin(self, subscription: Subscription, text: str) -> bool:
        """As the poster does."""
        return await self._poster.tell_admin(subscription, text)
