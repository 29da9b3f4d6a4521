"""Building the parts: the kept key, the roles."""

import stat
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.app import ROLES, read_roles
from bot.app.parts import kept_key
from bot.errors import UsageError


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    """A second start reads the first one's key; nobody else can."""
    path = tmp_path / "secret.key"
    first = kept_key(path)
    assert len(first) >= 32
    assert kept_key(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    """Whoever is first makes it; the others read that one."""
    with get_context("fork").Pool(4) as pool:
        keys = pool.map(kept_key, [tmp_path / "secret.key"] * 16)
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("only", "roles"),
    [
        ("", set(ROLES)),
        ("web", {"web"}),
        ("web,schedule", {"web", "schedule"}),
        (" slack , discord ", {"slack", "discord"}),
    ],
)
def test_roles_are_read(only: str, roles: set[str]) -> None:
    """None named means all."""
    assert read_roles(only) == roles


def test_an_unknown_role_is_refused_with_those_there_are() -> None:
    """One line names the unknown and the known."""
    with pytest.raises(UsageError, match=r"--only: cooking is unknown; choose from web, slack, discord, schedule"):
        read_roles("web,cooking")
