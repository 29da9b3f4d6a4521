"""What the documents show is true: commands with their output, links, folders, verbs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").glob("*.md"), ROOT / "knowledge/README.md"]
)


def _exchanges() -> list[tuple[str, str]]:
    block = re.search(r"```console\n(\$ make ask.*?)```", README, re.S)
    assert block is not None
    parts = re.split(r'^\$ make ask Q="(.*)"\n', block[1], flags=re.M)[1:]
    return list(zip(parts[::2], (text.strip() for text in parts[1::2]), strict=True))


@pytest.mark.parametrize(("question", "shown"), _exchanges())
def test_the_exchange_of_the_readme_is_real(question: str, shown: str, tmp_path: Path) -> None:
    """The question, asked without a transcript, prints what the README shows."""
    asked = [sys.executable, "-m", "bot", "ask", "--data", str(tmp_path), question]
    printed = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip()
    assert printed == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """No relative link to a file that is not there."""
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_the_folder_map_names_what_is_there() -> None:
    """Every file and folder of the map exists, and every package of bot/ stands in it."""
    block = re.search(r"## The folders\n\n```\n(.*?)```", README, re.S)
    assert block is not None
    named = re.findall(r"^  ([a-z_]+(?:\.py|/))", block[1], re.M)
    assert [name for name in named if not (ROOT / "bot" / name).exists()] == []
    packages = {f"{path.name}/" for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()}
    assert packages - set(named) == set()


def test_every_verb_of_the_terminal_is_in_the_readme() -> None:
    """A command that is not written down is not offered."""
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    verbs = re.findall(r"^    ([a-z]+)  ", shown.stdout, re.M)
    assert len(verbs) >= 12
    assert [verb for verb in verbs if not re.search(rf"\b{verb}\b", README)] == []
