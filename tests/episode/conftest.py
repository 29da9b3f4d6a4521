"""A knowledge folder of one's own, to break."""

import shutil
from pathlib import Path

import pytest

from tests.made_up import FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the made-up episode that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "harbour-light"))
