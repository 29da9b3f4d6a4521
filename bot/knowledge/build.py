"""Builds an index in a process of its own: a build is seconds of work that would hold up every question meanwhile.

`python -m bot.knowledge.build FOLDER DATA` writes the index to stdout, or with exit code 1 what is wrong.
"""

import asyncio
import gc
import hashlib
import os
import pickle
import sys
from pathlib import Path

from bot.errors import ChapterVerseError, KnowledgeError
from bot.retrieval.cache import load_index, program_files
from bot.retrieval.index import Index

NICENESS = 5


class Builder:
    """Builds in a child process. Made at start: what it hands back must be made by the program that runs."""

    def __init__(self) -> None:
        self._program = program_hash()

    async def __call__(self, folder: Path, data: Path) -> Index:
        """The index of the episode in a folder, with its transcript. Raises KnowledgeError with every problem."""
        command = (sys.executable, "-m", "bot.knowledge.build", str(folder), str(data), self._program)
        none = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command, stdin=none, stdout=asyncio.subprocess.PIPE, stderr=none
        )
        try:
            content, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode == 1:
            raise KnowledgeError(content.decode("utf-8", errors="replace").splitlines() or ["the build failed"])
        if process.returncode != 0:
            raise KnowledgeError([f"the build ended with code {process.returncode}; is there enough memory?"])
        return await asyncio.to_thread(_read_back, content)


def program_hash() -> str:
    """Of the code that an index is made of and by, as it lies on disk."""
    digest = hashlib.sha256()
    for path in program_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_back(content: bytes) -> Index:
    """What our own child wrote. The collector rests meanwhile: it would walk through every new object again."""
    gc.disable()
    try:
        index = pickle.loads(content)
    finally:
        gc.enable()
    if not isinstance(index, Index):
        raise KnowledgeError(["the build gave no index"])
    return index


def main(folder: str, data: str, program: str) -> int:
    """Build and write."""
    os.nice(NICENESS)
    if program != program_hash():
        sys.stdout.write("the program was updated on disk; restart the bot, and it serves the new knowledge")
        return 1
    try:
        index = load_index(Path(folder), Path(data))
    except ChapterVerseError as error:
        sys.stdout.write(str(error))
        return 1
    pickle.dump(index, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
