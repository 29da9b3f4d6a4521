"""The made-up episode of the tests: a lighthouse keeper's talk, ten minutes long."""

from dataclasses import replace
from pathlib import Path

from bot.episode.loader import read_episode
from bot.episode.model import Episode
from bot.episode.transcript import read_transcript

KNOWLEDGE = Path(__file__).parent / "knowledge"
FOLDER = KNOWLEDGE / "harbour-light"


def episode_with_transcript() -> Episode:
    """The episode with the turns of its transcript page."""
    episode = read_episode(FOLDER)
    return replace(episode, turns=read_transcript(FOLDER / "transcript.html", episode).turns)
