"""deploy/env.example and the settings are the same list."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.settings import Settings, env_example

EXAMPLE = Path(__file__).parents[2] / "deploy/env.example"


def test_the_example_is_what_the_settings_print() -> None:
    """After a change of a setting: python -m bot.settings > deploy/env.example."""
    assert EXAMPLE.read_text(encoding="utf-8") == env_example()


def test_the_command_prints_it_and_ignores_the_environment() -> None:
    """A token set in the shell never ends up in the example."""
    environment = {"DISCORD_TOKEN": "not-a-real-token", "PORT": "9"}
    command = [sys.executable, "-m", "bot.settings"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=30)
    assert done.stdout == env_example()


def test_copied_as_it_is_it_changes_nothing(tmp_path: Path) -> None:
    """Every line is commented, so a copy gives the defaults, and no secret has a value."""
    copy = tmp_path / ".env"
    copy.write_text(env_example(), encoding="utf-8")
    assert dotenv_values(copy) == {}
    defaults, copied = Settings.load({}, dotenv=None), Settings.load({}, dotenv=copy)
    assert {spec.name: str(getattr(defaults, spec.name)) for spec in fields(Settings)} == {
        spec.name: str(getattr(copied, spec.name)) for spec in fields(Settings)
    }


@pytest.mark.parametrize("spec", fields(Settings), ids=lambda spec: spec.metadata["name"])
def test_a_line_taken_into_use_is_read(spec: object, tmp_path: Path) -> None:
    """Without its #, each line is valid and gives the default it shows."""
    metadata = spec.metadata  # type: ignore[attr-defined]
    line = f"{metadata['name']}={metadata['default']}"
    assert f"#{line}\n" in env_example()
    copy = tmp_path / ".env"
    copy.write_text(line, encoding="utf-8")
    Settings.load({}, dotenv=copy)


def test_every_secret_says_that_it_may_be_a_file_and_has_no_value() -> None:
    """Nothing secret in the example, and the way to keep it out of the environment beside each."""
    blocks = env_example().split("\n\n")
    for spec in fields(Settings):
        name, block = spec.metadata["name"], next(one for one in blocks if f"#{spec.metadata['name']}=" in one)
        assert (f"{name}_FILE=" in block) == spec.metadata["secret"]
        if spec.metadata["secret"]:
            assert block.rstrip("\n").endswith(f"#{name}=")
