"""The application itself, `python -m bot run`, with the platforms' addresses turned to the fakes of a test.

Only here are the addresses changed; the product knows nothing of it.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from bot.cli import main
from bot.settings import Settings

NOBODY = "http://127.0.0.1:9"


def turn_discord() -> None:
    """To FAKE_DISCORD and FAKE_DISCORD_GATEWAY, or to where nobody answers."""
    from tests.fakes.discord.launch import redirect

    gateway = os.environ.get("FAKE_DISCORD_GATEWAY", "ws://127.0.0.1:9")
    redirect(os.environ.get("FAKE_DISCORD", NOBODY), gateway)


def turn_slack() -> None:
    """To FAKE_SLACK, or to where nobody answers."""
    from bot.adapters.slack.config import SlackConfig

    slack, given = os.environ.get("FAKE_SLACK", f"{NOBODY}/"), SlackConfig.of

    def of(settings: Settings) -> SlackConfig:
        return replace(given(settings), api_url=f"{slack}api/", reply_addresses=(f"{slack}hooks/",))

    SlackConfig.of = of  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    if where := os.environ.get("PROFILE_TO"):
        from tests.load.sampling import start

        start(Path(where))
    if os.environ.get("DISCORD_TOKEN"):
        turn_discord()
    if any(name.startswith("SLACK_") and name.endswith("TOKEN") for name in os.environ):
        turn_slack()
    sys.exit(main(["run", *sys.argv[1:]]))
