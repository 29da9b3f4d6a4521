"""Block Kit, within Slack's limits: every part is cut to what Slack takes before it is sent.

Pure; knows no answers. Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.adapters.slack.text import escape_within, shorten

SECTION = 3000
HEADER = 150
CONTEXT_ELEMENTS = 10
ACTION_ELEMENTS = 25
BUTTON = 75
VALUE = 2000
ACTION_ID = 255
URL = 3000
ALT = 2000
TOP_TEXT = 3500
BLOCKS = 50
HOME_BLOCKS = 100
ALL_BLOCKS = 13_000

Block = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is posted: `text` is read out and shown in notifications, `blocks` are seen."""

    text: str
    blocks: tuple[Block, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """The arguments of a post, without a place: no link in it unfolds into a preview."""
        body: dict[str, Any] = {"text": self.text, "unfurl_links": False, "unfurl_media": False}
        if self.blocks:
            body["blocks"] = list(self.blocks)
        if self.metadata:
            body["metadata"] = self.metadata
        return body


def message(text: str, blocks: Iterable[Block] = (), *, metadata: dict[str, Any] | None = None) -> Message:
    """A message from plain words and blocks, cut to what Slack takes at once."""
    return Message(text=escape_within(text, TOP_TEXT).strip() or "…", blocks=fit(blocks), metadata=metadata or {})


def fit(blocks: Iterable[Block], *, most: int = BLOCKS, closing: tuple[Block, ...] = ()) -> tuple[Block, ...]:
    """As many blocks, from the first, as Slack takes in one message with the closing ones behind them."""
    kept: list[Block] = []
    size = 2 + sum(_size(block) for block in closing)
    for block in blocks:
        size += _size(block)
        if len(kept) + len(closing) == most or size > ALL_BLOCKS:
            break
        kept.append(block)
    return (*kept, *closing)


def _size(block: Block) -> int:
    return len(json.dumps(block, ensure_ascii=False)) + 2


def mrkdwn(text: str, limit: int = SECTION) -> dict[str, Any]:
    """Text that is already escaped, links of ours included; Slack makes no links of its own in it."""
    return {"type": "mrkdwn", "text": text if text.strip() and len(text) <= limit else "…", "verbatim": True}


def plain(text: str, limit: int) -> dict[str, Any]:
    """Text in which nothing is markup."""
    return {"type": "plain_text", "text": shorten(text.strip() or "…", limit), "emoji": True}


def section(text: str, *, accessory: Block | None = None) -> Block:
    """A paragraph of plain words."""
    return marked_section(escape_within(text or "…", SECTION), accessory=accessory)


def marked_section(text: str, *, accessory: Block | None = None) -> Block:
    """A paragraph of escaped text with marks of ours."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def quotation(text: str, *, closing: str = "") -> Block:
    """A paragraph marked as somebody's words, on one line each, so that they cannot leave the mark."""
    inner = escape_within(" ".join(text.split()), SECTION - 400)
    return marked_section(f"> {inner}{escape_within(closing, 390)}")


def header(text: str) -> Block:
    """A title."""
    return {"type": "header", "text": plain(text, HEADER)}


def context(*texts: str) -> Block:
    """Small print, each text already escaped."""
    return {"type": "context", "elements": [mrkdwn(text, SECTION) for text in texts[:CONTEXT_ELEMENTS]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def image(url: str, alt_text: str) -> Block:
    """A picture by its public address."""
    return {"type": "image", "image_url": url[:URL], "alt_text": shorten(alt_text or "…", ALT)}


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements[:ACTION_ELEMENTS])}


def button(label: str, action_id: str, *, spoken: str, value: str = "", url: str = "", style: str = "") -> Block:
    """A button; `spoken` is what a screen reader says. Raises ValueError for a value that Slack would refuse."""
    if len(value) > VALUE or len(action_id) > ACTION_ID or len(url) > URL:
        raise ValueError("a button's value, id or address is too long")
    block: Block = {"type": "button", "text": plain(label, BUTTON), "action_id": action_id}
    block["accessibility_label"] = shorten(spoken.strip() or "…", BUTTON)
    return block | {key: text for key, text in (("value", value), ("url", url), ("style", style)) if text}
