"""Fixtures every part shares: a small made-up episode, with and without its transcript."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.answer.service import Answers
from bot.episode.loader import read_episode
from bot.episode.model import Episode
from bot.retrieval.index import Index
from tests.made_up import KNOWLEDGE, episode_with_transcript


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A test that sets logs up leaves none of it behind."""
    handlers, level = logging.root.handlers, logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers, logging.root.level = handlers, level


@pytest.fixture(scope="session")
def episode() -> Episode:
    """The made-up episode as curated, without transcript."""
    return read_episode(KNOWLEDGE / "harbour-light")


@pytest.fixture(scope="session")
def told_episode() -> Episode:
    """The made-up episode with its transcript."""
    return episode_with_transcript()


@pytest.fixture(scope="session")
def index(told_episode: Episode) -> Index:
    """The index of the made-up episode with its transcript."""
    return Index.build(told_episode)


@pytest.fixture
def answers(index: Index) -> Answers:
    """The one door, over the made-up episode with its transcript."""
    return Answers(index, choose=lambda insights: insights[0])


@pytest.fixture(scope="session")
def transcript_page() -> Path:
    """The real transcript page, where the environment names one."""
    name = os.environ.get("TRANSCRIPT_PAGE")
    if not name:
        pytest.skip("TRANSCRIPT_PAGE names no file")
    return Path(name)
