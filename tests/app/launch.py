"""The application itself, `python -m bot run`, with the platforms' addresses turned to the fakes of a test.

Only here are the addresses changed; the product knows nothing of it.
"""

import os
import sys
from dataclasses import replace

from bot.adapters.slack.config import SlackConfig
from bot.cli import main
from bot.settings import Settings
from tests.fakes.discord.launch import redirect


def turn_to_fakes() -> None:
    """FAKE_DISCORD and FAKE_DISCORD_GATEWAY, FAKE_SLACK: what is not given keeps an address nobody answers."""
    nobody = "http://127.0.0.1:9"
    redirect(os.environ.get("FAKE_DISCORD", nobody), os.environ.get("FAKE_DISCORD_GATEWAY", "ws://127.0.0.1:9"))
    slack, given = os.environ.get("FAKE_SLACK", f"{nobody}/"), SlackConfig.of

    def of(settings: Settings) -> SlackConfig:
        return replace(given(settings), api_url=f"{slack}api/", reply_addresses=(f"{slack}hooks/",))

    SlackConfig.of = of  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    turn_to_fakes()
    sys.exit(main(["run", *sys.argv[1:]]))
