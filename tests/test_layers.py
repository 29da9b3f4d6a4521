"""Who may import whom: the house is read from its folder names, and this holds it to them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASE = {"errors"}
SECOND = BASE | {"settings", "telemetry", "episode", "store"}
ANSWERING = {"errors", "episode", "retrieval", "answer"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "settings": BASE,
    "telemetry": BASE,
    "episode": BASE,
    "store": BASE,
    "retrieval": BASE | {"episode"},
    "picture": BASE | {"episode"},
    "traces": BASE | {"telemetry"},
    "answer": BASE | {"episode", "retrieval"},
    "insights": SECOND | {"retrieval"},
    "evaluate": ANSWERING,
    "adapters": SECOND | {"answer", "insights", "picture"},
}
TOP = {"app", "cli", "verbs", "__main__", "transcripts", "doctor", "knowledge"}
PLATFORMS = {"console", "discord", "slack", "web"}
HOMES = {
    "discord": "bot/adapters/discord/",
    "slack_bolt": "bot/adapters/slack/",
    "slack_sdk": "bot/adapters/slack/",
    "aiohttp.web": "bot/adapters/web/",
    "sqlalchemy": "bot/store/",
    "alembic": "bot/store/",
    "asyncpg": "bot/store/",
    "aiosqlite": "bot/store/",
    "sqlite3": "bot/store/",
    "rank_bm25": "bot/retrieval/",
    "Stemmer": "bot/retrieval/",
    "spellchecker": "bot/retrieval/",
    "webvtt": "bot/episode/",
    "selectolax": "bot/episode/",
    "PIL": "bot/picture/",
    "prometheus_client": "bot/telemetry.py",
    "dotenv": "bot/settings.py",
}


def _source_files() -> list[Path]:
    return sorted((ROOT / "bot").rglob("*.py"))


def _imports(source: str) -> Iterator[str]:
    """Every imported module and name, `from a import b` as `a.b`, wherever in the file it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _part(dotted: str) -> str:
    """`bot.answer.model.Answer` belongs to answer, `bot` itself to nothing."""
    return dotted.split(".")[1] if "." in dotted else ""


def _crossings(path: Path, source: str) -> Iterator[str]:
    """Every import of the file that its layer does not allow."""
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    part, own_platform = _part(name), _platform(name)
    for dotted in _imports(source):
        if dotted.split(".")[0] != "bot" or _part(dotted) in ("", "__version__"):
            continue
        other = _part(dotted)
        if part in TOP:
            continue
        if other != part and other not in MAY_IMPORT[part]:
            yield f"{name} imports {dotted}"
        if part == "adapters" and _platform(dotted) and _platform(dotted) != own_platform:
            yield f"{name} imports {dotted}"


def _platform(dotted: str) -> str:
    parts = dotted.split(".")
    return parts[2] if len(parts) > 2 and parts[1] == "adapters" and parts[2] in PLATFORMS else ""


def _strangers(path: Path, source: str) -> Iterator[str]:
    """Every import of a library outside its home."""
    name = path.relative_to(ROOT).as_posix()
    for dotted in _imports(source):
        for library, home in HOMES.items():
            if (dotted == library or dotted.startswith(f"{library}.")) and not name.startswith(home):
                yield f"{name} imports {dotted}; it lives in {home}"


@pytest.mark.parametrize("path", _source_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_imports_only_from_above_and_libraries_only_at_home(path: Path) -> None:
    """Nothing reaches sideways or down; an SDK can be replaced by replacing one folder."""
    source = path.read_text(encoding="utf-8")
    assert [*_crossings(path, source), *_strangers(path, source)] == []


def test_every_part_has_a_layer() -> None:
    """A new folder or module of bot/ must be given its place here."""
    parts = {path.relative_to(ROOT / "bot").parts[0].removesuffix(".py") for path in _source_files()}
    assert parts - {"__init__"} - TOP <= MAY_IMPORT.keys()


def test_nothing_below_knows_the_wiring() -> None:
    """app and cli are imported by app and cli alone."""
    assert not any(names & TOP for names in MAY_IMPORT.values())


def test_layers_have_no_circle() -> None:
    """Taking away what imports nothing left, all layers disappear."""
    left = {part: set(names) for part, names in MAY_IMPORT.items()}
    while free := [part for part, names in left.items() if not names & left.keys()]:
        for part in free:
            del left[part]
    assert left == {}


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("bot/answer/x.py", "from bot.store.store import Store", 1),
        ("bot/answer/x.py", "from bot import store", 1),
        ("bot/answer/x.py", "import bot.adapters.desk", 1),
        ("bot/answer/x.py", "def f():\n    from bot.app import run", 1),
        ("bot/episode/x.py", "from bot.settings import Settings", 1),
        ("bot/adapters/slack/x.py", "from bot.adapters.discord.card import card", 1),
        ("bot/adapters/slack/x.py", "from bot.adapters import discord", 1),
        ("bot/adapters/desk.py", "from bot.adapters.web import server", 1),
        ("bot/adapters/slack/x.py", "from bot.adapters.words import say\nfrom bot.adapters.desk import Desk", 0),
        ("bot/adapters/slack/x.py", "import discord", 1),
        ("bot/adapters/slack/x.py", "import aiohttp", 0),
        ("bot/adapters/slack/x.py", "from aiohttp import web", 1),
        ("bot/insights/x.py", "from sqlalchemy.exc import DBAPIError", 1),
        ("bot/retrieval/x.py", "import rank_bm25_fork", 0),
        ("bot/cli.py", "from bot.app import run\nimport bot.store", 0),
    ],
)
def test_the_rule_sees_what_it_should(name: str, source: str, found: int) -> None:
    """Every way to write an import."""
    assert len([*_crossings(ROOT / name, source), *_strangers(ROOT / name, source)]) == found
