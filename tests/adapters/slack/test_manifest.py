"""Manifest, table of commands and code are one thing; and what the settings must hold."""

from pathlib import Path

import pytest
import yaml

from bot.adapters.slack.commands import COMMANDS
from bot.adapters.slack.config import SlackConfig
from bot.adapters.slack.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES, manifest, manifest_yaml
from bot.settings import Secret, Settings
from tests.adapters.slack.conftest import House

WRITTEN = Path(__file__).parents[3] / "deploy" / "slack-manifest.yaml"


def test_the_written_manifest_is_the_made_one() -> None:
    """`python -m bot slack manifest > deploy/slack-manifest.yaml` after a change."""
    assert WRITTEN.read_text(encoding="utf-8") == manifest_yaml()


def test_the_manifest_declares_every_command_and_no_other() -> None:
    """What the table says is what Slack offers."""
    declared = {
        one["command"] for one in yaml.safe_load(WRITTEN.read_text(encoding="utf-8"))["features"]["slash_commands"]
    }
    assert declared == {one.slash for one in COMMANDS}


def test_the_manifest_keeps_slacks_limits() -> None:
    """Lengths that Slack's page would refuse."""
    made = manifest("https://bot.example")
    about = made["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 174 <= len(about["long_description"]) <= 4000
    assert len(made["features"]["bot_user"]["display_name"]) <= 80
    for one in made["features"]["slash_commands"]:
        assert len(one["command"]) <= 32
        assert len(one["description"]) <= 2000
        assert len(one.get("usage_hint", "")) <= 1000


def test_rights_are_the_least() -> None:
    """Required scopes are few; the optional ones are marked so, and are part of the list, as Slack wants."""
    scopes = manifest()["oauth_config"]["scopes"]
    assert set(scopes["bot_optional"]) == set(OPTIONAL_SCOPES)
    assert set(scopes["bot"]) == {*REQUIRED_SCOPES, *OPTIONAL_SCOPES}
    assert set(REQUIRED_SCOPES) == {"app_mentions:read", "assistant:write", "chat:write", "commands", "im:history"}


def test_with_an_address_everything_goes_over_http() -> None:
    """Commands, events and buttons get the address; Socket Mode is off."""
    made = manifest("https://bot.example/")
    assert {one["url"] for one in made["features"]["slash_commands"]} == {"https://bot.example/slack/events"}
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://bot.example/slack/events"
    assert made["settings"]["interactivity"]["request_url"] == "https://bot.example/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["oauth_config"]["redirect_urls"] == ["https://bot.example/slack/oauth_redirect"]


def test_the_code_answers_every_command_of_the_table(house: House) -> None:
    """No command is declared that nothing handles."""
    from bot.adapters.slack.questions import Questions

    questions = Questions(desk=house.desk, config=house.adapter._config, reply_id=lambda incoming: "r")
    assert {*questions.commands, "daily"} == {one.name for one in COMMANDS}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"bot_token": Secret("xoxb-1")}, ["SLACK_APP_TOKEN"]),
        ({"app_token": Secret("xapp-1")}, ["SLACK_BOT_TOKEN"]),
        ({"signing_secret": Secret("s"), "client_id": "1"}, ["SLACK_CLIENT_ID", "SLACK_BOT_TOKEN"]),
        ({"bot_token": Secret("xoxb-1"), "app_token": Secret("xapp-1")}, []),
        ({"bot_token": Secret("xoxb-1"), "posts_only": True}, []),
        ({"client_id": "1", "client_secret": Secret("s"), "signing_secret": Secret("s")}, []),
    ],
)
def test_what_is_missing_is_named_at_once(given: dict[str, object], named: list[str]) -> None:
    """Each problem begins with the setting's name."""
    config = SlackConfig(**given)  # type: ignore[arg-type]
    assert config.is_wanted
    assert [problem.split(":")[0] for problem in config.problems] == named


def test_the_settings_give_the_config() -> None:
    """Nothing of Slack's is lost on the way; without any of it the adapter is not wanted."""
    given = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_ADMINS": "U1,U2",
        "PUBLIC_URL": "https://a",
    }
    config = SlackConfig.of(Settings.load(given, dotenv=None))
    assert config.bot_token.reveal() == "xoxb-1"
    assert config.admins == ("U1", "U2")
    assert config.public_url == "https://a"
    assert config.map_url == "https://a/api/map.png"
    assert not SlackConfig.of(Settings.load({}, dotenv=None)).is_wanted
