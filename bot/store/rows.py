"""Rows of subscriptions and deliveries, to values and back.

Knows no statements.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from bot.store.model import Delivery, Replacement, State, Subscription, Wanted


def row_of_wanted(wanted: Wanted) -> dict[str, Any]:
    """The columns an admin sets."""
    return {
        "platform": wanted.platform,
        "workspace_id": wanted.workspace_id,
        "channel_id": wanted.channel_id,
        "episode_id": wanted.episode_id,
        "local_time": wanted.local_time.strftime("%H:%M"),
        "zone": wanted.zone,
        "weekdays": "".join(str(day) for day in sorted(set(wanted.weekdays))),
        "theme": wanted.theme,
        "role_id": wanted.role_id,
        "admin_contact": wanted.admin_contact,
        "chosen": list(wanted.chosen),
    }


def row_of_progress(subscription: Subscription) -> dict[str, Any]:
    """The columns a runner moves on."""
    replacement = subscription.replacement
    return {
        "is_paused": subscription.is_paused,
        "paused_until": subscription.paused_until,
        "pause_reason": subscription.pause_reason,
        "skip_dates": [day.isoformat() for day in subscription.skip_dates],
        "replacement": None if replacement is None else [replacement.local_date.isoformat(), replacement.insight_id],
        "round": subscription.round,
        "used": list(subscription.used),
        "next_due_at": subscription.next_due_at,
    }


def subscription_of(row: Mapping[Any, Any]) -> Subscription:
    """The value of a whole row of `subscriptions`."""
    values = dict(row)
    del values["id"]
    hours, minutes = values["local_time"].split(":")
    replacement = values["replacement"]
    return Subscription(
        **values
        | {
            "local_time": time(int(hours), int(minutes)),
            "weekdays": tuple(int(day) for day in values["weekdays"]),
            "chosen": tuple(values["chosen"]),
            "skip_dates": tuple(date.fromisoformat(day) for day in values["skip_dates"]),
            "used": tuple(values["used"]),
            "replacement": replacement
            and Replacement(local_date=date.fromisoformat(replacement[0]), insight_id=replacement[1]),
        }
    )


def delivery_of(row: Mapping[Any, Any]) -> Delivery:
    """The value of a whole row of `deliveries`."""
    return Delivery(**dict(row) | {"state": State(row["state"])})
