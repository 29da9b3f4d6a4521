"""docs/operating.md speaks of the program there is: its metrics, roles, settings and files."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from bot.app import read_roles
from bot.settings import Settings
from bot.telemetry import Telemetry

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs/operating.md", ROOT / "deploy/README.md", ROOT / "deploy/PRIVACY.md", ROOT / "THREATS.md"]
TEXT = PAGES[0].read_text(encoding="utf-8")
EVERYTHING = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_every_metric_is_explained_and_no_other() -> None:
    """The table and the telemetry are one list."""
    families = text_string_to_metric_families(Telemetry().exposition().decode())
    named = {re.sub(r"_total$", "", name) for name in re.findall(r"^\| `(chapterverse_\w+)`", TEXT, re.MULTILINE)}
    assert named == {family.name for family in families if not family.name.endswith("_created")}


def test_every_role_is_explained() -> None:
    """The table of roles and `--only` are one list."""
    table = TEXT.split("## Roles")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == read_roles("")


def test_every_setting_they_name_exists() -> None:
    """Capitals between backticks are settings, or a library's own variable."""
    known = {spec.metadata["name"] for spec in fields(Settings)}
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", EVERYTHING))
    assert named
    assert {name.removesuffix("_FILE") for name in named} <= known


def test_every_command_they_show_is_one_of_ours() -> None:
    """`python -m bot VERB` and `make TARGET` work."""
    verbs = set(re.findall(r"python -m bot ([a-z]+)", EVERYTHING))
    assert {"run", "doctor", "check", "ask"} <= verbs
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert [verb for verb in verbs if not re.search(rf"^    {verb}\b", shown.stdout, re.MULTILINE)] == []
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", EVERYTHING)) <= targets
