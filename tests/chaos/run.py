"""`python -m tests.chaos.run [--long]`: the fault test by hand, its figures as a table.

Exits with 1 when anything was doubled or lost.
"""

import argparse
import asyncio
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from tests.chaos.driver import Driver, Figures, Trial
from tests.store import postgres

SHORT = Trial(days=2, subscriptions=50, workers=4, deadly=0.03, step_minutes=(10, 50))
LONG = Trial(days=60, subscriptions=200, workers=4, deadly=0.004)


def is_clean(figures: Figures) -> bool:
    """Nothing doubled, nothing lost, nothing written that is not so."""
    wrong = (figures.doubles, figures.missed, figures.untrue, figures.repeated_insights, figures.crashes)
    return not any(wrong) and figures.uncertain_where_visible == 0


async def on_postgresql(trial: Trial, server: str) -> Figures:
    """The trial on a fresh database of that server."""
    database = await postgres.new_database(server)
    try:
        return await Driver(database, trial).run()
    finally:
        await postgres.drop_database(server, database)


async def on_sqlite(trial: Trial, folder: Path) -> Figures:
    """The trial with two processes on a file."""
    return await Driver(f"sqlite:///{folder}/verse.db", replace(trial, workers=2)).run()


def _show(name: str, figures: Figures) -> None:
    print(f"\n{name}")
    for key, value in asdict(figures).items():
        print(f"  {key.replace('_', ' '):26} {value}")


def main() -> int:
    """Both databases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="60 days, 200 subscriptions, 25 zones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    chosen = parser.parse_args()
    trial = replace(LONG if chosen.long else SHORT, seed=chosen.seed)
    found: dict[str, Figures] = {}
    if chosen.only != "sqlite":
        with postgres.server_address() as server:
            found[f"PostgreSQL, {trial.workers} processes"] = asyncio.run(on_postgresql(trial, server))
    if chosen.only != "postgresql":
        with tempfile.TemporaryDirectory(prefix="verse-chaos-") as folder:
            found["SQLite, 2 processes"] = asyncio.run(on_sqlite(trial, Path(folder)))
    for name, figures in found.items():
        _show(name, figures)
    return 0 if all(is_clean(figures) for figures in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
