"""The fault test in its short form: nothing doubled, nothing lost.

The long form is `python -m tests.chaos.run --long`.
"""

from dataclasses import replace
from pathlib import Path

from tests.chaos.driver import Driver, Trial
from tests.chaos.run import SHORT, is_clean, on_postgresql, on_sqlite
from tests.store import postgres

BRIEF = replace(SHORT, days=1, subscriptions=40)


async def test_four_processes_on_postgresql_double_and_lose_nothing() -> None:
    """Killed at random around claims, sends and marks, with failing posts: each day's insight is out once."""
    with postgres.server_address() as server:
        figures = await on_postgresql(replace(BRIEF, step_minutes=(15, 60)), server)
    assert is_clean(figures), figures
    assert figures.expected >= 40
    assert figures.kills >= 5


async def test_two_processes_on_sqlite_double_and_lose_nothing(tmp_path: Path) -> None:
    """The same with two processes on one file."""
    figures = await on_sqlite(replace(BRIEF, step_minutes=(15, 60)), tmp_path)
    assert is_clean(figures), figures
    assert figures.expected >= 40
    assert figures.kills >= 5


async def test_nothing_is_uncertain_without_faults(tmp_path: Path) -> None:
    """On a quiet day every insight is posted and marked, and the reckoning says so."""
    trial = Trial(days=1, subscriptions=20, workers=1, deadly=0, failing=0, step_minutes=(30, 60), seed=7)
    figures = await Driver(f"sqlite:///{tmp_path}/verse.db", trial).run()
    assert is_clean(figures), figures
    assert (figures.uncertain, figures.kills, figures.crashes, figures.refused) == (0, 0, 0, 0)
    assert figures.posted >= figures.expected >= 20
