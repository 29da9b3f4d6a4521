"""The daily insight as cards: the post, the same in a preview as in the channel, and what `/daily` replies.

Pure; the sentences are the insights service's.
"""

from bot.adapters.discord import render
from bot.adapters.discord.card import DESCRIPTION, FIELD_VALUE, FOOTER, Card, Field, fit_card
from bot.adapters.discord.text import escape, fit, one_line, units
from bot.adapters.words import say
from bot.insights.daily import DailyReply
from bot.insights.posts import DailyPost

LINE = 500


def daily_card(post: DailyPost, *, locale: str) -> Card:
    """The post of a day."""
    return fit_card(
        Card(
            content=f"<@&{post.role_id}>" if post.role_id and post.role_id.isdigit() else "",
            title=escape(say("shared.insight_title", locale)),
            text=f"{fit(post.insight.text, render.TEXT)}\n\n*{fit(one_line(post.insight.question), LINE)}*",
            colour=render.colour_of(post.theme),
            fields=(
                Field(name=say("shared.chapter", locale), value=fit(one_line(post.chapter), FIELD_VALUE)),
                Field(name=say("shared.theme", locale), value=fit(render.tag_of(post.theme), FIELD_VALUE)),
            ),
            footer=one_line(post.source)[:FOOTER],
            rows=(render.thought_row(post.moment, post.note_id, locale, mark=post.mark),),
        )
    )


def reply_card(reply: DailyReply) -> Card:
    """What an admin is told: a sentence, then lines of two."""
    text = fit(reply.text, DESCRIPTION // 4)
    for name, value in reply.lines:
        line = f"\n**{fit(one_line(name), LINE)}** — {fit(one_line(value), LINE)}"
        if units(text) + units(line) > DESCRIPTION:
            break
        text += line
    return fit_card(Card(text=text))
