"""`python -m tests.load.memory`: memory over a million questions, each from one of 200,000 people, over HTTP.

Flat means: every sample after the first tenth is within 5 % of the first of them.
"""

import argparse
import asyncio
import itertools
import sys
import time
from random import Random

from tests.load.server import Server, golden_questions, serving
from tests.load.wire import Wire, ask_path

SAMPLES = 100
PEOPLE = 200_000
ALLOWED = 0.05
WORDS = "maybe really exactly again please today somehow honestly anyway roughly".split()


async def drive(server: Server, total: int, connections: int) -> list[int]:
    """Ask so many; resident memory after each hundredth of them."""
    questions, numbers, samples = golden_questions(), itertools.count(), []
    every = max(1, total // SAMPLES)

    async def one(seed: int) -> None:
        random = Random(seed)
        async with Wire("127.0.0.1", server.port) as wire:
            while (number := next(numbers)) < total:
                words = f"{random.choice(questions)[:400]} {random.choice(WORDS)} {random.randrange(10**6)}"
                person = random.randrange(PEOPLE)
                sender = f"10.{person >> 16}.{person >> 8 & 255}.{person & 255}"
                got = await wire.get(ask_path(words), sender=sender)
                assert got.status == 200, got
                if number % every == every - 1:
                    samples.append(server.memory_bytes())
                    print(f"{number + 1:>9} questions  {samples[-1] / 2**20:7.1f} MB", file=sys.stderr, flush=True)

    await asyncio.gather(*(one(seed) for seed in range(connections)))
    return samples


def verdict(samples: list[int]) -> tuple[bool, str]:
    """Whether memory stayed flat, and the figures."""
    kept = samples[len(samples) // 10 :]
    low, high, first = min(kept), max(kept), kept[0]
    worst = max(high / first - 1, 1 - low / first)
    line = f"memory {first / 2**20:.1f} MB after a tenth, then {low / 2**20:.1f} to {high / 2**20:.1f} MB"
    return worst <= ALLOWED, f"{line}: at most {100 * worst:.1f} % off"


async def main() -> int:
    """Run and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=4)
    chosen = parser.parse_args()
    async with serving() as server:
        began = time.monotonic()
        samples = await drive(server, chosen.questions, chosen.connections)
        took = time.monotonic() - began
    is_flat, line = verdict(samples)
    print(f"{chosen.questions} questions in {took:.0f} s; {line}; {'flat' if is_flat else 'NOT FLAT'}")
    return 0 if is_flat else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
