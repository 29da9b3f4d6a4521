"""Answers: the one door every adapter calls.

Knows the index and how to compose; no platform, no clock, no network.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answer import compose, intent, quoting
from bot.answer.followup import is_bare
from bot.answer.model import (
    QUESTION_LENGTH,
    Answer,
    DailyThought,
    Question,
    Quote,
    Refusal,
    Related,
    Spoken,
    Suggestion,
)
from bot.answer.suggest import LIMIT, complete, suggestions
from bot.episode.clock import format_clock, parse_clock
from bot.episode.model import Chapter, Episode, Insight, Note, Theme
from bot.errors import UsageError
from bot.retrieval.confidence import decide
from bot.retrieval.index import Index, note_at
from bot.retrieval.search import Found, Hit, explain, search

TOO_LONG = f"Please ask in at most {QUESTION_LENGTH} characters."


class Answers:
    """Answers about one episode. Safe to call from several threads; `swap` replaces the knowledge at once."""

    def __init__(self, index: Index, *, choose: Callable[[Sequence[Insight]], Insight] = random.choice) -> None:
        self._choose = choose
        self.swap(index)

    def swap(self, index: Index) -> None:
        """Answer from another index from now on."""
        self._known = suggestions(index.episode)
        self._index = index

    @property
    def episode(self) -> Episode:
        """The episode being answered about."""
        return self._index.episode

    def ask(self, question: Question) -> Answer | Refusal:
        """The answer to a question, or the honest refusal. Any string is safe to ask; never raises."""
        index, text = self._index, question.text.strip()
        if len(text) > QUESTION_LENGTH:
            return self._kind_line(question.text[:QUESTION_LENGTH], TOO_LONG, "too_long")
        if question.topic and is_bare(text) and (more := self._more(index, question.topic, text)):
            return more
        if talk := intent.recognise(text, index.spelling):
            if talk is intent.EPISODE:
                return compose.about_episode(index, question=text)
            return self._kind_line(text, talk.line, talk.kind)
        found = search(index, text, theme=question.theme)
        verdict, chance = decide(found)
        if verdict != "answer":
            return compose.refuse(index, found, verdict, question=text, confidence=chance)
        return _answer(index, found, question=text, confidence=chance)

    def open(self, hit_id: str, *, question: str = "") -> Answer | None:
        """The answer behind a hit id of an earlier reply, or None when the knowledge no longer has it."""
        index = self._index
        note_id, wants_detail = hit_id.removesuffix(compose.DETAIL_MARK), hit_id.endswith(compose.DETAIL_MARK)
        note = _find(index.episode, note_id)
        if note is None:
            return self._open_passage(index, hit_id, question)
        return _detail(index, note, question) if wants_detail else _open_note(index, note, question)

    def when(self, topic: str, *, limit: int = 5) -> tuple[Related, ...]:
        """Up to five moments about a topic, best first; none when nothing matches."""
        index = self._index
        titles = {note.title.lower(): note for note in index.episode.notes}
        found = search(index, topic[:QUESTION_LENGTH])
        named = [compose.related_note(index.episode, titles[key])] if (key := topic.strip().lower()) in titles else []
        named += _chapter_moment(index.episode, topic)
        seconds = {one.moment.start_seconds for one in named}
        strong = tuple(hit for hit in found.hits if hit.score >= found.hits[0].score / 3)
        further = compose.related_moments(index, strong, limit=limit)
        return tuple([*named, *(one for one in further if one.moment.start_seconds not in seconds)][:limit])

    def at(self, time: str) -> Spoken:
        """What is said at a written time. Raises UsageError for no time, or one past the end."""
        index = self._index
        episode = index.episode
        seconds = parse_clock(time)
        if seconds >= episode.duration_seconds:
            raise UsageError(f"The video is {format_clock(episode.duration_seconds)} long; choose a time before that.")
        note = note_at(episode, seconds)
        turns = [episode.turns[i] for i in quoting.turns_between(index, seconds, seconds)]
        return Spoken(
            seconds=seconds,
            moment=episode.moment(seconds, seconds + 1),
            chapter=episode.chapter_at(seconds),
            answer=_open_note(index, note, "") if note else None,
            quote=Quote(text=quoting.shorten(turns[0].text), speaker=turns[0].speaker) if turns else None,
        )

    def insight(self, theme: str | None = None) -> DailyThought | None:
        """One insight, of that theme if given; None where there is none."""
        candidates = [one for one in self.episode.insights if theme is None or one.theme == theme]
        return self.thought(self._choose(candidates)) if candidates else None

    def thought(self, insight: Insight) -> DailyThought:
        """An insight with its theme, moment and chapter."""
        episode = self.episode
        note = episode.note(insight.note)
        return DailyThought(
            insight=insight,
            theme=episode.theme(insight.theme),
            moment=episode.moment(note.start_seconds, note.end_seconds),
            chapter=episode.chapter_at(note.start_seconds),
            hit_id=note.id,
        )

    def themes(self) -> tuple[Theme, ...]:
        """The closed list of themes."""
        return self.episode.themes

    def chapters(self) -> tuple[Chapter, ...]:
        """The publisher's chapters, in order."""
        return self.episode.chapters

    def suggest(self, typed: str, *, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """Completions for a half-typed topic."""
        return complete(typed, self._known, limit=limit)

    def why(self, text: str) -> tuple[tuple[str, float, tuple[str, ...]], ...]:
        """For a curator: each hit's id, score, and which words of which field matched."""
        found = search(self._index, text)
        return tuple((hit.id, hit.score, explain(self._index, found, hit)) for hit in found.hits)

    def _kind_line(self, question: str, line: str, reason: str) -> Refusal:
        return Refusal(
            question=question,
            episode_id=self.episode.id,
            outcome="smalltalk",
            text=line,
            confidence=0.0,
            reason=reason,
        )

    def _more(self, index: Index, topic: str, text: str) -> Answer | None:
        note = _find(index.episode, topic.removesuffix(compose.DETAIL_MARK))
        if note is None:
            return self.open(topic, question=text)
        if topic.endswith(compose.DETAIL_MARK) or not note.detail:
            notes = index.episode.notes
            after = [one for one in notes if one.start_seconds >= note.end_seconds]
            return _open_note(index, min(after, key=lambda one: one.start_seconds, default=note), text)
        return _detail(index, note, text)

    def _open_passage(self, index: Index, hit_id: str, question: str) -> Answer | None:
        found = [passage for passage in index.passages if f"t{passage.start_seconds}" == hit_id]
        if not found:
            return None
        hit = Hit(id=hit_id, number=0, score=0.0, match=0.0, asked=0, note=None, passage=found[0])
        return compose.answer_passage(index, hit, question=question, confidence=1.0, related=())


def _answer(index: Index, found: Found, *, question: str, confidence: float) -> Answer:
    best = found.hits[0]
    others = tuple(hit for hit in found.hits[1:] if hit.start_seconds != best.start_seconds)
    related = compose.related_moments(index, others)
    if best.note is None:
        return compose.answer_passage(index, best, question=question, confidence=confidence, related=related)
    return compose.answer_note(index, best.note, question=question, confidence=confidence, related=related)


def _open_note(index: Index, note: Note, question: str) -> Answer:
    found = search(index, note.title)
    others = tuple(hit for hit in found.hits if hit.note and hit.note.start_seconds != note.start_seconds)
    related = compose.related_moments(index, others)
    return compose.answer_note(index, note, question=question or note.title, confidence=1.0, related=related)


def _detail(index: Index, note: Note, question: str) -> Answer:
    answer = _open_note(index, note, question)
    return replace(answer, text=note.detail or note.answer, hit_id=note.id + compose.DETAIL_MARK)


def _find(episode: Episode, note_id: str) -> Note | None:
    return next((note for note in episode.notes if note.id == note_id), None)


def _chapter_moment(episode: Episode, topic: str) -> list[Related]:
    sought = topic.strip().lower()
    for chapter in episode.chapters:
        if chapter.title.lower() == sought:
            moment = episode.moment(chapter.start_seconds, chapter.end_seconds)
            note = note_at(episode, chapter.start_seconds)
            return [Related(hit_id=note.id if note else "", title=chapter.title, theme=None, moment=moment)]
    return []
