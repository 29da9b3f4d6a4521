"""Fits the weights of bot/retrieval/confidence.py: `python -m bot.evaluate.fit KNOWLEDGE QUESTIONS`.

Learns from phrasings held out of the index (every sixth ask, one of each refused group) and from the tuning questions;
never looks at questions that are held back.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.episode.loader import read_episode
from bot.episode.model import Episode, Note, NotHere
from bot.evaluate.questions import read_questions
from bot.retrieval.confidence import signals
from bot.retrieval.index import Index
from bot.retrieval.search import search

EVERY = 6
WRONGLY_REFUSED = 0.0225
SMALL_TALK = {"smalltalk", "injection", "nonsense"}

Numbers = NDArray[np.float64]


def held_out(episode: Episode) -> tuple[Episode, list[str], list[str]]:
    """The episode with less to go by, the answered asks taken out of it, and the refused phrasings."""
    asks: list[str] = []
    refused: list[str] = []

    def thin_group(phrasings: tuple[str, ...]) -> tuple[str, ...]:
        if len(phrasings) < 2:
            return phrasings
        at = len(refused) % len(phrasings)
        refused.append(phrasings[at])
        return phrasings[:at] + phrasings[at + 1 :]

    def thin_note(note: Note) -> Note:
        out = set(note.asks[2::EVERY])
        asks.extend(out)
        groups = tuple(NotHere(topic=group.topic, asks=thin_group(group.asks)) for group in note.not_here)
        return replace(note, asks=tuple(ask for ask in note.asks if ask not in out), not_here=groups)

    notes = tuple(thin_note(note) for note in episode.notes)
    others = tuple(replace(group, asks=thin_group(group.asks)) for group in episode.not_covered)
    return replace(episode, notes=notes, not_covered=others), sorted(asks), refused


def fit(features: Numbers, claims: Numbers, weights: Numbers, *, ridge: float = 1.0, rounds: int = 50) -> Numbers:
    """Logistic regression by Newton's method, the bias last. Shapes (n, k), (n,), (n,) -> (k + 1,)."""
    rows = np.column_stack([features, np.ones(len(features))])
    penalty = np.diag([ridge] * features.shape[1] + [0.0])
    found: Numbers = np.zeros(rows.shape[1])
    for _ in range(rounds):
        chances = 1 / (1 + np.exp(-rows @ found))
        gradient = rows.T @ (weights * (chances - claims)) + penalty @ found
        hessian = (rows * (weights * chances * (1 - chances))[:, None]).T @ rows + penalty
        found = found - np.linalg.solve(hessian, gradient)
    return found


def _balanced(claims: Numbers, total: float) -> Numbers:
    share = claims.mean()
    weights: Numbers = np.where(claims == 1, 0.5 / share, 0.5 / (1 - share)) * total / len(claims)
    return weights


def main(knowledge: Path, questions: Path) -> None:
    """Print WEIGHTS and BIAS, the bias moved so that 2.25 % of the real tuning questions fall below one half."""
    episode = read_episode(knowledge)
    thinner, asks, refused = held_out(episode)
    index = Index.build(thinner)
    learnt = np.array([signals(search(index, text)) for text in [*asks, *refused]])
    learnt_claims = np.array([1.0] * len(asks) + [0.0] * len(refused))
    tuning = [one for one in read_questions(questions) if not one.held_back and one.kind not in SMALL_TALK]
    full = Index.build(episode)
    asked = np.array([signals(search(full, one.text)) for one in tuning])
    asked_claims = np.array([float(one.answerable) for one in tuning])
    found = fit(
        np.vstack([learnt, asked]),
        np.concatenate([learnt_claims, asked_claims]),
        np.concatenate([_balanced(learnt_claims, 1000.0), _balanced(asked_claims, 1000.0)]),
    )
    weighed = asked @ found[:-1] + found[-1]
    line = float(np.quantile(weighed[asked_claims == 1], WRONGLY_REFUSED))
    print(f"WEIGHTS = ({', '.join(f'{weight:.3f}' for weight in found[:-1])})")
    print(f"BIAS = {found[-1] - line:.3f}", flush=True)
    print(f"near misses refused: {np.mean(weighed[asked_claims == 0] < line):.3f}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
