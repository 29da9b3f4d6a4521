"""An episode's files in the knowledge and data folders: which there are, and its stored turns.

Knows no format but our own JSON, so that starting from the cache loads no parser.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.episode.model import Turn
from bot.errors import TranscriptError


def source_files(folder: Path) -> list[Path]:
    """The files an episode is made of, in a fixed order."""
    named = [folder / name for name in ("episode.yaml", "not_covered.yaml", "glossary.yaml", "insights.yaml")]
    return [path for path in named if os.path.exists(path)] + sorted((folder / "notes").glob("*.yaml"))


def save_turns(turns: tuple[Turn, ...], path: Path) -> None:
    """Store turns in the data folder, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps([asdict(turn) for turn in turns], ensure_ascii=False).encode())


def load_turns(path: Path) -> tuple[Turn, ...]:
    """The stored turns; none when nothing was imported. Raises TranscriptError for a damaged file."""
    try:
        return tuple(map(_turn, json.loads(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise TranscriptError(
            f"{path}: cannot be read ({error.strerror}); check who may read it, or choose another folder with DATA_DIR"
        ) from None
    except (ValueError, TypeError):
        raise TranscriptError(f"{path}: damaged; run `transcript import` or `transcript fetch` again") from None


def _turn(entry: Any) -> Turn:
    turn = Turn(**entry)
    is_whole = all(isinstance(value, str) for value in (turn.speaker, turn.text))
    if not is_whole or not all(isinstance(value, int) for value in (turn.start_seconds, turn.end_seconds)):
        raise TypeError("not a turn")
    return turn


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that a reader sees the old or the new one."""
    beside = path.with_name(f".{path.name}.{id(content):x}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
