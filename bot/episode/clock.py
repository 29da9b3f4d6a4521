"""Times of a video as people write them, and the links to them.

Knows nothing of episodes; a time is a whole number of seconds from the start of the video.
"""

import re

from bot.errors import UsageError

_COLONS = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})")
_UNITS = re.compile(
    r"(?:(\d{1,4})\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,5})\s*m(?:in(?:utes?|s)?)?)?\s*(?:(\d{1,6})\s*s(?:ec(?:onds?|s)?)?)?"
)
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")

TIME_FORMS = "1:15:02, 75:02, 1h15m2s or 4502"


def parse_clock(text: str) -> int:
    """Seconds of a written time: `1:15:02`, `75:02`, `1h15m2s`, `1h 15m`, `4502`.

    Raises UsageError for anything else, and for minutes or seconds past 59 behind a colon.
    """
    cleaned = text.strip().lower().removeprefix("t=")
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) <= 7:
        return int(cleaned)
    if match := _COLONS.fullmatch(cleaned):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        if seconds < 60 and (match[1] is None or minutes < 60):
            return hours * 3600 + minutes * 60 + seconds
    elif cleaned and (match := _UNITS.fullmatch(cleaned)):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    raise UsageError(f"That is no time I can read. Write it like {TIME_FORMS}.")


def format_clock(seconds: int) -> str:
    """`1:09:50` from an hour on, `9:50` below."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def is_video_id(text: str) -> bool:
    """True for the 11 characters of a YouTube video id."""
    return _VIDEO_ID.fullmatch(text) is not None


def link(video_id: str, seconds: int) -> str:
    """The one place where a link to a moment is made: unitless whole seconds.

    Raises ValueError for an id that is not a YouTube video id, so that no text can choose the host.
    """
    if not is_video_id(video_id):
        raise ValueError("not a YouTube video id")
    return f"https://www.youtube.com/watch?v={video_id}&t={int(seconds)}"
