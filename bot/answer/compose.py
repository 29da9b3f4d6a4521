"""Hits become words: compose an Answer or a Refusal from what search found.

Pure. All text is ours or, marked as a quote, the transcript's; nothing of the question decides a link.
"""

from datetime import date

from bot.answer import quoting
from bot.answer.model import Answer, Refusal, Related
from bot.episode.clock import format_clock
from bot.episode.model import Episode, Note
from bot.retrieval.confidence import Verdict
from bot.retrieval.index import Index, note_at
from bot.retrieval.search import Found, Hit

RELATED = 3
DETAIL_MARK = "+"
FORESEEN = 0.5
NEAR = 0.3
NOT_HERE = "That is not in this episode."
UNSURE = "I am not sure the episode answers that. These moments come closest:"


def answer_note(index: Index, note: Note, *, question: str, confidence: float, related: tuple[Related, ...]) -> Answer:
    """The answer a note gives, quoted and snapped to the turn that says it where there is a transcript."""
    episode = index.episode
    sought = quoting.weigh(index, f"{question} {note.title} {note.answer}")
    within = quoting.turns_between(index, note.start_seconds, note.end_seconds)
    number = quoting.best_turn(index, within, sought, speaker=note.speaker)
    turn = None if number is None else episode.turns[number]
    start = turn.start_seconds if turn else note.start_seconds
    return Answer(
        question=question,
        hit_id=note.id,
        episode_id=episode.id,
        title=note.title,
        text=note.answer,
        moment=episode.moment(start, max(note.end_seconds, start + 1)),
        chapter=episode.chapter_at(start),
        theme=episode.theme(note.theme),
        speaker=turn.speaker if turn and turn.speaker else note.speaker,
        source="note",
        confidence=round(confidence, 4),
        quote=None if number is None else quoting.quote(index, number, sought),
        related=related,
    )


def about_episode(index: Index, *, question: str) -> Refusal:
    """What the episode is: for who asks about the whole, its host, its length, its themes. With its first moment."""
    episode = index.episode
    day = date.fromisoformat(episode.date)
    start = episode.moment(0, episode.chapters[0].end_seconds)
    first = note_at(episode, 0)
    return Refusal(
        question=question,
        episode_id=episode.id,
        outcome="smalltalk",
        text=(
            f"This is {episode.show} #{episode.number}: {episode.host} talks with {episode.guest}, "
            f"{format_clock(episode.duration_seconds)} long, from {day.day} {day:%B %Y}. "
            f"Its themes: {', '.join(theme.name for theme in episode.themes)}. "
            "Ask me anything that is said in it."
        ),
        confidence=0.0,
        reason="episode",
        nearest=(Related(hit_id=first.id if first else "", title=episode.title, theme=None, moment=start),),
    )


def answer_passage(index: Index, hit: Hit, *, question: str, confidence: float, related: tuple[Related, ...]) -> Answer:
    """The answer of a bare passage: its best one or two sentences, marked as a quote."""
    assert hit.passage is not None
    episode = index.episode
    sought = quoting.weigh(index, question)
    within = quoting.turns_between(index, hit.passage.start_seconds, hit.passage.end_seconds)
    number = quoting.best_turn(index, within, sought)
    assert number is not None
    turn, quote = episode.turns[number], quoting.quote(index, number, sought)
    return Answer(
        question=question,
        hit_id=hit.id,
        episode_id=episode.id,
        title=episode.chapter_at(turn.start_seconds).title,
        text=f"“{quote.text}”",
        moment=episode.moment(turn.start_seconds, hit.passage.end_seconds),
        chapter=episode.chapter_at(turn.start_seconds),
        theme=None,
        speaker=turn.speaker,
        source="passage",
        confidence=round(confidence, 4),
        quote=quote,
        related=related,
    )


def refuse(index: Index, found: Found, verdict: Verdict, *, question: str, confidence: float) -> Refusal:
    """Closest moments when unsure, else the honest line with the nearest moment where one is near."""
    closest = related_moments(index, found.hits) if verdict == "closest" else ()
    text, nearest = (UNSURE, closest) if closest else _not_here(index, found)
    return Refusal(
        question=question,
        episode_id=index.episode.id,
        outcome="closest" if closest else "refusal",
        text=text,
        confidence=round(confidence, 4),
        reason="unsure" if closest else "not_in_episode",
        nearest=nearest,
    )


def _not_here(index: Index, found: Found) -> tuple[str, tuple[Related, ...]]:
    """The curator's own refusal and moment where the question is one he foresaw, else the best hit if it is alike."""
    refused = found.refused if found.refused_match >= FORESEEN else None
    text = refused.group.refusal if refused and refused.group else NOT_HERE
    nearest: tuple[Related, ...]
    if refused is not None:
        nearest = (related_note(index.episode, index.episode.note(refused.note)),) if refused.note else ()
    else:
        nearest = related_moments(index, tuple(hit for hit in found.hits if hit.match >= NEAR), limit=1)
    if text == NOT_HERE and nearest:
        text = f"{NOT_HERE} The nearest moment is “{nearest[0].title}” at {nearest[0].moment.clock}."
    return text, nearest


def related_moments(index: Index, hits: tuple[Hit, ...], *, limit: int = RELATED) -> tuple[Related, ...]:
    """Up to `limit` further moments of notes, best first, none that plays from the same second twice."""
    found: list[Related] = []
    for hit in hits:
        if hit.note is not None and all(hit.note.start_seconds != one.moment.start_seconds for one in found):
            found.append(related_note(index.episode, hit.note))
    return tuple(found[:limit])


def related_note(episode: Episode, note: Note) -> Related:
    """A note as a moment to play."""
    return Related(
        hit_id=note.id,
        title=note.title,
        theme=episode.theme(note.theme),
        moment=episode.moment(note.start_seconds, note.end_seconds),
    )
