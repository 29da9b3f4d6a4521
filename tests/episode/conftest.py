"""A knowledge folder of one's own, to break; property tests may take their time on a busy machine."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.made_up import FOLDER

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the made-up episode that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "harbour-light"))
