"""A question set: what is asked, where the episode answers it, what a good answer holds.

Knows the file's shape, not how answers come about.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.episode.files import Seconds, read_yaml
from bot.errors import KnowledgeError


@dataclass(frozen=True, kw_only=True)
class GoldenQuestion:
    """`windows`: accepted stretches in seconds. `facts`: each a tuple of spellings, one of which must be there."""

    id: str
    text: str
    answerable: bool
    windows: tuple[tuple[int, int], ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    kind: str = "answerable"
    held_back: bool = False


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    question: str
    answerable: bool = True
    windows: list[Annotated[list[Seconds], Field(min_length=2, max_length=2)]] = []
    facts: list[list[str]] = []
    kind: str = "answerable"
    held_back: bool = False


def read_questions(path: Path) -> tuple[GoldenQuestion, ...]:
    """The questions of a YAML file. Raises KnowledgeError with every problem."""
    problems: list[str] = []
    entries: list[_Entry] | None = read_yaml(path, list[_Entry], problems, shown_as=path.name)
    for entry in entries or ():
        if entry.answerable and not entry.windows:
            problems.append(f"{path.name}: {entry.id}: an answerable question needs `windows`")
    if problems or entries is None:
        raise KnowledgeError(problems)
    return tuple(
        GoldenQuestion(
            id=entry.id,
            text=entry.question,
            answerable=entry.answerable,
            windows=tuple((start, end) for start, end in entry.windows),
            facts=tuple(tuple(spellings) for spellings in entry.facts),
            kind=entry.kind if not entry.answerable else "answerable",
            held_back=entry.held_back,
        )
        for entry in entries
    )
