"""Text in Slack's own spelling: three entities, links, mentions, and how long things may be.

Pure; knows no blocks. Everything a person or a transcript said leaves through `escape`.
"""

import re

ELLIPSIS = "…"

_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}
_USER_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_REFERENCE = re.compile(r"<(?:[@#!])?[^<>|]*\|([^<>]*)>")
_BARE_LINK = re.compile(r"<((?:https?|mailto|tel):[^<>|]*)>")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_BAD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def escape(text: str) -> str:
    """Exactly `&`, `<` and `>` as entities: no mention, link or channel call survives it."""
    return _BAD.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The three entities as the characters a person typed; anything else stays."""
    return _ENTITY.sub(lambda match: _CHARACTERS[match[1]], text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def escape_within(text: str, limit: int) -> str:
    """Escaped and at most `limit` characters, never cut inside an entity."""
    escaped = escape(text)
    if len(escaped) <= limit:
        return escaped
    cut = escaped[: limit - 1]
    if "&" in cut[-4:] and ";" not in cut[cut.rindex("&") :]:
        cut = cut[: cut.rindex("&")]
    return cut.rstrip() + ELLIPSIS


def one_line(text: str) -> str:
    """Without line breaks, so that it cannot leave the quotation it stands in."""
    return " ".join(text.split())


def said(text: str, *, bot_user_id: str = "") -> str:
    """What a person typed, without the mention of the bot, links as their words, entities undone.

    Without a known bot id the first mention in front is taken for it.
    """
    if bot_user_id:
        text = re.sub(rf"<@{re.escape(bot_user_id)}(?:\|[^<>]*)?>", " ", text)
    else:
        text = re.sub(rf"^\s*{_USER_MENTION.pattern}", " ", text)
    text = _BARE_LINK.sub(r"\1", _REFERENCE.sub(r"\1", text))
    return _BAD.sub("", unescape(text)).strip()


def mentions_others(text: str, bot_user_id: str) -> bool:
    """True when somebody else is addressed."""
    return any(match[1] != bot_user_id for match in _USER_MENTION.finditer(text))


def mention(user_id: str) -> str:
    """The name of whoever has that id, or empty for what is no user id of Slack's."""
    return f"<@{user_id}>" if _USER_ID.fullmatch(user_id) else ""


def link(url: str, words: str) -> str:
    """A link of ours; `url` must be one that we made."""
    return f"<{escape(url)}|{escape(one_line(words)).replace('|', '¦')}>"
