"""The examples of knowledge/README.md are an episode that passes, and its report is what `check` says."""

import re
from pathlib import Path

import pytest

from bot.episode import files
from bot.episode.loader import read_episode
from bot.errors import KnowledgeError

README = Path(__file__).parents[2] / "knowledge" / "README.md"
MISTAKES = (
    ("insights.yaml", "too quickly?", "too quickly"),
    ("notes/01-road.yaml", "theme: trade", "theme: trad"),
    ("not_covered.yaml", "nearest: mule-called-bishop", "nearest: mule-called-bishp"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The yaml blocks of the README as files, each named in its first line."""
    for block in re.findall(r"^```yaml\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        path = tmp_path / "salt-road" / block.splitlines()[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")
    return tmp_path / "salt-road"


def test_the_examples_pass_check(folder: Path) -> None:
    """A newcomer may copy them and start from there."""
    episode = read_episode(folder)
    assert (len(episode.notes), len(episode.insights), len(episode.not_covered)) == (3, 2, 1)
    assert episode.glossary.terms


@pytest.mark.parametrize(
    "shape",
    [files.EpisodeFile, files.LinksFile, files.StandardsFile, files.ThemeFile, files.ChapterFile, files.NoteFile,
     files.NotHereFile, files.NotCoveredFile, files.InsightFile, files.TermFile, files.GlossaryFile],
)  # fmt: skip
def test_every_key_is_shown(shape: type[files.EpisodeFile]) -> None:
    """A key that stands in no example is a key nobody knows of."""
    text = README.read_text(encoding="utf-8")
    optional = {"links": {"episode"}}.get(shape.__name__.removesuffix("File").lower(), set())
    missing = [name for name in shape.model_fields if name not in optional and not re.search(rf"\b{name}:", text)]
    assert missing == []


def test_the_report_is_what_check_says(folder: Path) -> None:
    """The README shows the real lines."""
    for name, old, new in MISTAKES:
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read_episode(folder)
    assert f"```\n{caught.value}\n```" in README.read_text(encoding="utf-8")
