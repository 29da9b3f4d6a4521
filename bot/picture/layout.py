"""Where everything of an episode lies on a line of time.

Pure geometry in seconds, lanes and slots; knows neither pixels nor colours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.episode.model import Episode, Note

MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A note in the lane of its theme. Notes that overlap share the lane: `slot` of `slots`, 0 at the top."""

    note: Note
    lane: int
    slot: int
    slots: int


def bars(episode: Episode) -> tuple[Bar, ...]:
    """Every note once, lane by lane, in order of time."""
    found: list[Bar] = []
    for lane, theme in enumerate(episode.themes):
        notes = sorted(
            (note for note in episode.notes if note.theme == theme.id), key=lambda note: (note.start_seconds, note.id)
        )
        for cluster in _clusters(notes):
            found += _share(cluster, lane)
    return tuple(found)


def notes_per_minute(episode: Episode) -> tuple[int, ...]:
    """How many notes are being spoken in each minute of the video, the last one begun included."""
    minutes = [0] * -(-episode.duration_seconds // MINUTE)
    for note in episode.notes:
        last = min(len(minutes), -(-note.end_seconds // MINUTE))
        for minute in range(note.start_seconds // MINUTE, last):
            minutes[minute] += 1
    return tuple(minutes)


def ticks(duration_seconds: int, *, most: int = 10) -> tuple[int, ...]:
    """Seconds to print on the scale: round steps from 0, at most so many, none within 3/4 of a step of the end."""
    steps = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 86400)
    step = next((step for step in steps if duration_seconds / step < most), steps[-1])
    return tuple(range(0, duration_seconds - step * 3 // 4, step)) or (0,)


def _clusters(notes: Sequence[Note]) -> Iterable[list[Note]]:
    """Runs of notes that overlap one another in a chain."""
    cluster: list[Note] = []
    end = -1
    for note in notes:
        if cluster and note.start_seconds >= end:
            yield cluster
            cluster, end = [], -1
        cluster.append(note)
        end = max(end, note.end_seconds)
    if cluster:
        yield cluster


def _share(cluster: list[Note], lane: int) -> list[Bar]:
    """Each note in the first slot that is free when it starts."""
    ends: list[int] = []
    slots: list[int] = []
    for note in cluster:
        slot = next((i for i, end in enumerate(ends) if end <= note.start_seconds), len(ends))
        ends[slot : slot + 1] = [note.end_seconds]
        slots.append(slot)
    return [Bar(note=note, lane=lane, slot=slot, slots=len(ends)) for note, slot in zip(cluster, slots, strict=True)]
