"""`python -m tests.cluster --long`: the trial at 100 questions a second, and its figures."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.cluster.nginx import NGINX
from tests.cluster.trial import SHORT, Figures, Trial, carry_out


def show(figures: Figures) -> str:
    """The figures, a line each."""
    lines = [f"questions   {dict(figures.outcomes)}"]
    lines.append(f"time        p99 {1000 * figures.p99_seconds:.0f} ms, slowest {figures.slowest_seconds:.2f} s")
    lines += [f"recovery    {name}: {seconds:.2f} s" for name, seconds in figures.recoveries.items()]
    lines += [f"delay       {name}: {seconds:.2f} s" for name, seconds in figures.insight_delays.items()]
    lines.append(f"insights    {figures.insights}")
    lines.append(f"exit codes  {figures.exit_codes}")
    return "\n".join([*lines, "clean" if figures.is_clean() else "NOT CLEAN"])


def main() -> int:
    """Exit 0 for a clean trial."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="100 questions a second, ten seconds without PostgreSQL")
    chosen = parser.parse_args()
    if NGINX is None:
        print("nginx is not installed: apt-get install nginx-light", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="verse-cluster-") as folder:
        figures = asyncio.run(carry_out(Trial() if chosen.long else SHORT, Path(folder)))
    print(show(figures))
    return 0 if figures.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
