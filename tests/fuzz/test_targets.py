"""Every fuzz target keeps its promise on its own seeds, with each byte cut off and with a few bytes changed."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.fuzz.target import Target, bent

NAMES = sorted(path.stem for path in (Path(__file__).parent / "targets").glob("*.py") if path.stem != "__init__")


def target(name: str) -> Target:
    """The target of that name."""
    found = import_module(f"tests.fuzz.targets.{name}").TARGET
    assert isinstance(found, Target)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_target_holds_on_its_seeds(name: str) -> None:
    """The seeds, and each of them cut in half and with its ends swapped."""
    chosen = target(name)
    with chosen.opened() as check:
        for seed in chosen.seeds:
            half = len(seed) // 2
            for data in (seed, seed[:half], seed[half:] + seed[:half], seed[:40] + b"\xff\x00" + seed[40:200]):
                check(data)


def test_every_parser_of_outside_input_has_a_target() -> None:
    """The list of the threat model."""
    assert NAMES == ["captions", "discord", "question", "slack", "time", "transcript"]


def test_bending_changes_something_and_leaves_the_original() -> None:
    """Otherwise the fuzzer would knock with the same body for ever."""
    body = {"a": {"b": [1, "x"]}, "c": "d"}
    bodies = [bent(body, bytes([0, 0, number, how])) for number in range(5) for how in range(16)]
    assert body == {"a": {"b": [1, "x"]}, "c": "d"}
    assert sum(one != body for one in bodies) > len(bodies) * 0.9
