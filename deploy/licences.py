"""Lists the licence of everything in the lock file, from what the installed packages say of themselves.

Prints the table; `--write` keeps it in docs/licences.md, `--check` exits 1 for a package whose licence is not allowed.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
DOCUMENT = ROOT / "docs/licences.md"
ALLOWED = re.compile(
    r"(?i)^\(?(0?bsd|mit|mit-cmu|apache|psf|python|isc|mpl|mozilla|zlib|unlicense|hpnd|historical|public domain)"
)
COPYLEFT = re.compile(r"(?i)gpl|affero|sspl|non-?commercial|proprietary")


@dataclass(frozen=True, kw_only=True)
class Package:
    """A locked package, with a version for each kind of system; no `licence` for one that is not installed here."""

    name: str
    versions: tuple[str, ...]
    licence: str


def locked(text: str) -> dict[str, tuple[str, ...]]:
    """Names in the lock file, each with its versions: there may be one for older and one for newer Pythons."""
    found: dict[str, tuple[str, ...]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found[name] = (*found.get(name, ()), version)
    return found


def read_package(name: str, versions: tuple[str, ...]) -> Package:
    """What the installed package says of itself: its licence expression, else its classifiers, else its free text."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return Package(name=name, versions=versions, licence="")
    classified = [
        one.rsplit(" :: ", 1)[-1] for one in found.get_all("Classifier") or () if one.startswith("License :: ")
    ]
    stated = [*(found.get_all("License-Expression") or ()), " and ".join(classified), *(found.get_all("License") or ())]
    licence = next((one.strip().splitlines()[0] for one in stated if one.strip()), "not stated")
    return Package(name=name, versions=versions, licence=licence)


def is_allowed(licence: str) -> bool:
    """True for licences that ask for no more than their text and a notice, and the weak copyleft of MPL."""
    return bool(ALLOWED.match(licence)) and not COPYLEFT.search(licence)


def table(packages: Sequence[Package]) -> str:
    """The document."""
    rows = [f"| {one.name} | {', '.join(one.versions)} | {one.licence} |" for one in packages if one.licence]
    others = [f"{one.name} {', '.join(one.versions)}" for one in packages if not one.licence]
    lines = [
        "# Licences",
        "",
        "What the bot is built on, from `requirements.lock`, as each package states it. Written by "
        "`python deploy/licences.py --write`; a test keeps it true. The bot itself is MIT (`LICENSE`).",
        "",
        "| package | version | licence |",
        "|---|---|---|",
        *rows,
    ]
    if others:
        lines += ["", f"In the lock file for other systems or Python versions only: {', '.join(others)}."]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Print, write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(ROOT)}")
    parser.add_argument("--check", action="store_true", help="exit 1 for a licence that is not allowed")
    options = parser.parse_args(arguments)
    packages = [read_package(name, found) for name, found in locked(LOCK.read_text(encoding="utf-8")).items()]
    if options.write:
        DOCUMENT.write_text(table(packages), encoding="utf-8")
    else:
        print(table(packages), end="")
    refused = [one for one in packages if one.licence and not is_allowed(one.licence)]
    for one in refused if options.check else ():
        print(f"{one.name}: {one.licence}", file=sys.stderr)
    return 1 if options.check and refused else 0


if __name__ == "__main__":
    sys.exit(main())
