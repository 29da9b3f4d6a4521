"""A saved transcript page or a caption file becomes turns.

Knows the formats, not where files come from. The transcript is its publisher's: it is kept in the
data folder only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.episode.captions import read_cues, squeeze
from bot.episode.clock import format_clock, parse_clock
from bot.episode.model import Episode, Turn
from bot.errors import TranscriptError, UsageError

SIZE_LIMIT = 20 * 1024 * 1024
COVERED_SHARE = 0.9
CAPTION_TURN_WORDS = 60
CAPTION_PAUSE_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """Turns in order of time, and how many chapter headings the source had."""

    turns: tuple[Turn, ...]
    chapters: int

    @property
    def words(self) -> int:
        """Words of all turns."""
        return sum(len(turn.text.split()) for turn in self.turns)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Names in order of first appearance; empty for captions that name none."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker))


def read_transcript(path: Path, episode: Episode) -> Transcript:
    """The transcript in that file: `.html`, `.htm`, `.vtt`, `.srt`, or YouTube's `.json3`/`.json`.

    Raises TranscriptError with one line when it is missing, empty, broken, cut off, or of another video.
    """
    parsers: dict[str, Callable[[str, Episode], Transcript]] = {
        ".html": parse_page,
        ".htm": parse_page,
        ".vtt": lambda text, episode: parse_captions(text, "vtt", episode),
        ".srt": lambda text, episode: parse_captions(text, "srt", episode),
        ".json3": lambda text, episode: parse_captions(text, "json3", episode),
        ".json": lambda text, episode: parse_captions(text, "json3", episode),
    }
    parse = parsers.get(path.suffix.lower())
    if parse is None:
        raise TranscriptError(f"{path.name}: unknown kind {path.suffix!r}; use .html, .vtt, .srt or .json3")
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise TranscriptError(f"{path.name}: larger than {SIZE_LIMIT // 1024 // 1024} MB; that is no transcript")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TranscriptError(f"{path.name}: not UTF-8 text; save it again as UTF-8") from None
    except OSError as error:
        raise TranscriptError(f"{path.name}: cannot be read ({error.strerror}); check the path") from None
    try:
        return parse(text, episode)
    except TranscriptError as error:
        raise TranscriptError(f"{path.name}: {error}") from None


def parse_page(text: str, episode: Episode) -> Transcript:
    """The publisher's transcript page: one `div.ts-segment` a turn, `h2[id^=chapter]` a chapter."""
    tree = LexborHTMLParser(text)
    turns: list[tuple[str, int, str]] = []
    speaker = ""
    for segment in tree.css("div.ts-segment"):
        name, stamp, words = (segment.css_first(f".ts-{part}") for part in ("name", "timestamp", "text"))
        if stamp is None or words is None:
            raise TranscriptError(f"turn {len(turns) + 1} has no time or no words; save the page again")
        anchor = stamp.css_first("a")
        _same_video(anchor.attributes.get("href") if anchor else None, episode)
        try:
            start = parse_clock(stamp.text(strip=True).strip("()"))
        except UsageError:
            raise TranscriptError(f"turn {len(turns) + 1} has no readable time; save the page again") from None
        speaker = (squeeze(name.text()) if name else "") or speaker
        turns.append((speaker, start, squeeze(words.text())))
    if not turns:
        raise TranscriptError("no turns found; it is not the transcript page named in episode.yaml")
    return _finish(turns, len(tree.css("h2[id^=chapter]")), episode)


def _same_video(address: str | None, episode: Episode) -> None:
    try:
        found = parse_qs(urlsplit(address or "").query).get("v")
    except ValueError:
        return
    if found and found[0] != episode.video_id:
        raise TranscriptError(f"it belongs to another video; this episode's is {episode.video_id}")


def parse_captions(text: str, kind: str, episode: Episode) -> Transcript:
    """WebVTT, SubRip or YouTube json3 captions, joined to turns of about 60 words or up to a pause."""
    turns: list[tuple[str, int, str]] = []
    words: list[str] = []
    start, end, speaker = 0.0, 0.0, ""
    for cue in read_cues(text, kind):
        is_new_voice = cue.is_new_voice or (bool(cue.speaker) and cue.speaker != speaker)
        if words and (is_new_voice or _is_full(words) or cue.start - end > CAPTION_PAUSE_SECONDS):
            turns.append((speaker, int(start), " ".join(words)))
            words = []
        if not words:
            start = cue.start
        speaker = cue.speaker or ("" if is_new_voice else speaker)
        words += cue.text.split()
        end = cue.end
    if words:
        turns.append((speaker, int(start), " ".join(words)))
    if not turns:
        raise TranscriptError("no captions found; check that it is the file you meant")
    return _finish(turns, 0, episode)


def _is_full(words: list[str]) -> bool:
    ends_sentence = words[-1].endswith((".", "?", "!"))
    return len(words) >= (CAPTION_TURN_WORDS if ends_sentence else 2 * CAPTION_TURN_WORDS)


def _finish(found: list[tuple[str, int, str]], chapters: int, episode: Episode) -> Transcript:
    """Turns with ends, checked against the episode's length."""
    found = [turn for turn in found if turn[2]]
    starts = [start for _, start, _ in found]
    if not starts or sorted(starts) != starts:
        raise TranscriptError("its times do not go forward; save or export it again")
    length = format_clock(episode.duration_seconds)
    if starts[-1] >= episode.duration_seconds:
        raise TranscriptError(f"it goes on to {format_clock(starts[-1])}, but the video ends at {length}")
    if starts[-1] < episode.duration_seconds * COVERED_SHARE:
        raise TranscriptError(f"it is cut off at {format_clock(starts[-1])} of {length}; save it again, whole")
    seconds = list(dict.fromkeys(starts))
    following = dict(zip(seconds, [*seconds[1:], episode.duration_seconds], strict=True))
    turns = (
        Turn(speaker=speaker, start_seconds=start, end_seconds=following[start], text=words)
        for speaker, start, words in found
    )
    return Transcript(turns=tuple(turns), chapters=chapters)
