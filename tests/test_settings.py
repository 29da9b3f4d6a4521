"""One frozen object from the environment: everything wrong at once, secrets never shown."""

import copy
import dataclasses
import json
import logging
import pickle
import traceback
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import Secret, Settings

HIDDEN = "xoxb-hidden-0123456789"
SECRETS = {spec.metadata["name"]: spec.name for spec in fields(Settings) if spec.metadata["secret"]}
NAMES = {spec.metadata["name"] for spec in fields(Settings)}
FIXED = (
    "DISCORD_TOKEN DISCORD_APPLICATION_ID DISCORD_PUBLIC_KEY SLACK_BOT_TOKEN SLACK_APP_TOKEN SLACK_SIGNING_SECRET "
    "SLACK_CLIENT_ID SLACK_CLIENT_SECRET DATABASE_URL DATA_DIR KNOWLEDGE_DIR HOST PORT TRANSCRIPT_AUTOFETCH LOG_FORMAT "
    "KEEP_QUESTIONS"
).split()


def _load(environment: dict[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    return Settings.load(environment or {}, dotenv=dotenv)


def _problems(environment: dict[str, str], dotenv: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        _load(environment, dotenv)
    return caught.value.problems


def test_an_empty_environment_is_enough() -> None:
    """Nothing is required; every setting has its documented default."""
    settings = _load()
    assert (settings.port, settings.host, settings.episode) == (8080, "127.0.0.1", "jensen-huang")
    assert (settings.data_dir, settings.knowledge_dir) == (Path(".data"), Path("knowledge"))
    assert (settings.transcript_autofetch, settings.keep_questions, settings.log_format) == (True, False, "console")
    assert not any(getattr(settings, name) for name in SECRETS.values())


def test_the_fixed_names_are_there() -> None:
    """Operators and platforms rely on them."""
    assert set(FIXED) <= NAMES


def test_every_setting_explains_itself() -> None:
    """A line of help that ends as a sentence; no name twice."""
    assert len(NAMES) == len(fields(Settings))
    for spec in fields(Settings):
        assert spec.metadata["help"].rstrip(")").endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("PORT", "0", "port", 0),
        ("PORT", " 443 ", "port", 443),
        ("KEEP_QUESTIONS", "YES", "keep_questions", True),
        ("TRANSCRIPT_AUTOFETCH", "off", "transcript_autofetch", False),
        ("TRANSCRIPT_AUTOFETCH", "", "transcript_autofetch", True),
        ("SLACK_ADMINS", "U1, U2  U3,", "slack_admins", ("U1", "U2", "U3")),
        ("DATA_DIR", "/var/lib/bot", "data_dir", Path("/var/lib/bot")),
        ("DISCORD_APPLICATION_ID", "123456789", "discord_application_id", "123456789"),
        ("DISCORD_PUBLIC_KEY", "aB" * 32, "discord_public_key", "aB" * 32),
        ("LOG_FORMAT", "json", "log_format", "json"),
    ],
)
def test_values_are_read_as_their_kind(name: str, value: str, attribute: str, expected: object) -> None:
    """Numbers, flags, lists, paths; empty means the default."""
    assert getattr(_load({name: value}), attribute) == expected


BAD = {
    "PORT": ("gopher", "PORT: write a whole number from 0 to 65535"),
    "RETENTION_DAYS": ("0", "RETENTION_DAYS: write a whole number from 1 to 3650"),
    "TRUSTED_PROXIES": ("-1", "TRUSTED_PROXIES: write a whole number from 0 to 10"),
    "DISCORD_SHARDS": ("9" * 5000, "DISCORD_SHARDS: write a whole number from 0 to 1000"),
    "QUESTIONS_PER_MINUTE": ("²", "QUESTIONS_PER_MINUTE: write a whole number from 1 to 10000"),
    "KEEP_QUESTIONS": ("maybe", "KEEP_QUESTIONS: write 1 or 0"),
    "LOG_FORMAT": ("xml", "LOG_FORMAT: write one of console, json"),
    "LOG_LEVEL": ("loud", "LOG_LEVEL: write one of debug, info, warning, error"),
    "DISCORD_APPLICATION_ID": ("my-app", "DISCORD_APPLICATION_ID: write the id: digits only"),
    "DISCORD_PUBLIC_KEY": ("abc", "DISCORD_PUBLIC_KEY: write the 64 hexadecimal digits of the public key"),
    "SLACK_BOT_TOKEN": ("hidden-value", "SLACK_BOT_TOKEN: it must start with xoxb-"),
    "SLACK_APP_TOKEN": (HIDDEN, "SLACK_APP_TOKEN: it must start with xapp-"),
    "DISCORD_TOKEN": (
        "hidden\nother",
        "DISCORD_TOKEN: it holds a space, a line break or another sign no token has; copy it anew, it alone",
    ),
    "SLACK_ADMINS": (
        "U012AB3CD @bob",
        "SLACK_ADMINS: write user ids, such as U012AB3CD: in the person's Slack profile, Copy member ID",
    ),
    "SLACK_OPTIONAL_SCOPES": (
        "channels:historie",
        "SLACK_OPTIONAL_SCOPES: write some of channels:history, channels:read, chat:write.public, users:read",
    ),
    "PUBLIC_URL": ("bot.example.org", "PUBLIC_URL: write an address such as https://bot.example.org"),
    "SECRET_KEY": (" , ,", "SECRET_KEY: write one key, or several divided by commas"),
    "KNOWLEDGE_DIR": ("k" * 300, "KNOWLEDGE_DIR: too long for the path of a folder"),
}


def test_every_bad_name_is_listed_at_once() -> None:
    """In one error, each with what to write, none with its value."""
    problems = _problems({name: value for name, (value, _) in BAD.items()})
    assert sorted(problems) == sorted(line for _, line in BAD.values())
    assert not any(value in line for line in problems for value in ("hidden", "gopher", "maybe", "loud", "my-app"))


@pytest.mark.parametrize(
    "address", ["ftp://x", "http://", "javascript:alert(1)", "https://x.org/a b", "https://[x", "https://x:y", "-1"]
)
def test_an_address_people_cannot_reach_is_refused(address: str) -> None:
    """It would stand in links; with a path or a port it is fine."""
    assert _problems({"PUBLIC_URL": address}) == (BAD["PUBLIC_URL"][1],)
    assert _load({"PUBLIC_URL": "http://localhost:8080/bot/"}).public_url == "http://localhost:8080/bot/"


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    """As container platforms mount them; the trailing line break does not count."""
    value = "xapp-1" if name == "SLACK_APP_TOKEN" else HIDDEN
    path = tmp_path / "secret"
    path.write_text(f"{value}\n", encoding="utf-8")
    settings = _load({f"{name}_FILE": str(path)})
    assert getattr(settings, SECRETS[name]).reveal() == value
    assert _problems({f"{name}_FILE": str(path), name: value}) == (f"{name}: set {name} or {name}_FILE, not both",)


def test_a_secret_file_may_begin_with_the_mark_some_editors_write(tmp_path: Path) -> None:
    """The byte order mark is no part of the secret."""
    path = tmp_path / "secret"
    path.write_text(f"{HIDDEN}\r\n", encoding="utf-8-sig")
    assert _load({"SLACK_BOT_TOKEN_FILE": str(path)}).slack_bot_token.reveal() == HIDDEN


def test_an_empty_secret_file_is_no_missing_secret(tmp_path: Path) -> None:
    """Else each process would make a key of its own, and write to a database of its own."""
    path = tmp_path / "secret"
    path.write_text("\n", encoding="utf-8")
    assert _problems({"SECRET_KEY_FILE": str(path), "DATABASE_URL_FILE": str(path)}) == (
        "DATABASE_URL: the file that DATABASE_URL_FILE names is empty",
        "SECRET_KEY: the file that SECRET_KEY_FILE names is empty",
    )


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, a folder, or no text; together with whatever else is wrong."""
    (tmp_path / "binary").write_bytes(b"\xff\xfehidden")
    assert _problems(
        {
            "DISCORD_TOKEN_FILE": str(tmp_path / "gone"),
            "SLACK_SIGNING_SECRET_FILE": str(tmp_path),
            "SECRET_KEY_FILE": str(tmp_path / "binary"),
            "PORT": "x",
        }
    ) == (
        "DISCORD_TOKEN_FILE: cannot be read (No such file or directory)",
        "SLACK_SIGNING_SECRET_FILE: cannot be read (Is a directory)",
        "PORT: write a whole number from 0 to 65535",
        "SECRET_KEY_FILE: not UTF-8 text; save it again as UTF-8",
    )


def test_a_bad_value_in_a_secret_file_is_not_shown(tmp_path: Path) -> None:
    """The error names the setting alone."""
    path = tmp_path / "token"
    path.write_text("hidden-value", encoding="utf-8")
    assert _problems({"SLACK_BOT_TOKEN_FILE": str(path)}) == ("SLACK_BOT_TOKEN: it must start with xoxb-",)


def test_the_environment_stands_over_the_env_file(tmp_path: Path) -> None:
    """`.env` fills in what the environment leaves out; a missing one is fine."""
    path = tmp_path / ".env"
    path.write_text(f"# remark\nPORT=1234\nexport HOST=0.0.0.0\nSLACK_BOT_TOKEN='{HIDDEN}'\nNOISE\n", encoding="utf-8")
    settings = _load({"PORT": "99"}, path)
    assert (settings.port, settings.host, settings.slack_bot_token.reveal()) == (99, "0.0.0.0", HIDDEN)
    assert _load({}, tmp_path / "missing").port == 8080
    assert _load({}, tmp_path).port == 8080


def test_values_of_the_env_file_are_taken_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `$` in a secret is a `$`: nothing of the surroundings is filled in."""
    monkeypatch.setenv("HOME_OF_TEST", "filled-in")
    path = tmp_path / ".env"
    path.write_text("SECRET_KEY=a${HOME_OF_TEST}b$c\n", encoding="utf-8")
    assert _load({}, path).secret_key.reveal() == "a${HOME_OF_TEST}b$c"


def test_an_env_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """One line instead of a traceback with its bytes."""
    path = tmp_path / ".env"
    path.write_bytes("SECRET_KEY=hidden".encode("utf-16"))
    assert _problems({}, path) == (f"{path}: not UTF-8 text; save it again as UTF-8",)


def test_the_real_environment_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """And only once: what changes later changes nothing."""
    monkeypatch.setenv("PORT", "4321")
    settings = Settings.load(dotenv=None)
    monkeypatch.setenv("PORT", "1")
    assert settings.port == 4321
    with pytest.raises(FrozenInstanceError):
        settings.port = 5  # type: ignore[misc]


def _all_secret() -> Settings:
    given = {name: "xapp-hidden-0123456789" if name == "SLACK_APP_TOKEN" else HIDDEN for name in SECRETS}
    return _load(given)


def test_secrets_print_as_stars_wherever_they_go() -> None:
    """repr, str, format, logging, json, fields as a dictionary, a raised error: the value is in none of them."""
    settings = _all_secret()
    secret = settings.slack_bot_token
    shown = [repr(settings), str(settings), f"{settings}", repr(secret), str(secret), f"{secret}", f"{secret!s:>9}"]
    shown += ["%s %r" % (secret, secret), "{0} {0!r}".format(secret)]  # noqa: UP031, UP032
    shown += [json.dumps(vars(settings), default=str), str(vars(settings)), str(dir(secret))]
    shown.append(logging.Formatter().format(logging.makeLogRecord({"msg": "%s", "args": (settings,)})))
    shown.append(str(_dictionary(settings)))
    try:
        raise ValueError(settings, secret)
    except ValueError:
        shown.append(traceback.format_exc())
    assert not any("hidden" in text for text in shown)
    assert "***" in repr(settings)
    assert repr(Secret("")) == "(not set)"


def _dictionary(settings: Settings) -> dict[str, Any]:
    return dataclasses.asdict(settings)


def test_secrets_can_be_copied_but_not_pickled() -> None:
    """A copy is the same object; a pickle would put the value into a file."""
    settings = _all_secret()
    assert copy.copy(settings.secret_key) is settings.secret_key
    assert copy.deepcopy(settings).secret_key is settings.secret_key
    assert dataclasses.replace(settings, port=1).secret_key.reveal() == HIDDEN
    for thing in (settings, settings.secret_key):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="a secret is not pickled"):
                pickle.dumps(thing, protocol)
    with pytest.raises(TypeError):
        json.dumps(settings.secret_key)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(NAMES)), st.text(st.characters(exclude_characters="\x00"), max_size=30), max_size=6
    )
)
def test_any_environment_is_settings_or_a_list_of_names(environment: dict[str, str]) -> None:
    """Whatever the values are, an error names settings and nothing else goes wrong."""
    try:
        settings = _load(environment)
    except SettingsError as error:
        problems = error.problems
        assert all(line.split(":")[0] in environment for line in problems)
    else:
        assert isinstance(settings.port, int)
