"""The two pages: the one to ask and look at the map, and the one to read an episode.

Pure: an episode in, HTML out. Knows no HTTP.
"""

from collections.abc import Callable
from functools import partial

from bot.adapters.web.documents import PAGE
from bot.adapters.web.markup import Html, fill, joined, web_link
from bot.adapters.web.shapes import starters
from bot.episode.clock import format_clock, link
from bot.episode.model import Chapter, Episode, Insight, Note, Theme

READ = "read.html"
INDEX = "index.html"

_DOT = '<svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="{{colour}}"/></svg>'
_STARTER = '<li><button type="button" class="starter">{{text}}</button></li>'
_CONTENTS = '<li><a href="#t={{start}}"><span class="clock">{{clock}}</span> {{title}}</a></li>'
_THEME = "<li>{{dot}} <strong>{{name}}</strong> <span>{{line}}</span></li>"
_CHAPTER = """<section class="chapter" data-start="{{start}}">
<h2 id="{{anchor}}"><span class="clock">{{clock}}</span> {{title}}</h2>
{{notes}}
</section>"""
_NOTE = """<article class="note" data-start="{{start}}"{{anchor}}>
<h3>{{title}}</h3>
<p class="facts"><a class="clock" href="{{url}}" rel="noopener noreferrer" target="_blank"
 aria-label="Play at {{clock}}">▶ {{clock}}</a> <span class="tag">{{dot}} {{theme}}</span> <span>{{speaker}}</span></p>
<p>{{answer}}</p>
{{detail}}{{insights}}
</article>"""
_INSIGHT = '<blockquote class="insight"><p>{{text}}</p></blockquote>'


def template(name: str) -> str:
    """A page's template as it lies in the folder."""
    return (PAGE / name).read_text(encoding="utf-8")


def index_renderer() -> Callable[[Episode], str]:
    """A function from an episode to the page that asks."""
    return partial(_index, template(INDEX))


def read_renderer() -> Callable[[Episode], str]:
    """A function from an episode to the page to read."""
    return partial(_read, template(READ))


def _index(page: str, episode: Episode) -> str:
    shown = joined([fill(_STARTER, {"text": text}) for text in starters(episode)])
    return fill(page, _head(episode) | {"starters": shown, "video_id": episode.video_id})


def _read(page: str, episode: Episode) -> str:
    taken: set[int] = set()
    ends = [chapter.end_seconds for chapter in episode.chapters[:-1]] + [episode.duration_seconds + 1]
    chapters = [_chapter(episode, *pair, taken) for pair in zip(episode.chapters, ends, strict=True)]
    themes = [fill(_THEME, {"dot": _dot(theme), "name": theme.name, "line": theme.line}) for theme in episode.themes]
    contents = [
        fill(_CONTENTS, {"start": one.start_seconds, "clock": format_clock(one.start_seconds), "title": one.title})
        for one in episode.chapters
    ]
    lists = {"themes": joined(themes), "contents": joined(contents), "chapters": joined(chapters)}
    return fill(page, _head(episode) | lists)


def _head(episode: Episode) -> dict[str, object]:
    return {
        "id": episode.id,
        "title": episode.title,
        "show": episode.show,
        "number": episode.number,
        "date": episode.date,
        "host": episode.host,
        "guest": episode.guest,
        "duration": format_clock(episode.duration_seconds),
        "video": web_link(episode.links.video),
        "notes": len(episode.notes),
        "insights": len(episode.insights),
    }


def _chapter(episode: Episode, chapter: Chapter, end: int, taken: set[int]) -> Html:
    start = chapter.start_seconds
    notes = sorted(
        (note for note in episode.notes if start <= note.start_seconds < end), key=lambda note: note.start_seconds
    )
    taken.add(start)
    values = {
        "start": start,
        "anchor": f"t={start}",
        "clock": format_clock(start),
        "title": chapter.title,
        "notes": joined([_note(episode, note, taken) for note in notes]),
    }
    return fill(_CHAPTER, values)


def _note(episode: Episode, note: Note, taken: set[int]) -> Html:
    theme, start = episode.theme(note.theme), note.start_seconds
    anchor = Html("") if start in taken else fill(' id="t={{start}}"', {"start": start})
    taken.add(start)
    insights = [one for one in episode.insights if one.note == note.id]
    values = {
        "start": start,
        "anchor": anchor,
        "clock": format_clock(start),
        "url": link(episode.video_id, start),
        "title": note.title,
        "dot": _dot(theme),
        "theme": theme.name,
        "speaker": note.speaker,
        "answer": note.answer,
        "detail": fill("<p>{{detail}}</p>", {"detail": note.detail}) if note.detail else Html(""),
        "insights": joined([_insight(one) for one in insights]),
    }
    return fill(_NOTE, values)


def _insight(insight: Insight) -> Html:
    return fill(_INSIGHT, {"text": insight.text})


def _dot(theme: Theme) -> Html:
    return fill(_DOT, {"colour": theme.colour})
