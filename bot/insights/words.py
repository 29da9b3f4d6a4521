"""Every sentence of the daily insights, so that all platforms say the same.

English, plain text without markup; names and ids a person typed never come in here unchecked.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.insights.reading import MONTHS, WEEKDAYS
from bot.insights.zones import is_zone
from bot.store.model import EVERY_DAY, State, Subscription

PAUSED_MEANWHILE = "the subscription was paused before it was posted"
LOOK_FAILED = "looking for an earlier post failed"
POST_BROKE = "the post broke off"
INSIGHT_GONE = "the insight is no longer part of the episode"
TAKEN_OVER = "another process had taken it over"
TOO_LATE = "the bot was not running in time"
NEVER_ACCEPTED = "the platform never accepted it"

NOT_SET = "There is no daily insight in this channel yet. Set one with /daily set."
WHICH_EPISODE = "This channel has several daily insights. Say which episode: {names}."
NO_EPISODE = "I do not know that episode. I know {names}."
NO_INSIGHTS = "That episode has no insights to post yet."
NO_THEME = "I do not know that theme. Did you mean {names}?"
NO_OTHER = "There is no other insight left to put in its place."
COMING = "The coming {count}:"
STATUS = "How the daily insight of this channel stands:"
NOTHING_COMING = "Nothing is coming up."
NOTHING_COMING_PAUSED = "Nothing is coming up: the daily insight is paused. Start it again with /daily resume."
NOT_A_POST_DAY = "Nothing is planned on {day}, so there is nothing to skip. Coming up: {coming}."
TOO_FAR = "{day} is too far ahead. Give a date within a year."
ZONE_GONE = "I no longer know the time zone {zone}. Give another one with /daily set."
ZONE_UNKNOWN = "no longer known: set it again"
PAST_DATE = "{day} is over. Give a date to come."
NOT_NOW_TWICE = "That post is already on its way."
STOPPED = "Stopped. No more daily insights in this channel."
RUNNING_ALREADY = "It is not paused. Next: {when}."
POSTED_NOW = "Posted. The next daily insight still comes {when}."
POSTED_NOW_ONLY = "Posted."
NOT_POSTED_YET = "The post did not go through yet ({reason}). I try again by myself."
NOT_POSTED = "The post did not go through: {reason}."
MAYBE_POSTED = "I cannot tell whether the post went through ({reason}). Please look into the channel."
NO_POSTER = "I am not connected to this channel's platform just now."

DEFAULT = "the default"
CHOSEN = "set here"


def day(when: date) -> str:
    """`Sunday, 8 March 2026`."""
    return f"{WEEKDAYS[when.weekday()]}, {when.day} {MONTHS[when.month - 1]} {when.year}"


def moment(instant: datetime, zone: str) -> str:
    """`Sunday, 8 March 2026, 09:00 CET (Europe/Berlin)`; in UTC for a zone that is no longer known."""
    if not is_zone(zone):
        return f"{day(instant.date())}, {instant:%H:%M} UTC"
    local = instant.astimezone(ZoneInfo(zone))
    return f"{day(local.date())}, {local:%H:%M %Z} ({zone})"


def days(weekdays: tuple[int, ...]) -> str:
    """`every day`, `Monday to Friday`, `Monday, Wednesday`."""
    if weekdays == EVERY_DAY:
        return "every day"
    is_run = len(weekdays) > 2 and weekdays == tuple(range(weekdays[0], weekdays[-1] + 1))
    names = [WEEKDAYS[number] for number in weekdays]
    return f"{names[0]} to {names[-1]}" if is_run else ", ".join(names)


def was_set(subscription: Subscription, when: str | None, few: int | None) -> str:
    """After `set`: what will happen, and first when."""
    said = f"Set: one insight {days(subscription.weekdays)} at {subscription.local_time:%H:%M} ({subscription.zone})."
    if when is not None:
        said += f" The first one comes {when}."
    if few is not None:
        said += f" This theme has {count(few, 'insight')}; after that they come again."
    return said


def was_paused(when: str | None) -> str:
    """After `pause`."""
    return "Paused until you start it again with /daily resume." if when is None else f"Paused. {comes(when)}"


def was_resumed(when: str | None) -> str:
    """After `resume`."""
    return f"Running again. {comes(when)}"


def was_skipped(skipped: date, when: str | None) -> str:
    """After `skip`."""
    return f"Nothing will be posted on {day(skipped)}. {comes(when)}"


def comes(when: str | None) -> str:
    """When the next one comes."""
    return NOTHING_COMING if when is None else f"The next one comes {when}."


def preview(when: str, is_paused: bool) -> str:
    """Above a preview."""
    return f"This is what comes {when}." if not is_paused else "It is paused; this is what would come next."


def replaced(when: str) -> str:
    """Above a replacement."""
    return f"Replaced. This comes {when} instead."


def posted_now(kind: State, reason: str, when: str | None) -> str:
    """After `now`: what became of the post."""
    if kind is State.SENT:
        return POSTED_NOW.format(when=when) if when else POSTED_NOW_ONLY
    if kind is State.CLAIMED:
        return NOT_POSTED_YET.format(reason=reason)
    if kind is State.UNCERTAIN:
        return MAYBE_POSTED.format(reason=reason)
    return NOT_POSTED.format(reason=reason)


def gave_up(subscription: Subscription, reason: str) -> str:
    """To the admin: a channel's insights have stopped, why, and what to do."""
    return (
        f"The daily insight at {subscription.local_time:%H:%M} ({subscription.zone}) could not be posted: {reason}. "
        "I have paused it. When that is put right, start it again with /daily resume; /daily status shows it."
    )


def few_left(subscription: Subscription, left: int) -> str:
    """To the admin: the round is nearly over."""
    theme = "" if subscription.theme is None else f" of its theme {subscription.theme}"
    return f"The daily insight has {count(left, 'insight')} left{theme}; then they come again in another order."


def state(subscription: Subscription) -> str:
    """The line of `status` that says whether it runs."""
    if not subscription.is_paused:
        return "running"
    why = f": {subscription.pause_reason}" if subscription.pause_reason else ""
    if subscription.paused_until is None:
        return f"paused{why}"
    return f"paused until {moment(subscription.paused_until, subscription.zone)}{why}"


PAUSED_BY_ADMIN = "an admin paused it"


def outcome(kind: State) -> str:
    """A delivery's state in a word or two."""
    return {State.UNCERTAIN: "cannot tell whether it was posted"}.get(kind, kind.value)


def count(number: int, noun: str) -> str:
    """`1 insight`, `3 insights`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
