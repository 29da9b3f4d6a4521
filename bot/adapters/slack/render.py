"""Answers become Slack messages: the same words, theme tag and link as everywhere, in Block Kit.

Pure; knows no client, no clock, no store. A question is shown only where it is asked for.
"""

from bot.adapters.slack import blocks as kit
from bot.adapters.slack.blocks import Block, Message
from bot.adapters.slack.carried import Carried
from bot.adapters.slack.text import escape, escape_within, link, mention
from bot.adapters.words import say
from bot.answer.model import Answer, DailyThought, Quote, Refusal, Related, Spoken
from bot.episode.model import Chapter, Episode, Moment, Theme

PLAY = "cv_play"
RELATED = "cv_related"
SHARE = "cv_share"
UP = "cv_up"
DOWN = "cv_down"
OPEN = "cv_open"
THEME = "cv_theme"


def answer_message(
    answer: Answer, *, reply: str, locale: str, restated: bool = False, offers_share: bool = False, sharer: str = ""
) -> Message:
    """An answer. `restated` quotes the question above it; `sharer` is the id of whoever shared it."""
    parts: list[Block] = []
    if restated and answer.question:
        parts.append(kit.quotation(answer.question))
    parts.append(kit.section(answer.text))
    if answer.quote and answer.source == "note":
        parts.append(_quote(answer.quote))
    parts.append(kit.context(escape_within(_tags(answer), kit.SECTION)))
    if name := mention(sharer):
        parts.append(_shared_by(name, locale))
    parts.append(_answer_buttons(answer, reply, locale, offers_share=offers_share))
    return kit.message(f"{answer.text} ({answer.moment.clock})", parts)


def refusal_message(refusal: Refusal, *, locale: str, restated: bool = False) -> Message:
    """The honest line, with the nearest moments where there are some."""
    parts: list[Block] = []
    if restated and refusal.question and refusal.outcome != "smalltalk":
        parts.append(kit.quotation(refusal.question))
    parts.append(kit.section(refusal.text))
    parts += _moments(refusal.nearest, locale)
    return kit.message(refusal.text, parts)


def moments_message(title: str, moments: tuple[Related, ...], *, locale: str) -> Message:
    """Moments under a title: those of `/when`, or the related ones of an answer."""
    spoken = "; ".join(f"{one.moment.clock} {one.title}" for one in moments)
    return kit.message(f"{title}: {spoken}", [kit.section(title), *_moments(moments, locale)])


def spoken_message(spoken: Spoken, *, reply: str, locale: str) -> Message:
    """What is said at a time: the note about it, the words, the chapter."""
    title = say("shared.said_at", locale, clock=spoken.moment.clock)
    parts = [kit.marked_section(f"*{escape(title)}*"), kit.context(escape(f"📖 {spoken.chapter.title}"))]
    text = spoken.answer.text if spoken.answer else ""
    if spoken.answer:
        parts.append(kit.section(f"{spoken.answer.title}. {spoken.answer.text}"))
    if spoken.quote:
        parts.append(_quote(spoken.quote))
        text = text or spoken.quote.text
    if not text:
        text = say("shared.nothing_said_at", locale)
        parts.append(kit.section(text))
    buttons = [_play(spoken.moment, locale)]
    if spoken.answer:
        buttons.append(_open(spoken.answer.hit_id, 0, say("shared.ask_about", locale), spoken.answer.title, reply))
    return kit.message(f"{title}: {text}", [*parts, kit.actions(*buttons)])


def thought_message(
    thought: DailyThought, *, reply: str, locale: str, offers_share: bool = False, sharer: str = ""
) -> Message:
    """One insight, with what one can ask about it."""
    parts = thought_blocks(
        text=thought.insight.text, question=thought.insight.question, theme=thought.theme, chapter=thought.chapter.title
    )
    if name := mention(sharer):
        parts.append(_shared_by(name, locale))
    carried = Carried(ref=thought.insight.id, kind="insight", reply=reply)
    buttons = thought_buttons(thought.moment, thought.hit_id, reply, locale)
    if offers_share:
        buttons.insert(2, _share(carried, locale))
    return kit.message(f"{thought.insight.text} {thought.insight.question}", [*parts, kit.actions(*buttons)])


def thought_blocks(*, text: str, question: str, theme: Theme, chapter: str) -> list[Block]:
    """The words of an insight, its closing question, its theme tag."""
    return [
        kit.section(text),
        kit.marked_section(f"_{escape_within(question, kit.SECTION - 2)}_"),
        kit.context(escape_within(f"{_tag(theme)} · 📖 {chapter}", kit.SECTION)),
    ]


def thought_buttons(moment: Moment, hit_id: str, reply: str, locale: str) -> list[Block]:
    """Play, ask about it, helpful or not."""
    ask = _open(hit_id, 0, say("shared.ask_about", locale), say("shared.ask_about", locale), reply)
    return [_play(moment, locale), ask, *_votes(hit_id, locale)]


def themes_message(episode: Episode, *, locale: str) -> Message:
    """The themes with their lines; a button for each that has an insight."""
    title = say("shared.themes_title", locale)
    lines = [f"*{escape(_tag(theme))}*  {escape(theme.line)}" for theme in episode.themes]
    parts = [kit.header(title), *paragraphs(lines), *theme_buttons(episode)]
    names = ", ".join(theme.name for theme in episode.themes)
    return kit.message(f"{title}: {names}", parts)


def theme_buttons(episode: Episode) -> list[Block]:
    """A button a theme that has an insight to show, in rows."""
    with_insight = {insight.theme for insight in episode.insights}
    buttons = [
        kit.button(_tag(theme), f"{THEME}_{at}", spoken=theme.name, value=Carried(ref=theme.id).pack())
        for at, theme in enumerate(episode.themes)
        if theme.id in with_insight
    ]
    return [kit.actions(*buttons[at : at + 10]) for at in range(0, len(buttons), 10)]


def chapter_lines(episode: Episode, chapters: tuple[Chapter, ...]) -> list[str]:
    """A line a chapter, its time a link."""
    moments = [episode.moment(one.start_seconds, max(one.end_seconds, one.start_seconds + 1)) for one in chapters]
    return [
        f"{link(moment.url, f'▶ {moment.clock}')}  {escape(chapter.title)}"
        for chapter, moment in zip(chapters, moments, strict=True)
    ]


def paragraphs(lines: list[str]) -> list[Block]:
    """Escaped lines in as few sections as hold them."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + len(line) < kit.SECTION - 1:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return [kit.marked_section(text) for text in found]


def note_message(text: str, *, title: str = "") -> Message:
    """Words of ours, under a title where there is one."""
    parts = [kit.header(title)] if title else []
    return kit.message(f"{title}: {text}" if title else text, [*parts, kit.section(text)])


def _tag(theme: Theme) -> str:
    return f"{theme.emoji} {theme.name}"


def _tags(answer: Answer) -> str:
    tag = [_tag(answer.theme)] if answer.theme else []
    speaker = [f"🎙 {answer.speaker}"] if answer.speaker else []
    return " · ".join([*tag, f"📖 {answer.chapter.title}", *speaker])


def _quote(quote: Quote) -> Block:
    return kit.quotation(f"“{quote.text}”", closing=f" — {quote.speaker}" if quote.speaker else "")


def _shared_by(name: str, locale: str) -> Block:
    """The words around the name are escaped, the name is a mention of ours."""
    before, _, after = say("shared.shared_by", locale, name="\n").partition("\n")
    return kit.context(f"{escape(before)}{name}{escape(after)}")


def _answer_buttons(answer: Answer, reply: str, locale: str, *, offers_share: bool) -> Block:
    carried = Carried(ref=answer.hit_id, question=answer.question, reply=reply)
    buttons = [_play(answer.moment, locale)]
    if more := tuple(one.hit_id for one in answer.related if one.hit_id):
        value = Carried(ref=answer.hit_id, more=more).pack()
        spoken = say("shared.related_title", locale)
        buttons.append(kit.button(say("shared.related", locale), RELATED, spoken=spoken, value=value))
    if offers_share:
        buttons.append(_share(carried, locale))
    return kit.actions(*buttons, *_votes(answer.hit_id, locale))


def _play(moment: Moment, locale: str) -> Block:
    label = say("shared.play", locale, clock=moment.clock)
    spoken = say("slack.spoken_play", locale, clock=moment.clock)
    return kit.button(label, PLAY, spoken=spoken, url=moment.url, style="primary")


def _share(carried: Carried, locale: str) -> Block:
    return kit.button(
        say("shared.share", locale), SHARE, spoken=say("slack.spoken_share", locale), value=carried.pack()
    )


def _votes(hit_id: str, locale: str) -> list[Block]:
    value = Carried(ref=hit_id).pack()
    return [
        kit.button(say("shared.helpful", locale), UP, spoken=say("slack.spoken_up", locale), value=value),
        kit.button(say("shared.not_helpful", locale), DOWN, spoken=say("slack.spoken_down", locale), value=value),
    ]


def _open(hit_id: str, at: int, label: str, title: str, reply: str = "") -> Block:
    value = Carried(ref=hit_id, reply=reply).pack()
    return kit.button(label, f"{OPEN}_{at}", spoken=title, value=value)


def _moments(moments: tuple[Related, ...], locale: str) -> list[Block]:
    label = say("shared.ask_about", locale)
    found = []
    for at, one in enumerate(moments):
        theme = f" · {escape(_tag(one.theme))}" if one.theme else ""
        accessory = _open(one.hit_id, at, label, f"{label}: {one.title}") if one.hit_id else None
        line = f"{link(one.moment.url, f'▶ {one.moment.clock}')}  {escape_within(one.title, 1000)}{theme}"
        found.append(kit.marked_section(line, accessory=accessory))
    return found
