"""A knowledge folder becomes an Episode, or one report of everything that is wrong in it.

Knows no transcript and no search; `read_episode` is the only door.
"""

import os
from pathlib import Path
from typing import Any

from bot.episode import files
from bot.episode.check import find_problems
from bot.episode.model import (
    Chapter,
    Episode,
    Glossary,
    Insight,
    Links,
    NotCovered,
    Note,
    NotHere,
    Theme,
)
from bot.errors import KnowledgeError


def read_episode(folder: Path) -> Episode:
    """The episode of that folder, without transcript; its id is the folder's name.

    Raises KnowledgeError with every problem of all files.
    """
    if not os.path.isdir(folder):
        raise KnowledgeError([f"{folder}: no such folder; name another with --knowledge or --episode"])
    problems: list[str] = []
    head: files.EpisodeFile | None = files.read_yaml(
        folder / "episode.yaml", files.EpisodeFile, problems, shown_as="episode.yaml"
    )
    problems += [
        f"{path.relative_to(folder).as_posix()}: is not read; name it {path.stem}.yaml"
        for path in sorted(folder.rglob("*.yml"))
    ]
    note_files: dict[str, str] = {}
    notes: list[Note] = []
    unread: set[str] = set()
    for path in sorted((folder / "notes").glob("*.yaml")):
        shown_as = f"notes/{path.name}"
        entries = files.read_yaml(path, list[files.NoteFile], problems, shown_as=shown_as)
        if entries is None:
            unread.add(shown_as)
        for entry in entries or ():
            note_files.setdefault(entry.id, shown_as)
            notes.append(_note(entry))
    not_covered = _optional(folder, "not_covered.yaml", list[files.NotCoveredFile], problems, unread) or []
    insights = _optional(folder, "insights.yaml", list[files.InsightFile], problems, unread) or []
    glossary = _optional(folder, "glossary.yaml", files.GlossaryFile, problems, unread) or files.GlossaryFile()
    if head is None:
        raise KnowledgeError(problems)
    episode = _episode(folder.name, head, notes, not_covered, insights, glossary)
    problems += find_problems(episode, head.standards, note_files, frozenset(unread))
    if problems:
        raise KnowledgeError(problems)
    return episode


def _optional(folder: Path, name: str, shape: Any, problems: list[str], unread: set[str]) -> Any:
    path = folder / name
    if not os.path.lexists(path):
        return None
    content = files.read_yaml(path, shape, problems, shown_as=name)
    if content is None:
        unread.add(name)
    return content


def _episode(
    episode_id: str,
    head: files.EpisodeFile,
    notes: list[Note],
    not_covered: list[files.NotCoveredFile],
    insights: list[files.InsightFile],
    glossary: files.GlossaryFile,
) -> Episode:
    starts = {note.id: note.start_seconds for note in notes}
    ends = [chapter.start for chapter in head.chapters[1:]] + [head.duration]
    return Episode(
        id=episode_id,
        title=head.title,
        show=head.show,
        number=head.number,
        date=head.date,
        host=head.host,
        guest=head.guest,
        duration_seconds=head.duration,
        video_id=head.video_id,
        links=Links(video=head.links.video, transcript=head.links.transcript or "", episode=head.links.episode or ""),
        themes=tuple(Theme(**theme.model_dump()) for theme in head.themes),
        chapters=tuple(
            Chapter(title=chapter.title, start_seconds=chapter.start, end_seconds=end)
            for chapter, end in zip(head.chapters, ends, strict=True)
        ),
        starters=tuple(head.starters),
        notes=tuple(notes),
        not_covered=tuple(
            NotCovered(
                id=group.id,
                kind=group.kind,
                asks=tuple(group.asks),
                refusal=group.refusal,
                nearest=group.nearest,
            )
            for group in not_covered
        ),
        insights=tuple(
            Insight(start_seconds=starts.get(insight.note, 0), **insight.model_dump()) for insight in insights
        ),
        glossary=Glossary(
            terms=tuple((term.name, tuple(term.variants)) for term in glossary.terms),
            synonyms=tuple(tuple(group) for group in glossary.synonyms),
            common=tuple(glossary.common),
        ),
    )


def _note(entry: files.NoteFile) -> Note:
    return Note(
        id=entry.id,
        title=entry.title,
        theme=entry.theme,
        start_seconds=entry.start,
        end_seconds=entry.end,
        speaker=entry.speaker,
        answer=entry.answer,
        detail=entry.detail,
        asks=tuple(entry.asks),
        not_here=tuple(NotHere(topic=group.topic, asks=tuple(group.asks)) for group in entry.not_here),
    )
