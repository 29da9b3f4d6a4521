"""Time zones as people type them.

Knows the IANA names; never guesses between two.
"""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rapidfuzz import fuzz, process

from bot.errors import UsageError

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_MEANT = {
    "est": "America/New_York",
    "edt": "America/New_York",
    "et": "America/New_York",
    "eastern": "America/New_York",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "ct": "America/Chicago",
    "central": "America/Chicago",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "mt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "bst": "Europe/London",
    "uk": "Europe/London",
    "ist": "Asia/Kolkata",
    "india": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "japan": "Asia/Tokyo",
    "aest": "Australia/Sydney",
    "us/eastern": "America/New_York",
    "us/central": "America/Chicago",
    "us/mountain": "America/Denver",
    "us/pacific": "America/Los_Angeles",
}
_UTC = ("utc", "gmt", "z", "zulu", "etc/utc")
_NEAR = 60.0


@cache
def zone_names() -> tuple[str, ...]:
    """`UTC` and every zone of a place, in order; fixed offsets and abbreviations know no summer time."""
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS and "/" in name))


def read_zone(text: str) -> str:
    """The IANA name: any case, spaces for underscores, or a city alone. Raises UsageError with the nearest names."""
    wanted = _plain(text)
    if wanted in _UTC:
        return "UTC"
    exact = [name for name in zone_names() if wanted == _plain(name)]
    city = [name for name in zone_names() if wanted == _plain(name.rpartition("/")[2])]
    for found in (exact, city):
        if len(found) == 1:
            return found[0]
    near = suggest_zones(text, limit=3) if wanted else ()
    if not near:
        raise UsageError("I do not know that time zone. Write it like Europe/Berlin or America/New_York.")
    raise UsageError(f"I do not know that time zone. Did you mean {_either(near)}?")


def is_zone(name: str) -> bool:
    """Whether this machine still knows a zone that was read once: tzdata drops one now and then."""
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return False
    return True


def suggest_zones(prefix: str, limit: int = 25) -> tuple[str, ...]:
    """Zones to offer while someone types, best first: names that begin so, cities that do, then the nearest."""
    wanted = _plain(prefix)
    if not wanted:
        return zone_names()[:limit]
    meant = [_MEANT[wanted]] if wanted in _MEANT else []
    plain = {name: _plain(name) for name in zone_names()}
    starts = [name for name, known in plain.items() if known.startswith(wanted)]
    cities = [name for name, known in plain.items() if known.rpartition("/")[2].startswith(wanted)]
    within = [name for name, known in plain.items() if wanted in known]
    offered = list(dict.fromkeys([*meant, *cities, *starts, *within]))
    if len(offered) < limit:
        offered += [name for name in _near(wanted, plain, limit) if name not in offered]
    return tuple(offered[:limit])


def _near(wanted: str, plain: dict[str, str], limit: int) -> list[str]:
    cities = {name: known.rpartition("/")[2] for name, known in plain.items()}
    known = plain if "/" in wanted else cities
    found = process.extract(wanted[:60], known, scorer=fuzz.ratio, limit=limit, score_cutoff=_NEAR)
    return [name for _, _, name in found]


def _plain(text: str) -> str:
    return "_".join(text.strip().lower()[:100].replace("_", " ").split())


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
