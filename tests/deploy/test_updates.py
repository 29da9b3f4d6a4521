"""The weekly updates know the files there are to update."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.deploy.test_compose import schema

ROOT = Path(__file__).parents[2]
CONFIG: dict[str, Any] = json.loads((ROOT / "renovate.json").read_text(encoding="utf-8"))


def test_the_configuration_is_valid() -> None:
    """Against Renovate's own schema."""
    jsonschema.validate(CONFIG, schema("renovate"))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_lock_file_is_kept_up_to_date(name: str) -> None:
    """The pattern matches it, and its first lines tell which command writes it."""
    (pattern,) = CONFIG["pip-compile"]["managerFilePatterns"]
    assert re.search(pattern.strip("/"), name)
    header = (ROOT / name).read_text(encoding="utf-8").splitlines()[1]
    assert header.startswith("#    uv pip compile ")
    assert "--generate-hashes" in header


def test_updates_come_weekly_and_security_at_once() -> None:
    """One Monday morning a week; a known hole does not wait for it."""
    assert CONFIG["schedule"] == ["before 6am on monday"]
    assert CONFIG["vulnerabilityAlerts"]["schedule"] == ["at any time"]
