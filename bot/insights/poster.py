"""What the runner needs of a platform: post, look for an earlier post, reach the admin.

Knows no platform. Whoever implements it decides only what happened; what follows is decided by the sender.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.insights.posts import DailyPost
from bot.store.model import Subscription


@dataclass(frozen=True, kw_only=True)
class Posted:
    """The platform accepted the post. `message_ref` is what finds it again."""

    message_ref: str


@dataclass(frozen=True, kw_only=True)
class NotPosted:
    """Surely not posted, and worth another try: a rate limit, a refusal by a server in trouble."""

    reason: str
    retry_after_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """It may have been posted: the answer was lost, or the platform cannot tell.

    `is_passing`, in a look for an earlier post: the platform is only away, and may tell when asked again.
    """

    reason: str
    is_passing: bool = False


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """Will never be posted as things are: the channel is gone, a right is missing, the bot was removed."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Absent:
    """The platform can tell, and there is no such post."""


Outcome = Posted | NotPosted | Unclear | Rejected
Sight = Posted | Absent | Unclear


class Poster(Protocol):
    """One platform. No method raises; reasons are short sentences of ours, fit to show to an admin."""

    async def post(self, subscription: Subscription, post: DailyPost) -> Outcome:
        """Post once into the subscription's channel, within a minute; `post.mark` is the nonce where there is one."""
        ...

    async def find(self, subscription: Subscription, mark: str, since: datetime) -> Sight:
        """Look for the bot's own post with that mark, sent at or after `since`."""
        ...

    async def tell_admin(self, subscription: Subscription, text: str) -> bool:
        """Tell whoever set the subscription, in private; False when they cannot be reached."""
        ...
