"""docs/licences.md names every locked package, and none asks for more than a notice."""

import re
from pathlib import Path

import pytest

from deploy.licences import is_allowed, locked, main, read_package

ROOT = Path(__file__).parents[2]
PACKAGES = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
DOCUMENT = (ROOT / "docs/licences.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_locked_package_is_listed_with_what_it_says(name: str) -> None:
    """After a change of the lock file: python deploy/licences.py --write."""
    package = read_package(name, PACKAGES[name])
    versions = ", ".join(package.versions)
    assert re.search(rf"(\| {re.escape(name)} \| {re.escape(versions)} \||\b{re.escape(name)} {versions})", DOCUMENT)
    if package.licence:
        assert is_allowed(package.licence), package.licence


def test_nothing_is_listed_that_is_not_locked() -> None:
    """A package that went away leaves the list."""
    assert set(re.findall(r"^\| ([a-z0-9._-]+) \| \d", DOCUMENT, re.MULTILINE)) <= PACKAGES.keys()


@pytest.mark.parametrize("licence", ["MIT", "BSD-3-Clause", "Apache-2.0 AND MIT", "MPL-2.0", "PSF-2.0", "MIT License"])
def test_a_licence_of_notice_is_allowed(licence: str) -> None:
    """They ask for their text to be kept."""
    assert is_allowed(licence)


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "MIT AND LGPL-2.1", "AGPL-3.0", "Proprietary", "not stated", "SSPL-1.0"]
)
def test_any_other_licence_is_not(licence: str) -> None:
    """Copyleft, unknown and unfree ones need a person's decision."""
    assert not is_allowed(licence)


def test_the_command_prints_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    """What `make licences` shows; it is content with every package."""
    assert main(["--check"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("# Licences\n")
    assert err == ""
