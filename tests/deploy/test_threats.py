"""THREATS.md is held to its word: every proof it names is there, and every fuzz target is named."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "THREATS.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
FILES = re.findall(r"`(tests/[\w/]+\.py)`", TEXT)
ROWS = [
    line for line in TEXT.split("## What stops what")[1].split("## What is not")[0].splitlines() if line[:2] == "| "
]


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)), ids=lambda part: part.rsplit("/", 1)[-1])
def test_a_named_test_exists(path: str, name: str) -> None:
    """A proof that was renamed or removed is no proof."""
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_named_files_exist() -> None:
    """Fuzz targets are named by their file."""
    assert FILES
    assert [name for name in FILES if not (ROOT / name).is_file()] == []


def test_every_threat_has_a_proof() -> None:
    """No row ends in a promise alone."""
    rows = [row for row in ROWS if not row.startswith("| threat")]
    assert len(rows) > 30
    assert [row for row in rows if "`tests/" not in row.rsplit("|", 2)[1]] == []


def test_every_fuzz_target_is_named() -> None:
    """The list of parsers and the list of threats are one."""
    targets = {f"tests/fuzz/targets/{path.name}" for path in (ROOT / "tests/fuzz/targets").glob("[a-z]*.py")}
    assert targets == set(FILES) - {"tests/deploy/test_threats.py"}
