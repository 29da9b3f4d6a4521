"""What must agree across the files of one episode: ids, times, themes, counts, spread.

Pure: takes a read Episode, gives problems as lines. Knows no file format beyond the names it prints.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from bot.episode.clock import format_clock
from bot.episode.files import StandardsFile
from bot.episode.model import Episode, Note

ALIKE = 88
SPREAD_SECONDS = 15 * 60


def find_problems(
    episode: Episode, standards: StandardsFile, note_files: dict[str, str], unread: frozenset[str] = frozenset()
) -> list[str]:
    """Every disagreement, `file: place: what to write`.

    `note_files` gives the file of each note id. `unread` names files with problems of their own: what only follows
    from their missing entries is left out.
    """
    has_all_notes = not any(name.startswith("notes/") for name in unread)
    return [
        *_times(episode, note_files),
        *_references(episode, note_files, has_all_notes),
        *_twice("notes", (note.id for note in episode.notes)),
        *_twice("insights.yaml", (insight.id for insight in episode.insights)),
        *_twice("not_covered.yaml", (group.id for group in episode.not_covered)),
        *_twice("episode.yaml: themes", (theme.id for theme in episode.themes)),
        *_asks(episode, note_files),
        *_totals(episode, standards, unread if has_all_notes else unread | {"notes"}),
        *_counts(episode, standards, note_files),
        *(_coverage(episode) if has_all_notes else ()),
        *(_insight_spread(episode, standards) if has_all_notes and "insights.yaml" not in unread else ()),
        *_alike_insights(episode),
    ]


def _place(note: Note, files: dict[str, str]) -> str:
    return f"{files.get(note.id, 'notes')}: {note.id}"


def _times(episode: Episode, files: dict[str, str]) -> Iterator[str]:
    end = format_clock(episode.duration_seconds)
    starts = [chapter.start_seconds for chapter in episode.chapters]
    if starts[0] != 0:
        yield "episode.yaml: chapters[0].start: the first chapter must start at 0:00"
    for index, (before, after) in enumerate(itertools.pairwise(starts), start=1):
        if after <= before:
            yield f"episode.yaml: chapters[{index}].start: {format_clock(after)} is not after the chapter before"
    if starts[-1] >= episode.duration_seconds:
        yield f"episode.yaml: chapters: {format_clock(starts[-1])} is after the end, {end}"
    for note in episode.notes:
        if note.end_seconds > episode.duration_seconds:
            yield f"{_place(note, files)}.end: {format_clock(note.end_seconds)} is after the end, {end}"
        if note.start_seconds >= note.end_seconds:
            yield f"{_place(note, files)}.start: {format_clock(note.start_seconds)} is not before its end"
    for before_note, after_note in itertools.pairwise(episode.notes):
        same_file = files.get(before_note.id) == files.get(after_note.id)
        if same_file and after_note.start_seconds < before_note.start_seconds:
            yield f"{_place(after_note, files)}.start: move the note up; notes stand in order of time"


def _references(episode: Episode, files: dict[str, str], has_all_notes: bool) -> Iterator[str]:
    themes = {theme.id for theme in episode.themes}
    speakers = {episode.host, episode.guest}
    notes = {note.id: note for note in episode.notes}
    for note in episode.notes:
        if note.theme not in themes:
            yield f"{_place(note, files)}.theme: {note.theme!r} is not in episode.yaml{_suggest(note.theme, themes)}"
        if note.speaker not in speakers:
            yield f"{_place(note, files)}.speaker: write {episode.host!r} or {episode.guest!r}"
    for insight in episode.insights:
        if insight.theme not in themes:
            yield f"insights.yaml: {insight.id}.theme: {insight.theme!r} is unknown{_suggest(insight.theme, themes)}"
        if has_all_notes and insight.note not in notes:
            yield f"insights.yaml: {insight.id}.note: {insight.note!r} is no note{_suggest(insight.note, notes)}"
    for group in episode.not_covered:
        if has_all_notes and group.nearest is not None and group.nearest not in notes:
            yield f"not_covered.yaml: {group.id}.nearest: {group.nearest!r} is no note{_suggest(group.nearest, notes)}"


def _suggest(word: str, known: Iterable[str]) -> str:
    best = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"; did you mean {best[0]!r}?" if best else ""


def _twice(where: str, ids: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield f"{where}: {name}: the id stands {count} times; give each its own"


def _asks(episode: Episode, files: dict[str, str]) -> Iterator[str]:
    phrasings = itertools.chain(
        ((ask, f"{_place(note, files)}.asks") for note in episode.notes for ask in note.asks),
        (
            (ask, f"{_place(note, files)}.not_here")
            for note in episode.notes
            for group in note.not_here
            for ask in group.asks
        ),
        ((ask, f"not_covered.yaml: {group.id}.asks") for group in episode.not_covered for ask in group.asks),
    )
    first: dict[str, str] = {}
    for ask, place in phrasings:
        bare = " ".join(re.findall(r"\w+", ask.lower())) or ask
        if bare in first:
            yield f"{place}: {ask!r} stands already in {first[bare]}; say it in other words or remove it"
        first.setdefault(bare, place)


def _totals(episode: Episode, standards: StandardsFile, unread: frozenset[str]) -> Iterator[str]:
    for where, have, wanted in (
        ("notes", len(episode.notes), standards.notes),
        ("not_covered.yaml", len(episode.not_covered), standards.not_covered),
        ("insights.yaml", len(episode.insights), standards.insights),
    ):
        if have < wanted and where not in unread:
            yield f"{where}: {have} entries; episode.yaml promises {wanted}"


def _counts(episode: Episode, standards: StandardsFile, files: dict[str, str]) -> Iterator[str]:
    for note in episode.notes:
        if len(note.asks) < standards.asks:
            yield f"{_place(note, files)}.asks: {len(note.asks)} asks; write at least {standards.asks}"
        if len(note.not_here) < standards.not_here:
            yield f"{_place(note, files)}.not_here: {len(note.not_here)} groups; write at least {standards.not_here}"
        for group in note.not_here:
            if len(group.asks) < standards.not_here_asks:
                yield (
                    f"{_place(note, files)}.not_here ({group.topic}): {len(group.asks)} phrasings; "
                    f"write at least {standards.not_here_asks}"
                )


def _coverage(episode: Episode) -> Iterator[str]:
    covered = 0
    for note in sorted(episode.notes, key=lambda note: note.start_seconds):
        if note.start_seconds - covered > 0:
            yield f"notes: nothing covers {format_clock(covered)} to {format_clock(note.start_seconds)}; add a note"
        covered = max(covered, note.end_seconds)
    if covered < episode.duration_seconds:
        yield f"notes: nothing covers {format_clock(covered)} to the end; add a note"


def _insight_spread(episode: Episode, standards: StandardsFile) -> Iterator[str]:
    """Every theme and every quarter of an hour has at least half of its even share."""
    if not standards.insights:
        return
    share = math.ceil(len(episode.insights) / len(episode.themes) / 2)
    by_theme = Counter(insight.theme for insight in episode.insights)
    for theme in episode.themes:
        if by_theme[theme.id] < share:
            yield f"insights.yaml: theme {theme.id} has {by_theme[theme.id]} insights; write at least {share}"
    stretches = max(1, round(episode.duration_seconds / SPREAD_SECONDS))
    by_stretch = Counter(
        min(stretches - 1, insight.start_seconds * stretches // episode.duration_seconds)
        for insight in episode.insights
    )
    share = math.ceil(len(episode.insights) / stretches / 2)
    for stretch in range(stretches):
        if by_stretch[stretch] < share:
            start = format_clock(stretch * episode.duration_seconds // stretches)
            yield f"insights.yaml: the stretch from {start} has {by_stretch[stretch]}; write at least {share}"


def _alike_insights(episode: Episode) -> Iterator[str]:
    for one, other in itertools.combinations(episode.insights, 2):
        if fuzz.token_set_ratio(one.text.lower(), other.text.lower(), score_cutoff=ALIKE):
            yield f"insights.yaml: {other.id} says nearly the same as {one.id}; write another thought"
