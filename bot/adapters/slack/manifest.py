"""The app manifest, made from the table of commands: what an operator pastes into Slack.

Knows scopes and events. `deploy/slack-manifest.yaml` is this, written down; a test holds that they agree.
"""

from typing import Any

import yaml

from bot.adapters.slack.commands import COMMANDS
from bot.adapters.words import say

REQUIRED_SCOPES = ("app_mentions:read", "assistant:write", "chat:write", "commands", "im:history")
OPTIONAL_SCOPES = ("channels:history", "channels:read", "chat:write.public", "users:read")
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.im",
    "tokens_revoked",
)
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
NAME = "Chapter & Verse"
_COLOUR = "#1f2a44"
_HEAD = """\
# The Slack app, made by `python -m bot slack manifest` from the table of commands; do not edit it by hand.
# Create the app at https://api.slack.com/apps: "Create New App", "From a manifest", paste this.
"""


def manifest(public_url: str = "") -> dict[str, Any]:
    """The manifest for Socket Mode, or with the bot's public address for signed HTTP and installs by OAuth."""
    base = public_url.rstrip("/")
    return {
        "display_information": {
            "name": NAME,
            "description": say("shared.help_ask"),
            "long_description": say("shared.about") + " " + say("shared.help_direct"),
            "background_color": _COLOUR,
        },
        "features": _features(base),
        "oauth_config": _oauth(base),
        "settings": _settings(base),
    }


def manifest_yaml(public_url: str = "") -> str:
    """The manifest as YAML, with a word on what it is."""
    return _HEAD + yaml.safe_dump(manifest(public_url), sort_keys=False, allow_unicode=True, width=110)


def _features(base: str) -> dict[str, Any]:
    prompt = {"title": say("shared.help_title"), "message": "help"}
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": NAME, "always_online": True},
        "agent_view": {"agent_description": say("shared.help_ask"), "suggested_prompts": [prompt]},
        "slash_commands": [
            {"command": one.slash}
            | ({"url": base + EVENTS_PATH} if base else {})
            | {"description": say(one.help_key)}
            | ({"usage_hint": one.hint} if one.hint else {})
            | {"should_escape": one.escapes}
            for one in COMMANDS
        ],
    }


def _oauth(base: str) -> dict[str, Any]:
    scopes = {"bot": [*REQUIRED_SCOPES, *OPTIONAL_SCOPES], "bot_optional": list(OPTIONAL_SCOPES)}
    return ({"redirect_urls": [base + REDIRECT_PATH]} if base else {}) | {"scopes": scopes}


def _settings(base: str) -> dict[str, Any]:
    address = {"request_url": base + EVENTS_PATH} if base else {}
    return {
        "event_subscriptions": address | {"bot_events": list(EVENTS)},
        "interactivity": {"is_enabled": True} | address,
        "org_deploy_enabled": False,
        "socket_mode_enabled": not base,
        "token_rotation_enabled": False,
    }
