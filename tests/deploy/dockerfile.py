"""Reads a Dockerfile as far as ours goes: stages of instructions, each with its flags and words.

Knows no engine; `tests/deploy/image.py` carries the instructions out.
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FORMS = {"CMD", "ENTRYPOINT", "HEALTHCHECK", "VOLUME"}


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction. `flags` are its `--name=value`; `words` what follows, `text` the same unsplit."""

    name: str
    flags: dict[str, str]
    words: tuple[str, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What stands between one FROM and the next."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def all(self, name: str) -> list[Instruction]:
        """Every instruction of that name, in order."""
        return [one for one in self.instructions if one.name == name]

    def last(self, name: str) -> Instruction:
        """The one that counts where only the last does."""
        return self.all(name)[-1]

    @property
    def environment(self) -> dict[str, str]:
        """What its ENV instructions set."""
        return dict(word.split("=", 1) for one in self.all("ENV") for word in one.words)


def read_dockerfile(path: Path) -> tuple[Stage, ...]:
    """Its stages. Raises ValueError for a line that is no instruction we know how to read."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for one in map(_instruction, _lines(path.read_text(encoding="utf-8"))):
        if one.name == "ARG" and not stages:
            name, _, value = one.text.partition("=")
            arguments[name] = value
        elif one.name == "FROM":
            base = re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], one.words[0])
            stages.append(Stage(name=one.words[2] if len(one.words) > 2 else "", base=base, instructions=()))
        else:
            stages[-1] = Stage(name=stages[-1].name, base=stages[-1].base, instructions=(*stages[-1].instructions, one))
    return tuple(stages)


def _lines(text: str) -> Iterator[str]:
    """Instructions, continued lines joined, comments left out."""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    yield from (line.strip() for line in kept.replace("\\\n", " ").splitlines() if line.strip())


def _instruction(line: str) -> Instruction:
    name, _, rest = line.partition(" ")
    if not name.isupper():
        raise ValueError(f"no instruction: {line}")
    flags: dict[str, str] = {}
    while match := re.match(r"\s*--([a-z-]+)=(\S+)\s+", rest):
        flags[match[1]] = match[2]
        rest = rest[match.end() :]
    rest = rest.strip()
    form = rest.removeprefix("CMD ") if name == "HEALTHCHECK" else rest
    is_list = name in FORMS and form.startswith("[")
    words = json.loads(form) if is_list else shlex.split(rest)
    return Instruction(name=name, flags=flags, words=tuple(words), text=rest)
