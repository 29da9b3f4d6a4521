"""What goes into the store and comes out of it, as frozen values.

Knows no SQL; every datetime is aware and UTC, every local date belongs to the zone of its subscription.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class State(StrEnum):
    """Where a delivery stands. Only `CLAIMED` is open; a post is `SENT` only after the platform accepted it."""

    CLAIMED = "claimed"
    SENT = "sent"
    MISSED = "missed"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What a conversation was about last: one of our own hits, never what was typed."""

    episode_id: str
    hit_id: str


@dataclass(frozen=True, kw_only=True)
class Votes:
    """How many found a hit helpful, and how many did not."""

    up: int = 0
    down: int = 0


@dataclass(frozen=True, kw_only=True)
class KeptQuestion:
    """A question an operator chose to keep. Its words never appear in a repr."""

    platform: str
    user_hash: str = field(repr=False)
    text: str = field(repr=False)
    outcome: str
    hit_id: str | None = None
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One installed Slack workspace. `payload` is already encrypted by the caller."""

    enterprise_id: str = ""
    team_id: str = ""
    user_id: str = field(default="", repr=False)
    payload: bytes = field(repr=False)
    installed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """Another insight, chosen by an admin, for one local date."""

    local_date: date
    insight_id: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an admin set for a channel. `chosen` names the values that were given and not defaults.

    `weekdays` counts from Monday, 0. `admin_contact` is what the platform needs to reach the admin.
    """

    platform: str
    workspace_id: str
    channel_id: str
    episode_id: str
    local_time: time
    zone: str
    weekdays: tuple[int, ...] = EVERY_DAY
    theme: str | None = None
    role_id: str | None = None
    admin_contact: str = field(default="", repr=False)
    chosen: tuple[str, ...] = ()

    @cached_property
    def id(self) -> str:
        """16 hex digits of platform, workspace, channel and episode: set again, a channel keeps its history."""
        parts = (self.platform, self.workspace_id, self.channel_id, self.episode_id)
        return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Subscription(Wanted):
    """A channel's daily settings and where its rotation stands.

    `next_due_at` is None while paused without an end. `used` are the insights of the running round, in order.
    """

    created_at: datetime
    changed_at: datetime
    is_paused: bool = False
    paused_until: datetime | None = None
    pause_reason: str | None = None
    last_sent_at: datetime | None = None
    last_error: str | None = None
    skip_dates: tuple[date, ...] = ()
    replacement: Replacement | None = None
    round: int = 0
    used: tuple[str, ...] = ()
    next_due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One insight for one local day. `extra` is empty for the day's own slot, else the key of a post on demand.

    While `CLAIMED`, `worker` holds it until `lease_until`; `sending_since` says a send may have reached the platform.
    """

    subscription_id: str
    local_date: date
    extra: str = ""
    due_at: datetime
    state: State
    insight_id: str | None = None
    attempts: int = 0
    worker: str | None = None
    lease_until: datetime | None = None
    sending_since: datetime | None = None
    message_ref: str | None = None
    error: str | None = None
    changed_at: datetime

    @property
    def mark(self) -> str:
        """What only this delivery has: the nonce, and what to look for in a channel."""
        return mark_of(self.subscription_id, self.local_date, self.extra)


def mark_of(subscription_id: str, local_date: date, extra: str = "") -> str:
    """The mark of a delivery before there is one: 25 ASCII characters, the longest nonce Discord takes."""
    if not extra:
        return f"{subscription_id}-{local_date:%Y%m%d}"
    return f"{subscription_id}+{sha256(f'{local_date}{extra}'.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A delivery this worker holds, with the subscription as it stands."""

    subscription: Subscription
    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A delivery to write down: `CLAIMED` to be sent now, or `MISSED` or `SKIPPED` for the record."""

    local_date: date
    due_at: datetime
    state: State
    insight_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What becomes of one due subscription: its deliveries, and the subscription as it stands afterwards."""

    deliveries: tuple[Planned, ...]
    after: Subscription


Planner = Callable[[Subscription, frozenset[date]], Plan]
"""A pure function of a due subscription and the local dates that already have a delivery."""


Chooser = Callable[[Subscription], "tuple[str, Subscription] | None"]
"""A pure choice of an insight for a post on demand, and the subscription as it stands afterwards."""


@dataclass(frozen=True, kw_only=True)
class Purged:
    """How many rows a purge removed."""

    seen: int = 0
    topics: int = 0
    oauth_states: int = 0
    votes: int = 0
    questions: int = 0
    deliveries: int = 0
