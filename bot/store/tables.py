"""The tables, once for both databases.

Knows no verbs; a change here needs a revision in `migrations/versions`, and a test compares the two.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone never enters the store")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()


def _table(name: str, *items: Column[Any] | Index) -> Table:
    return Table(name, metadata, *items)


seen = _table(
    "seen",
    Column("key", Text, primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

topics = _table(
    "topics",
    Column("key", Text, primary_key=True),
    Column("episode_id", Text, nullable=False),
    Column("hit_id", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

votes = _table(
    "votes",
    Column("episode_id", Text, primary_key=True),
    Column("hit_id", Text, primary_key=True),
    Column("user_hash", Text, primary_key=True, index=True),
    Column("platform", Text, nullable=False),
    Column("is_up", Boolean, nullable=False),
    Column("voted_at", UtcDateTime, nullable=False, index=True),
)

kept_questions = _table(
    "kept_questions",
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("platform", Text, nullable=False),
    Column("user_hash", Text, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("hit_id", Text),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
)

kept_settings = _table(
    "kept_settings",
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

installations = _table(
    "installations",
    Column("enterprise_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("installed_at", UtcDateTime, nullable=False),
)

oauth_states = _table(
    "oauth_states",
    Column("state", Text, primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

leases = _table(
    "leases",
    Column("key", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

subscriptions = _table(
    "subscriptions",
    Column("id", String(16), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("episode_id", Text, nullable=False),
    Column("local_time", String(5), nullable=False),
    Column("zone", Text, nullable=False),
    Column("weekdays", String(7), nullable=False),
    Column("theme", Text),
    Column("role_id", Text),
    Column("admin_contact", Text, nullable=False),
    Column("chosen", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    Column("paused_until", UtcDateTime),
    Column("pause_reason", Text),
    Column("last_sent_at", UtcDateTime),
    Column("last_error", Text),
    Column("skip_dates", JSON, nullable=False),
    Column("replacement", JSON(none_as_null=True)),
    Column("round", Integer, nullable=False),
    Column("used", JSON, nullable=False),
    Column("next_due_at", UtcDateTime),
    # In this order, so that what is due is read along the index and never sorted.
    Index("ix_subscriptions_due", "next_due_at", "platform"),
    Index("ix_subscriptions_workspace", "workspace_id", "platform"),
)

deliveries = _table(
    "deliveries",
    Column("subscription_id", String(16), primary_key=True),
    Column("local_date", Date, primary_key=True),
    Column("extra", Text, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("insight_id", Text),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text),
    Column("lease_until", UtcDateTime, index=True),
    Column("sending_since", UtcDateTime),
    Column("message_ref", Text),
    Column("error", Text),
    Column("changed_at", UtcDateTime, nullable=False),
)
