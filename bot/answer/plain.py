"""Answers as plain data, for programs that read them: `ask --json`, `ask --batch`, the web API.

The keys are a promise to others; add, never rename.
"""

from typing import Any

from bot.answer.model import Answer, Refusal, Related, Spoken


def outcome_data(outcome: Answer | Refusal) -> dict[str, Any]:
    """One object a question. `answer` is what a person would read, also for a refusal; times are whole seconds."""
    if isinstance(outcome, Refusal):
        return {
            "question": outcome.question,
            "outcome": outcome.outcome,
            "answered": False,
            "answer": outcome.text,
            "seconds": None,
            "end_seconds": None,
            "url": None,
            "chapter": None,
            "theme": None,
            "confidence": outcome.confidence,
            "source": None,
            "quote": None,
            "speaker": None,
            "related": [related_data(one) for one in outcome.nearest],
        }
    return {
        "question": outcome.question,
        "outcome": outcome.outcome,
        "answered": True,
        "answer": outcome.text,
        "seconds": outcome.moment.start_seconds,
        "end_seconds": outcome.moment.end_seconds,
        "url": outcome.moment.url,
        "chapter": outcome.chapter.title,
        "theme": outcome.theme.id if outcome.theme else None,
        "confidence": outcome.confidence,
        "source": outcome.source,
        "quote": outcome.quote.text if outcome.quote else None,
        "speaker": outcome.speaker or None,
        "related": [related_data(one) for one in outcome.related],
    }


def related_data(related: Related) -> dict[str, Any]:
    """A further moment: where, what, and its link."""
    return {"seconds": related.moment.start_seconds, "title": related.title, "url": related.moment.url}


def spoken_data(spoken: Spoken) -> dict[str, Any]:
    """What is said at a second."""
    return {
        "seconds": spoken.seconds,
        "url": spoken.moment.url,
        "chapter": spoken.chapter.title,
        "title": spoken.answer.title if spoken.answer else None,
        "answer": spoken.answer.text if spoken.answer else None,
        "theme": spoken.answer.theme.id if spoken.answer and spoken.answer.theme else None,
        "quote": spoken.quote.text if spoken.quote else None,
        "speaker": spoken.quote.speaker if spoken.quote else None,
    }
