"""Is a message meant for the bot, and what does it ask? Pure: facts in, a question or nothing out.

Knows no client; the content of mentions, direct messages and replies arrives without a privileged intent.
"""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What of a message decides. `mentions_bot` counts a ping of the bot itself, never of everyone or a role."""

    content: str = field(repr=False)
    bot_id: int
    is_from_person: bool
    is_plain: bool
    is_direct: bool
    mentions_bot: bool
    is_reply_to_bot: bool


def question_of(facts: Facts) -> str | None:
    """What is asked, with mentions of the bot taken out; empty where nothing is readable; None: not for us."""
    if not facts.is_from_person or not facts.is_plain:
        return None
    if not (facts.is_direct or facts.mentions_bot or facts.is_reply_to_bot):
        return None
    return " ".join(re.sub(rf"<@!?{facts.bot_id}>", " ", facts.content).split())
