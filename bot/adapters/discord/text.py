"""Text of others made safe for Discord: markdown, mentions and links are shown as they were typed.

Pure. Lengths are counted in UTF-16 units, the stricter of the two ways Discord counts.
"""

import re
import unicodedata

_MARKUP = frozenset("\\*_~`|<>[]@")
_AT_LINE_START = re.compile(r"(?m)^\s*(?:\d+(?=\.))?([-+#.])")
_ADDRESS = re.compile(r":(?=//)")
_MASS = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_HIDDEN = frozenset("\u200b\u200c\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u180e")
_ELLIPSIS = "…"
_APART = "\u200b"


def units(text: str) -> int:
    """The length Discord may count: characters outside the basic plane count twice."""
    return len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)


def clean(text: str) -> str:
    """Without control characters, direction overrides, lone surrogates and invisible letters; line ends as `\\n`."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in joined if letter == "\n" or not _is_hidden(letter))


def one_line(text: str) -> str:
    """Clean, on a single line."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """Clean text in which nothing is markup, mention or link: what is read is what was typed."""
    return "".join(_escaped(clean(text)))


def fit(text: str, limit: int) -> str:
    """Escaped text of at most `limit` units, never cut inside an escape; `…` marks a cut."""
    pieces = _escaped(clean(text))
    if units("".join(pieces)) <= limit:
        return "".join(pieces)
    kept: list[str] = []
    room = limit - units(_ELLIPSIS)
    for piece in pieces:
        if (room := room - units(piece)) < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + _ELLIPSIS


def fit_label(text: str, limit: int) -> str:
    """A label of at most `limit` units; labels know no markup, so nothing is escaped."""
    line = one_line(text)
    if units(line) <= limit:
        return line
    while line and units(line) > limit - 1:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


def unescape(text: str) -> str:
    """What a reader sees of escaped text."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text.replace(f"@{_APART}", "@"))


def _is_hidden(letter: str) -> bool:
    # Joiners stay: emoji and several scripts need U+200D.
    if letter in "\u200d\t":
        return False
    return letter in _HIDDEN or unicodedata.category(letter) in {"Cc", "Cs", "Cf"} or "\ufff0" <= letter <= "\ufff8"


def _escaped(text: str) -> list[str]:
    """Pieces that must not be cut, one a letter."""
    marks = {match.start(1) for match in _AT_LINE_START.finditer(text)}
    marks |= {match.start() for match in _ADDRESS.finditer(text)}
    mass = {match.start() for match in _MASS.finditer(text)}
    return [_piece(letter, at in marks, at in mass) for at, letter in enumerate(text)]


def _piece(letter: str, is_mark: bool, is_mass: bool) -> str:
    if letter in _MARKUP or is_mark:
        return f"\\{letter}{_APART}" if is_mass else f"\\{letter}"
    return letter
