"""How the tests ask a bot that runs against the fake Discord, and what a person then sees."""

from typing import Any

from tests.fakes.discord import payloads
from tests.fakes.discord.server import Asked, FakeDiscord

FUEL = payloads.command("ask", question="what fuel did the lantern use")
CALLBACK, ORIGINAL, POST = r"/callback$", r"/messages/@original$", r"^/channels/\d+/messages$"
FOLLOW_UP = r"^/webhooks/\d+/[^/]+$"


def words(message: dict[str, Any]) -> str:
    """All that a message says."""
    return " ".join(
        [message.get("content") or "", *(one.get("description") or "" for one in message.get("embeds", []))]
    )


async def assert_answered(fake: FakeDiscord) -> Asked:
    """A question asked now gets its one answer, acknowledged in time."""
    asked = await fake.interact(2, FUEL)
    assert "paraffin" in words(await asked.until_shown())
    assert asked.ack_seconds is not None
    assert asked.ack_seconds < 3.0
    assert asked.visible == 1
    return asked


def mention(text: str) -> tuple[str, dict[str, Any]]:
    """A message that mentions the bot."""
    return f"<@{payloads.BOT_ID}> {text}", {"mentions": [payloads.BOT | {"member": {}}]}
