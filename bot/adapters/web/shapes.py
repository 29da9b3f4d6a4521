"""Answers and episodes as plain JSON values, the shapes `openapi.yaml` documents.

Pure. Knows no HTTP.
"""

from typing import Any

from bot.answer.model import Answer, DailyThought, Quote, Refusal, Related, Spoken
from bot.episode.model import Chapter, Episode, Moment, Note, Theme
from bot.picture.layout import Bar, bars, notes_per_minute
from bot.picture.words import describe_map

Json = dict[str, Any]
STARTERS = 6


def outcome_json(outcome: Answer | Refusal) -> Json:
    """An answer or a refusal; `related` of a refusal are its nearest moments."""
    return answer_json(outcome) if isinstance(outcome, Answer) else refusal_json(outcome)


def answer_json(answer: Answer) -> Json:
    """What the episode says."""
    return {
        "outcome": answer.outcome,
        "question": answer.question,
        "text": answer.text,
        "title": answer.title,
        "hit_id": answer.hit_id,
        "confidence": answer.confidence,
        "source": answer.source,
        "speaker": answer.speaker,
        "theme": theme_json(answer.theme),
        "chapter": chapter_json(answer.chapter),
        "moment": moment_json(answer.moment),
        "quote": quote_json(answer.quote),
        "related": [related_json(one) for one in answer.related],
    }


def refusal_json(refusal: Refusal) -> Json:
    """The honest "not in this episode"."""
    return {
        "outcome": refusal.outcome,
        "question": refusal.question,
        "text": refusal.text,
        "reason": refusal.reason,
        "confidence": refusal.confidence,
        "related": [related_json(one) for one in refusal.nearest],
    }


def spoken_json(spoken: Spoken) -> Json:
    """What is said at a second."""
    return {
        "seconds": spoken.seconds,
        "moment": moment_json(spoken.moment),
        "chapter": chapter_json(spoken.chapter),
        "quote": quote_json(spoken.quote),
        "answer": answer_json(spoken.answer) if spoken.answer else None,
    }


def thought_json(thought: DailyThought) -> Json:
    """An insight with its moment."""
    return {
        "id": thought.insight.id,
        "text": thought.insight.text,
        "question": thought.insight.question,
        "theme": theme_json(thought.theme),
        "moment": moment_json(thought.moment),
        "chapter": chapter_json(thought.chapter),
        "hit_id": thought.hit_id,
    }


def episode_json(episode: Episode) -> Json:
    """Everything the map shows. A note's `lane`, `slot` and `slots` say where it is drawn."""
    return {
        "id": episode.id,
        "title": episode.title,
        "show": episode.show,
        "number": episode.number,
        "date": episode.date,
        "host": episode.host,
        "guest": episode.guest,
        "duration_seconds": episode.duration_seconds,
        "video_id": episode.video_id,
        "words": describe_map(episode),
        "starters": list(starters(episode)),
        "themes": [
            {"id": one.id, "name": one.name, "emoji": one.emoji, "line": one.line, "colour": one.colour}
            for one in episode.themes
        ],
        "chapters": [chapter_json(one) for one in episode.chapters],
        "notes": [_bar_json(one) for one in sorted(bars(episode), key=lambda bar: (bar.note.start_seconds, bar.lane))],
        "insights": [
            {"id": one.id, "theme": one.theme, "note": one.note, "start_seconds": one.start_seconds, "text": one.text}
            for one in episode.insights
        ],
        "notes_per_minute": list(notes_per_minute(episode)),
    }


def starters(episode: Episode) -> tuple[str, ...]:
    """Six questions known to be answerable: the curator's own, else asks of notes spread over the episode."""
    chosen = episode.starters[:STARTERS]
    asked: list[Note] = [note for note in episode.notes if note.asks]
    if chosen or not asked:
        return chosen
    step = max(1, len(asked) // STARTERS)
    return tuple(note.asks[0] for note in asked[::step][:STARTERS])


def theme_json(theme: Theme | None) -> Json | None:
    """A theme tag."""
    if theme is None:
        return None
    return {"id": theme.id, "name": theme.name, "emoji": theme.emoji, "colour": theme.colour}


def chapter_json(chapter: Chapter) -> Json:
    """A chapter and its span."""
    return {"title": chapter.title, "start_seconds": chapter.start_seconds, "end_seconds": chapter.end_seconds}


def moment_json(moment: Moment) -> Json:
    """A moment, printed and linked."""
    return {
        "start_seconds": moment.start_seconds,
        "end_seconds": moment.end_seconds,
        "clock": moment.clock,
        "url": moment.url,
    }


def quote_json(quote: Quote | None) -> Json | None:
    """Verbatim words."""
    return {"text": quote.text, "speaker": quote.speaker} if quote else None


def related_json(related: Related) -> Json:
    """A further moment; `hit_id` opens it."""
    return {
        "hit_id": related.hit_id,
        "title": related.title,
        "theme": theme_json(related.theme),
        "moment": moment_json(related.moment),
    }


def _bar_json(bar: Bar) -> Json:
    note = bar.note
    return {
        "id": note.id,
        "title": note.title,
        "theme": note.theme,
        "start_seconds": note.start_seconds,
        "end_seconds": note.end_seconds,
        "speaker": note.speaker,
        "answer": note.answer,
        "lane": bar.lane,
        "slot": bar.slot,
        "slots": bar.slots,
    }
