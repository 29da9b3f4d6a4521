"""Caption files become cues: WebVTT, SubRip and YouTube's json3, each word once.

Knows the formats, not episodes or turns.
"""

import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import webvtt

from bot.errors import TranscriptError

LATEST_SECONDS = 1_000_000.0
ROLLING_WORDS = 3
LONGEST_OVERLAP = 100

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One caption in seconds of the video. `is_new_voice`: the captions mark here that somebody else speaks."""

    start: float
    end: float
    text: str
    speaker: str = ""
    is_new_voice: bool = False


def read_cues(text: str, kind: str) -> Iterator[Cue]:
    """The cues of a `vtt`, `srt` or `json3` text, every word once, cut where a voice begins. Raises TranscriptError."""
    cues = _read_json3(text) if kind == "json3" else _read_captions(text, kind)
    return _voices(_without_rolling(cues))


def squeeze(text: str) -> str:
    """One line without control characters, and without halves of characters, which no file can hold."""
    return " ".join(_UNPRINTABLE.sub("", text).split())


def _read_captions(text: str, kind: str) -> list[Cue]:
    try:
        buffer = io.StringIO(text if text.endswith("\n") else text + "\n")
        return [
            _cue(
                caption.start_in_seconds,
                caption.end_in_seconds,
                html.unescape(caption.text),
                caption.voice or "",
            )
            for caption in webvtt.from_buffer(buffer, format=kind).captions
        ]
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError, ValueError, IndexError):
        raise TranscriptError(f"not readable as .{kind} captions; export them again") from None


def _read_json3(text: str) -> list[Cue]:
    try:
        return [
            _cue(
                event["tStartMs"] / 1000,
                (event["tStartMs"] + event.get("dDurationMs", 0)) / 1000,
                "".join(part["utf8"] for part in event["segs"]),
            )
            for event in json.loads(text)["events"]
            if event.get("segs")
        ]
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise TranscriptError("not readable as YouTube json3 captions; download them again") from None


def _cue(start: float, end: float, text: str, speaker: str = "") -> Cue:
    if not 0 <= start <= LATEST_SECONDS:
        raise ValueError("a time outside of any video")
    return Cue(start=start, end=end, text=squeeze(text), speaker=squeeze(speaker))


def _without_rolling(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Cues with their new words only: rolling captions repeat the lines before."""
    before: list[str] = []
    for cue in cues:
        words = cue.text.split()
        if new := words[_overlap(before, words) :]:
            yield replace(cue, text=" ".join(new))
        before = words or before


def _overlap(before: list[str], words: list[str]) -> int:
    """How many words at the start of a cue only repeat the end of the cue before."""
    for size in range(min(len(before), len(words), LONGEST_OVERLAP), 0, -1):
        is_whole = size in (len(before), len(words))
        if (is_whole or size >= ROLLING_WORDS) and before[-size:] == words[:size]:
            return size
    return 0


def _voices(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Cues cut at `>>`, the mark for another voice."""
    for cue in cues:
        for number, part in enumerate(cue.text.split(">>")):
            if text := part.strip("> "):
                yield replace(cue, text=text, is_new_voice=number > 0)
