"""The Home tab: what the bot does, the chapters and themes to browse, the next insight, the privacy line.

Pure; knows the episode and words.
"""

from typing import Any

from bot.adapters.slack import blocks as kit
from bot.adapters.slack import render
from bot.adapters.slack.blocks import Block
from bot.adapters.slack.commands import COMMANDS
from bot.adapters.slack.text import escape_within
from bot.adapters.words import say
from bot.answer.model import Answer, DailyThought, Question
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.insights.daily import DailyReply

PROMPTS = 4
PROMPT_TITLE = 75


def home_view(
    episode: Episode, thought: DailyThought | None, *, privacy: str, locale: str, upcoming: DailyReply | None = None
) -> dict[str, Any]:
    """The view to publish: at most 100 blocks. `upcoming` is the preview of a channel's next post, else a thought."""
    heading = f"{episode.show} #{episode.number}: {episode.title}"
    commands = [f"*{one.slash}* {one.hint}".rstrip() + f"  {say(one.help_key, locale)}" for one in COMMANDS]
    parts: list[Block] = [
        kit.header(heading),
        kit.section(say("shared.about", locale)),
        kit.header(say("slack.home_title", locale)),
        *render.paragraphs(commands),
        kit.section(say("slack.help_mention", locale)),
        *(_upcoming(upcoming, locale) or _thought(thought, locale)),
        kit.header(say("shared.themes_title", locale)),
        *render.theme_buttons(episode),
        kit.header(say("slack.home_chapters", locale)),
        *render.paragraphs(render.chapter_lines(episode, episode.chapters)),
    ]
    closing = (kit.divider(), kit.context(escape_within(privacy, kit.SECTION)))
    return {"type": "home", "blocks": list(kit.fit(parts, most=kit.HOME_BLOCKS, closing=closing))}


def _upcoming(reply: DailyReply | None, locale: str) -> list[Block]:
    if reply is None or reply.post is None:
        return []
    post = reply.post
    words = render.thought_blocks(
        text=post.insight.text, question=post.insight.question, theme=post.theme, chapter=post.chapter
    )
    buttons = render.thought_buttons(post.moment, post.note_id, "", locale)
    return [kit.header(say("slack.home_next", locale)), kit.section(reply.text), *words, kit.actions(*buttons)]


def _thought(thought: DailyThought | None, locale: str) -> list[Block]:
    if thought is None:
        return []
    insight = thought.insight
    words = render.thought_blocks(
        text=insight.text, question=insight.question, theme=thought.theme, chapter=thought.chapter.title
    )
    buttons = render.thought_buttons(thought.moment, thought.hit_id, "", locale)
    return [kit.header(say("slack.home_insight", locale)), *words, kit.actions(*buttons)]


def prompts(answers: Answers) -> list[dict[str, str]]:
    """Up to four questions to offer, one a theme, each of which has an answer."""
    found: dict[str, dict[str, str]] = {}
    for note in answers.episode.notes:
        if note.theme in found or not note.asks:
            continue
        if isinstance(answers.ask(Question(text=note.asks[0])), Answer):
            title = note.title if len(note.title) <= PROMPT_TITLE else f"{note.title[: PROMPT_TITLE - 1]}…"
            found[note.theme] = {"title": title, "message": note.asks[0]}
        if len(found) == PROMPTS:
            break
    return list(found.values())
