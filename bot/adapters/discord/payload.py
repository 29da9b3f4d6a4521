"""A card as the JSON Discord's API takes: the one place where its shape is spelled out.

Pure; knows no client library, so that a page can draw the very same payload.
"""

from typing import Any

from bot.adapters.discord.card import Button, Card

_LINK, _SECONDARY = 5, 2
_ROW, _BUTTON = 1, 2
PICTURE_NAME = "moment.png"


def message_payload(card: Card) -> dict[str, Any]:
    """`embeds` and `components` of a message, with no mention allowed."""
    content = {"content": card.content} if card.content else {}
    return content | {
        "embeds": [embed_payload(card)],
        "components": [{"type": _ROW, "components": [button_payload(one) for one in row]} for row in card.rows],
        "allowed_mentions": {"parse": []},
    }


def embed_payload(card: Card) -> dict[str, Any]:
    """The embed alone."""
    made: dict[str, Any] = {"type": "rich"}
    if card.title:
        made["title"] = card.title
    if card.text:
        made["description"] = card.text
    if card.colour is not None:
        made["color"] = card.colour
    if card.fields:
        made["fields"] = [{"name": one.name, "value": one.value, "inline": True} for one in card.fields]
    if card.footer:
        made["footer"] = {"text": card.footer}
    return made


def button_payload(button: Button) -> dict[str, Any]:
    """One button."""
    if button.url is not None:
        return {"type": _BUTTON, "style": _LINK, "label": button.label, "url": button.url}
    return {"type": _BUTTON, "style": _SECONDARY, "label": button.label, "custom_id": button.custom_id}
