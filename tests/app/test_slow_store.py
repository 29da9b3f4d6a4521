"""A database that hangs: people get their answers all the same."""

import asyncio
import time
from typing import Any, cast

import pytest

from bot.adapters import desk as counter
from bot.adapters.desk import Asker
from bot.answer.model import Answer
from bot.episode.model import Episode
from bot.store.store import Store
from tests.adapters.web.served import make_desk

FUEL = "What fuel did the lantern burn before electricity?"


class Hanging:
    """A store that never answers; `cut` counts the calls that were cut short."""

    def __init__(self) -> None:
        self.asked = 0
        self.cut = 0

    def __getattr__(self, verb: str) -> Any:
        async def hang(*_: object, **__: object) -> None:
            self.asked += 1
            try:
                await asyncio.Event().wait()
            finally:
                self.cut += 1

        return hang


async def test_a_database_that_hangs_does_not_keep_an_answer_back(
    told_episode: Episode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Topic and question are given up after a moment, and no work is left behind."""
    monkeypatch.setattr(counter, "STORE_SECONDS", 0.05)
    store = Hanging()
    desk = make_desk(cast(Store, store), told_episode, keep=True)
    began = time.monotonic()
    outcome = await desk.ask(Asker(platform="slack", user_id="U1", conversation="C1"), FUEL)
    assert isinstance(outcome, Answer)
    assert time.monotonic() - began < 2.0
    await asyncio.sleep(0)
    assert store.asked == store.cut == 3
