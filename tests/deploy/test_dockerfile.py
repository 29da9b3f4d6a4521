"""What the Dockerfile promises, read from its lines."""

import re
from pathlib import Path

import pytest

from tests.deploy.dockerfile import read_dockerfile
from tests.deploy.image import is_let_through

ROOT = Path(__file__).parents[2]
STAGES = read_dockerfile(ROOT / "deploy/Dockerfile")
IGNORE = ROOT / "deploy/Dockerfile.dockerignore"
BUILD, FINAL = STAGES


def test_there_are_two_stages_on_one_slim_base() -> None:
    """What builds does not ship; both stages have the same Python, or the environment would not fit."""
    assert [stage.name for stage in STAGES] == ["build", "final"]
    assert BUILD.base == FINAL.base
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", FINAL.base)


def test_dependencies_come_before_source() -> None:
    """A change of the source does not install everything anew."""
    steps = [one.text for one in BUILD.instructions]
    install = next(number for number, text in enumerate(steps) if "pip install" in text)
    copied = [one.words[0] for one in BUILD.instructions[:install] if one.name == "COPY"]
    assert copied == ["requirements.lock"]
    assert "--require-hashes" in steps[install]


def test_it_ends_as_a_user_without_rights() -> None:
    """The last word on the user is a number, so that Kubernetes can tell it is not root."""
    assert FINAL.last("USER").words == ("10001:10001",)
    assert [one.name for one in FINAL.instructions[FINAL.instructions.index(FINAL.last("USER")) :]].count("RUN") == 0


def test_commands_are_lists_so_that_signals_arrive() -> None:
    """A shell in between would swallow SIGTERM."""
    assert FINAL.last("ENTRYPOINT").words == ("python", "-m", "bot")
    assert FINAL.last("CMD").words == ("run",)
    assert FINAL.last("HEALTHCHECK").words == ("python", "/app/healthcheck.py")
    assert FINAL.last("STOPSIGNAL").words == ("SIGTERM",)


def test_every_copied_path_exists_and_reaches_the_build() -> None:
    """The ignore file lets through what is copied."""
    sources = [source for one in BUILD.all("COPY") for source in one.words[:-1]]
    assert sources
    missing = [name for name in sources if name != "LICENSE" and not (ROOT / name).exists()]
    assert missing == []
    assert all(is_let_through(IGNORE, name) for name in sources)


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".data/jensen-huang/transcript.json",
        "deploy/secrets/secret_key",
        "deploy/.env",
        ".git/config",
        "tests/conftest.py",
        "bot/__pycache__/cli.cpython-311.pyc",
    ],
)
def test_what_is_private_never_reaches_the_build(name: str) -> None:
    """Secrets, the transcript and the history stay out even of the build's own layers."""
    assert not is_let_through(IGNORE, name)


def test_its_environment_is_settings_and_python_and_no_secret() -> None:
    """Every name is one somebody reads; none is secret; no ARG carries one either."""
    from dataclasses import fields

    from bot.settings import Settings

    known = {spec.metadata["name"]: spec.metadata["secret"] for spec in fields(Settings)}
    ours = {name for name in FINAL.environment if not name.startswith(("PYTHON", "PATH"))}
    assert ours <= known.keys()
    assert not any(known[name] for name in ours)
    assert not any(one.name == "ARG" for stage in STAGES for one in stage.instructions)
