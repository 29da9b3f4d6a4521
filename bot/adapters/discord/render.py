"""What is said becomes a card: pure, one function a kind of reply.

Knows the answers' values and the catalogue of words; no client, no clock, no network.
"""

from collections.abc import Sequence

from bot.adapters.discord.card import (
    DESCRIPTION,
    FIELD_VALUE,
    LABEL,
    TITLE,
    Button,
    Card,
    Field,
    fit_card,
)
from bot.adapters.discord.ids import custom_id
from bot.adapters.discord.text import escape, fit, fit_label, one_line, units
from bot.adapters.words import say
from bot.answer.model import Answer, DailyThought, Quote, Refusal, Related, Spoken
from bot.episode.model import Chapter, Episode, Moment, Theme

TEXT, QUOTE, NAME = 2600, 700, 120
HELP = ("ask", "when", "at", "insight", "themes", "map", "about", "help", "privacy", "forget", "daily")


def answer_card(answer: Answer, *, locale: str, is_shared: bool = False) -> Card:
    """An answer: the question, the words, the quote, chapter and theme, and its buttons."""
    lines = [fit(answer.text, TEXT)]
    if answer.quote is not None and answer.source == "note":
        lines.append(_quoted(answer.quote))
    elif answer.quote is not None and answer.quote.speaker:
        lines.append(f"— {fit(one_line(answer.quote.speaker), NAME)}")
    return fit_card(
        Card(
            title=fit(one_line(answer.question or answer.title), TITLE),
            text="\n\n".join(lines),
            colour=colour_of(answer.theme),
            fields=(_chapter_field(answer.chapter, locale), *_theme_fields(answer.theme, locale)),
            footer=say(f"shared.source_{answer.source}", locale),
            rows=(_answer_row(answer, locale, is_shared),),
        )
    )


def refusal_card(refusal: Refusal, *, locale: str) -> Card:
    """The honest line, with the nearest moments to play or to open."""
    title = "" if refusal.outcome == "smalltalk" else fit(one_line(refusal.question), TITLE)
    return fit_card(Card(title=title, text=fit(refusal.text, TEXT), rows=moment_rows(refusal.nearest, locale)))


def related_card(moments: Sequence[Related], *, locale: str) -> Card:
    """Further moments, each with a link and a button that opens its answer."""
    return _moments(say("shared.related_title", locale), moments, locale)


def when_card(topic: str, moments: Sequence[Related], *, locale: str) -> Card:
    """The moments of a topic, best first, or the line that there are none."""
    if not moments:
        return line_card(say("shared.no_moments", locale))
    return _moments(say("shared.moments_title", locale, topic=topic), moments, locale)


def at_card(spoken: Spoken, *, locale: str) -> Card:
    """What is said at a second."""
    lines = []
    if spoken.answer is not None:
        lines.append(f"**{fit(spoken.answer.title, TITLE)}**\n{fit(spoken.answer.text, TEXT)}")
    if spoken.quote is not None:
        lines.append(_quoted(spoken.quote))
    theme = spoken.answer.theme if spoken.answer else None
    buttons = [_play(spoken.moment, locale)]
    if spoken.answer is not None:
        buttons.append(_press("ask_about", custom_id("open", spoken.answer.hit_id), locale))
    return fit_card(
        Card(
            title=say("shared.said_at", locale, clock=spoken.moment.clock),
            text="\n\n".join(lines) or escape(say("shared.nothing_said_at", locale)),
            colour=colour_of(theme),
            fields=(_chapter_field(spoken.chapter, locale), *_theme_fields(theme, locale)),
            rows=(tuple(buttons),),
        )
    )


def insight_card(thought: DailyThought | None, *, locale: str) -> Card:
    """One thought with its closing question."""
    if thought is None:
        return line_card(say("shared.no_insights", locale))
    return fit_card(
        Card(
            title=say("shared.insight_title", locale),
            text=f"{fit(thought.insight.text, TEXT)}\n\n*{fit(thought.insight.question, NAME * 4)}*",
            colour=colour_of(thought.theme),
            fields=(_chapter_field(thought.chapter, locale), *_theme_fields(thought.theme, locale)),
            rows=(thought_row(thought.moment, thought.hit_id, locale),),
        )
    )


def thought_row(moment: Moment, hit_id: str, locale: str, *, mark: str = "") -> tuple[Button, ...]:
    """The buttons under an insight: play, ask about it, vote. `mark` makes a daily post known again."""
    return (
        _play(moment, locale),
        _press("ask_about", custom_id("open", hit_id), locale),
        _press("helpful", custom_id("up", hit_id, mark=mark), locale),
        _press("not_helpful", custom_id("down", hit_id), locale),
    )


def themes_card(themes: Sequence[Theme], *, locale: str) -> Card:
    """The closed list of themes, a line each."""
    lines = [f"{escape(theme.emoji)} **{escape(theme.name)}**\n{escape(theme.line)}" for theme in themes]
    return fit_card(Card(title=say("shared.themes_title", locale), text=_joined(lines)))


def about_card(episode: Episode, *, locale: str) -> Card:
    """What this bot is, and the episode it knows."""
    named = say(
        "shared.about_episode",
        locale,
        show=episode.show,
        number=episode.number,
        title=episode.title,
        guest=episode.guest,
        date=episode.date,
    )
    links = [("video", episode.links.video), ("transcript", episode.links.transcript)]
    return fit_card(
        Card(
            title=say("shared.about_title", locale),
            text=f"{escape(say('shared.about', locale))}\n\n**{fit(named, TITLE)}**",
            rows=(tuple(Button(label=say(f"shared.{name}", locale), url=url) for name, url in links if url),),
        )
    )


def help_card(*, locale: str, has_map: bool = False, has_daily: bool = True) -> Card:
    """Every command and what it does, and the ways without commands."""
    wanted = {"map": has_map, "daily": has_daily}
    names = [name for name in HELP if wanted.get(name, True)]
    lines = [_command_line(name, locale) for name in names]
    return fit_card(
        Card(
            title=say("shared.help_title", locale),
            text="\n".join([*lines, "", escape(say("shared.help_direct", locale))]),
        )
    )


def privacy_card(*, days: int, is_keeping: bool, locale: str) -> Card:
    """What is kept of a person here, and for how long."""
    chosen = say("shared.privacy_keeps" if is_keeping else "shared.privacy_keeps_not", locale)
    lines = [escape(say("shared.privacy", locale, days=days)), escape(chosen), _command_line("forget", locale)]
    return fit_card(Card(title=say("shared.privacy_title", locale), text="\n\n".join(lines)))


def map_card(episode: Episode, *, locale: str) -> Card:
    """The frame of the episode's map; the picture is attached to it."""
    link = Button(label=say("shared.video", locale), url=episode.links.video)
    return fit_card(Card(title=fit(one_line(episode.title), TITLE), rows=((link,),)))


def line_card(text: str) -> Card:
    """A single line of ours."""
    return fit_card(Card(text=fit(text, DESCRIPTION)))


def moment_rows(moments: Sequence[Related], locale: str) -> tuple[tuple[Button, ...], ...]:
    """A row a moment: play it, and open its answer."""
    return tuple(_moment_row(one, locale) for one in moments)


def colour_of(theme: Theme | None) -> int | None:
    """The theme's colour as a number."""
    return int(theme.colour.removeprefix("#"), 16) if theme else None


def tag_of(theme: Theme) -> str:
    """The theme tag, `💡 The lamp`."""
    return f"{theme.emoji} {theme.name}"


def _command_line(name: str, locale: str) -> str:
    """A command as Discord names it in that language, and what it does."""
    return f"**/{say(f'discord.{name}', locale)}** — {escape(say(f'shared.help_{name}', locale))}"


def _moments(title: str, moments: Sequence[Related], locale: str) -> Card:
    lines = [f"**{one.moment.clock}** {fit(one_line(one.title), TITLE)}{_tag_after(one.theme)}" for one in moments]
    return fit_card(
        Card(
            title=fit(one_line(title), TITLE),
            text=_joined(lines),
            rows=moment_rows(moments, locale),
        )
    )


def _tag_after(theme: Theme | None) -> str:
    return f" · {fit(tag_of(theme), NAME)}" if theme else ""


def _moment_row(one: Related, locale: str) -> tuple[Button, ...]:
    opening = custom_id("open", one.hit_id)
    opener = (Button(label=fit_label(one.title, LABEL), custom_id=opening),) if opening else ()
    return (_play(one.moment, locale), *opener)


def _answer_row(answer: Answer, locale: str, is_shared: bool) -> tuple[Button, ...]:
    related = custom_id("related", *(one.hit_id for one in answer.related))
    buttons = [_play(answer.moment, locale)]
    if related is not None:
        buttons.append(_press("related", related, locale))
    if not is_shared:
        buttons.append(_press("share", custom_id("share", answer.hit_id), locale))
    return tuple(one for one in (*buttons, *_votes(answer.hit_id, locale)) if one.url or one.custom_id)


def _votes(hit_id: str, locale: str) -> tuple[Button, Button]:
    return (
        _press("helpful", custom_id("up", hit_id), locale),
        _press("not_helpful", custom_id("down", hit_id), locale),
    )


def _play(moment: Moment, locale: str) -> Button:
    return Button(label=say("shared.play", locale, clock=moment.clock), url=moment.url)


def _press(word: str, made_id: str | None, locale: str) -> Button:
    return Button(label=say(f"shared.{word}", locale), custom_id=made_id)


def _chapter_field(chapter: Chapter, locale: str) -> Field:
    return Field(name=say("shared.chapter", locale), value=fit(one_line(chapter.title), FIELD_VALUE))


def _theme_fields(theme: Theme | None, locale: str) -> tuple[Field, ...]:
    return (Field(name=say("shared.theme", locale), value=fit(tag_of(theme), FIELD_VALUE)),) if theme else ()


def _quoted(quote: Quote) -> str:
    speaker = f"\n> — {fit(one_line(quote.speaker), NAME)}" if quote.speaker else ""
    return f"> “{fit(one_line(quote.text), QUOTE)}”{speaker}"


def _joined(lines: Sequence[str]) -> str:
    """As many whole lines as a description holds."""
    text = ""
    for line in lines:
        if units(text) + units(line) >= DESCRIPTION:
            break
        text += f"{line}\n"
    return text.rstrip()
