"""Own words: nothing in the repository copies the transcript or the published summary.

Runs where TRANSCRIPT_PAGE names the page; a summary.txt beside it is looked at too.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

ROOT = Path(__file__).parent.parent
RUN = 8
SIZE_LIMIT = 3_000_000
ALLOWED: tuple[str, ...] = ()  # titles, names and set phrases that nobody could say otherwise; none was needed yet
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")

Shingle = tuple[str, ...]


def _words(text: str) -> list[tuple[str, int]]:
    """Lower-case words with their place in the text."""
    return [(found.group(), found.start()) for found in _WORD.finditer(text.lower().replace("’", "'"))]


def _runs(text: str) -> Iterator[tuple[Shingle, int]]:
    """Every run of eight words, with the place of its first."""
    found = _words(text)
    for at in range(len(found) - RUN + 1):
        yield tuple(word for word, _ in found[at : at + RUN]), found[at][1]


def _published(page: Path) -> set[Shingle]:
    """Every run of eight words of a turn on the page, or of a line of the summary."""
    tree = LexborHTMLParser(page.read_text(encoding="utf-8"))
    texts = [segment.text() for segment in tree.css(".ts-text")]
    summary = page.with_name("summary.txt")
    if summary.is_file():
        texts += summary.read_text(encoding="utf-8").splitlines()
    return {run for text in texts for run, _ in _runs(text)}


def _copied(
    text: str, published: set[Shingle], allowed_phrases: tuple[str, ...] = ALLOWED
) -> Iterator[tuple[int, str]]:
    """Line and words of each copied run, the allowed ones aside."""
    allowed = {run for phrase in allowed_phrases for run, _ in _runs(phrase)}
    for run, place in _runs(text):
        if run in published and run not in allowed:
            yield text.count("\n", 0, place) + 1, " ".join(run)


def _files() -> list[Path]:
    """Every text file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode != 0:
        pytest.skip("no git here to list the files")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return sorted(path for path in paths if path.is_file() and path.stat().st_size < SIZE_LIMIT)


def _text_of(path: Path) -> str | None:
    content = path.read_bytes()
    if b"\0" in content[:8000]:
        return None
    return content.decode("utf-8", "replace")


def test_no_file_shares_eight_words_in_a_row_with_the_transcript(transcript_page: Path) -> None:
    """Facts, names and figures are free; sentences are their speaker's."""
    published = _published(transcript_page)
    assert len(published) > 15_000
    copies = [
        f"{path.relative_to(ROOT)}:{line}: {run}"
        for path in _files()
        if (text := _text_of(path)) is not None
        for line, run in _copied(text, published)
    ]
    assert copies == []


def test_a_copied_sentence_would_be_found() -> None:
    """Over line ends, list dashes, quotes and capitals; seven shared words are not eight."""
    published = {run for run, _ in _runs("Soap streaks the glass, and the beam isn't what it was.")}
    assert list(_copied("x\n- SOAP streaks the\n  glass; and “the” beam isn’t there", published)) == [
        (2, "soap streaks the glass and the beam isn't")
    ]
    assert list(_copied("soap streaks the glass and the beam", published)) == []


def test_an_allowed_phrase_is_let_through() -> None:
    """A title stays a title; a word more beside it counts again."""
    title = "the long winter of the last lighthouse keeper"
    published = {run for run, _ in _runs(f"it was {title} ever")}
    assert list(_copied(title, published, (title,))) == []
    assert len(list(_copied(f"it was {title}", published, (title,)))) == 2


def test_the_allowed_phrases_are_few_and_short() -> None:
    """The list is for titles and set phrases, not for sentences."""
    assert len(ALLOWED) <= 10
    assert all(len(phrase.split()) <= 12 for phrase in ALLOWED)
