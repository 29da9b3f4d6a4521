"""An episode of the real size, made up: two and a half hours, 21 chapters, 13 themes, 400 notes, 98 insights."""

import itertools
import random

from bot.episode.model import Chapter, Episode, Insight, Links, Note, Theme

DURATION = 2 * 3600 + 25 * 60 + 58
WORDS = "harbour lamp storm keeper paraffin lens rope tide signal fog engine letter boat winter stair beam rail".split()


def long_episode() -> Episode:
    """The same episode each time; some of its notes overlap."""
    chance = random.Random(494)
    themes = tuple(
        Theme(
            id=f"theme-{n}",
            name=f"Theme number {n}",
            emoji="💡",
            line="A line.",
            colour=f"#{70 + n * 9:02x}6f{200 - n * 9:02x}",
        )
        for n in range(13)
    )
    edges = [0, *sorted(chance.sample(range(60, DURATION), 20)), DURATION]
    chapters = tuple(
        Chapter(title=f"{_words(chance, 3)} {n}", start_seconds=start, end_seconds=end)
        for n, (start, end) in enumerate(itertools.pairwise(edges))
    )
    notes = tuple(_note(chance, n, themes[chance.randrange(13)].id) for n in range(400))
    insights = tuple(
        Insight(
            id=f"insight-{n}",
            theme=note.theme,
            note=note.id,
            start_seconds=note.start_seconds,
            text=_words(chance, 12),
            question="And you?",
        )
        for n, note in enumerate(notes[::4][:98])
    )
    return Episode(
        id="long",
        title="A long talk – about everything",
        show="Coastlines",
        number=8,
        date="2025-11-09",
        host="Ada Quill",
        guest="Tomas Brandt",
        duration_seconds=DURATION,
        video_id="Ab3dEf6hIj_",
        links=Links(video="https://www.youtube.com/watch?v=Ab3dEf6hIj_"),
        themes=themes,
        chapters=chapters,
        notes=notes,
        insights=insights,
    )


def _note(chance: random.Random, number: int, theme: str) -> Note:
    start = number * (DURATION - 120) // 400 + chance.randrange(20)
    return Note(
        id=f"note-{number}",
        title=_words(chance, 5),
        theme=theme,
        start_seconds=start,
        end_seconds=start + chance.randrange(15, 80),
        speaker="Tomas Brandt",
        answer=_words(chance, 38),
        detail=_words(chance, 20),
        asks=tuple(_words(chance, 5) for _ in range(24)),
    )


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count)).capitalize()
