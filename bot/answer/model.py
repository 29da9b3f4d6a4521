"""What is asked and what is said, as frozen values every adapter renders.

Knows no platform. Two outcomes are two types, so that a renderer must handle both.
"""

from dataclasses import dataclass, field
from typing import Literal

from bot.episode.model import Chapter, Insight, Moment, Theme

QUESTION_LENGTH = 500

RefusalKind = Literal["closest", "refusal", "smalltalk"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person typed. `theme` keeps to one theme; `topic` is the hit id of the answer a follow-up belongs to."""

    text: str
    theme: str | None = None
    topic: str | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words of the transcript, verbatim; `speaker` is empty where the source names none."""

    text: str
    speaker: str


@dataclass(frozen=True, kw_only=True)
class Related:
    """A further moment worth playing. `hit_id` opens it with `Answers.open`."""

    hit_id: str
    title: str
    theme: Theme | None
    moment: Moment


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the episode says. `hit_id` is stable over restarts; `confidence` is a probability, 0 to 1."""

    question: str
    hit_id: str
    episode_id: str
    title: str
    text: str
    moment: Moment
    chapter: Chapter
    theme: Theme | None
    speaker: str
    source: Literal["note", "passage"]
    confidence: float
    quote: Quote | None = None
    related: tuple[Related, ...] = ()

    outcome: Literal["answer"] = field(default="answer", init=False)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The honest "not in this episode", the closest moments when unsure, or a kind line to small talk.

    `nearest` may be empty. `reason` is a short fixed word for metrics, never text of the question.
    """

    question: str
    episode_id: str
    outcome: RefusalKind
    text: str
    confidence: float
    reason: str
    nearest: tuple[Related, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What is said at a second: the note and the turn's words playing there, where there are any."""

    seconds: int
    moment: Moment
    chapter: Chapter
    answer: Answer | None
    quote: Quote | None


@dataclass(frozen=True, kw_only=True)
class DailyThought:
    """An insight with what a reply to it needs; `hit_id` answers "ask about this"."""

    insight: Insight
    theme: Theme
    moment: Moment
    chapter: Chapter
    hit_id: str


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A completion for a half-typed topic: a chapter, theme or note title, at most 100 characters."""

    text: str
    kind: Literal["chapter", "theme", "note"]
