"""Secrets of an installation: the lines that make them, and how they never become visible."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.address import read_address
from bot.store.secrets import Secrets

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The secrets of compose.yaml, made by the lines that deploy/README.md shows."""
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / "deploy/README.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "deploy").mkdir()
    subprocess.run(["sh", "-euc", block], cwd=tmp_path, check=True, timeout=30)
    return tmp_path / "deploy/secrets"


def test_the_readmes_lines_make_what_compose_names(folder: Path) -> None:
    """One folder for the owner alone, three files that the containers' users can read, each time anew."""
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == {"secret_key", "database_password", "database_url"}
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in folder.iterdir())
    assert len({path.read_text(encoding="utf-8") for path in folder.iterdir()}) == 3


def test_the_bot_takes_what_they_made(folder: Path) -> None:
    """As files, as the compose file hands them over: a key good for encrypting, an address with that password."""
    given = {"DATABASE_URL_FILE": str(folder / "database_url"), "SECRET_KEY_FILE": str(folder / "secret_key")}
    settings = Settings.load(given, dotenv=None)
    box = Secrets([settings.secret_key.reveal()])
    assert box.decrypt(box.encrypt("token")) == "token"
    url, _ = read_address(settings.database_url.reveal())
    assert (url.host, url.database, url.username) == ("db", "chapterverse", "chapterverse")
    assert url.password == (folder / "database_password").read_text(encoding="utf-8").strip()


def test_made_secrets_are_never_committed() -> None:
    """git leaves the folder alone."""
    for name in ("deploy/secrets/secret_key", "deploy/.env", ".env"):
        done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
        if done.returncode == 128:
            pytest.skip("this is no git checkout")
        assert done.returncode == 0, name


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Arguments are for everybody to read in the process list; tokens come by environment or file only."""
    command = [sys.executable, "-m", "bot", "run", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=30).stdout
    options = set(re.findall(r"--[a-z-]+", shown))
    assert "--only" in options
    assert not any(word in option for option in options for word in ("token", "secret", "key", "url", "password"))
