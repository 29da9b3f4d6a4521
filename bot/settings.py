"""One frozen object from the environment; nothing else reads it.

Knows names and kinds of settings, not what they are used for. Every bad name is reported at once, no value shown.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import SettingsError

NOT_TEXT = "not UTF-8 text; save it again as UTF-8"


class Secret:
    """A value that prints as stars. `reveal()` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself; pass it straight to the client that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "***" if self._value else "(not set)"

    __str__ = __repr__

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not pickled")


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return known[value.strip().lower()]
    except KeyError:
        raise ValueError("write 1 or 0") from None


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        digits = value.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 12 and lowest <= int(digits) <= highest):
            raise ValueError(f"write a whole number from {lowest} to {highest}")
        return int(digits)

    return read


def _one_of(*known: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in known:
            raise ValueError(f"write one of {', '.join(known)}")
        return value

    return read


def _names(value: str) -> tuple[str, ...]:
    return tuple(part for part in value.replace(",", " ").split() if part)


def _matching(form: str, advice: str) -> Callable[[str], tuple[str, ...]]:
    def read(value: str) -> tuple[str, ...]:
        names = _names(value)
        if any(re.fullmatch(form, name) is None for name in names):
            raise ValueError(advice)
        return names

    return read


def _folder(value: str) -> Path:
    if len(os.fsencode(value)) > 1000 or any(len(os.fsencode(part)) > 255 for part in Path(value).parts):
        raise ValueError("too long for the path of a folder")
    return Path(value)


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_one = False
    if value and not (is_one and value.isprintable() and " " not in value):
        raise ValueError("write an address such as https://bot.example.org")
    return value


def _digits(value: str) -> str:
    if value and not (value.isascii() and value.isdigit()):
        raise ValueError("write the id: digits only")
    return value


def _hex_key(value: str) -> str:
    if value and (len(value) != 64 or any(letter not in "0123456789abcdefABCDEF" for letter in value)):
        raise ValueError("write the 64 hexadecimal digits of the public key")
    return value


def _token(prefix: str = "") -> Callable[[str], Secret]:
    """Sent in a header, so what no header holds is told here."""

    def read(value: str) -> Secret:
        if value and not value.startswith(prefix):
            raise ValueError(f"it must start with {prefix}")
        if not (value.isascii() and value.isprintable() and " " not in value):
            raise ValueError("it holds a space, a line break or another sign no token has; copy it anew, it alone")
        return Secret(value)

    return read


def _keys(value: str) -> Secret:
    if value and not value.replace(",", " ").strip():
        raise ValueError("write one key, or several divided by commas")
    return Secret(value)


def _setting(
    name: str, help: str, read: Callable[[str], Any] = _text, default: str = "", *, secret: bool = False
) -> Any:
    return field(metadata={"name": name, "help": help, "read": read, "default": default, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings. In the environment every secret may also be given as a file by `NAME_FILE`."""

    discord_token: Secret = _setting("DISCORD_TOKEN", "Bot token; starts the gateway client.", _token(), secret=True)
    discord_application_id: str = _setting(
        "DISCORD_APPLICATION_ID", "Application id, for the invite link and HTTP interactions.", _digits
    )
    discord_public_key: str = _setting(
        "DISCORD_PUBLIC_KEY", "Public key of the application; turns HTTP interactions on.", _hex_key
    )
    discord_gateway: bool = _setting("DISCORD_GATEWAY", "0: no gateway connection, HTTP interactions only.", _flag, "1")
    discord_shards: int = _setting(
        "DISCORD_SHARDS", "Shards in all; 0 lets Discord decide once past 1,000 servers.", _number(0, 1000), "0"
    )
    discord_shard_ids: tuple[str, ...] = _setting(
        "DISCORD_SHARD_IDS", "Which of the shards this process runs, such as 0,1,2; empty: all.", _names
    )
    slack_bot_token: Secret = _setting(
        "SLACK_BOT_TOKEN", "Bot token of one workspace (xoxb-).", _token("xoxb-"), secret=True
    )
    slack_app_token: Secret = _setting(
        "SLACK_APP_TOKEN", "App-level token (xapp-); turns Socket Mode on.", _token("xapp-"), secret=True
    )
    slack_signing_secret: Secret = _setting(
        "SLACK_SIGNING_SECRET", "Signing secret; turns signed HTTP on.", _token(), secret=True
    )
    slack_client_id: str = _setting("SLACK_CLIENT_ID", "With the secret: installs into several workspaces.")
    slack_client_secret: Secret = _setting("SLACK_CLIENT_SECRET", "OAuth client secret.", _token(), secret=True)
    slack_admins: tuple[str, ...] = _setting(
        "SLACK_ADMINS",
        "Slack user ids that may run /daily beside the installer, such as U012AB3CD,U045EF6GH.",
        _matching("[UW][A-Z0-9]+", "write user ids, such as U012AB3CD: in the person's Slack profile, Copy member ID"),
    )
    slack_optional_scopes: tuple[str, ...] = _setting(
        "SLACK_OPTIONAL_SCOPES",
        "Optional scopes granted: channels:history, channels:read, chat:write.public, users:read.",
        _matching(
            "channels:history|channels:read|chat:write\\.public|users:read",
            "write some of channels:history, channels:read, chat:write.public, users:read",
        ),
    )
    database_url: Secret = _setting(
        "DATABASE_URL", "postgresql://… or sqlite:///…; empty: SQLite in DATA_DIR.", Secret, secret=True
    )
    data_dir: Path = _setting("DATA_DIR", "Where the transcript, the cache and SQLite live.", _folder, ".data")
    knowledge_dir: Path = _setting("KNOWLEDGE_DIR", "Folder with one folder an episode.", _folder, "knowledge")
    episode: str = _setting(
        "EPISODE", "Id (folder name) of the episode that is answered about.", default="jensen-huang"
    )
    host: str = _setting("HOST", "Address the HTTP server listens on.", default="127.0.0.1")
    port: int = _setting("PORT", "Port of the HTTP server; 0 picks a free one.", _number(0, 65535), "8080")
    public_url: str = _setting(
        "PUBLIC_URL", "Address people reach the server by, for share and install links.", _web_address
    )
    trusted_proxies: int = _setting(
        "TRUSTED_PROXIES", "How many reverse proxies stand in front (for X-Forwarded-For).", _number(0, 10), "0"
    )
    transcript_autofetch: bool = _setting(
        "TRANSCRIPT_AUTOFETCH", "0: never download the transcript page at start.", _flag, "1"
    )
    log_format: str = _setting("LOG_FORMAT", "console or json.", _one_of("console", "json"), "console")
    log_level: str = _setting(
        "LOG_LEVEL", "debug, info, warning or error.", _one_of("debug", "info", "warning", "error"), "info"
    )
    keep_questions: bool = _setting(
        "KEEP_QUESTIONS", "1: keep question texts (with hashed user ids) in the database.", _flag, "0"
    )
    retention_days: int = _setting(
        "RETENTION_DAYS", "Votes and kept questions are removed after so many days.", _number(1, 3650), "30"
    )
    secret_key: Secret = _setting(
        "SECRET_KEY",
        "Hashes user ids and encrypts Slack tokens; several, newest first, divided by commas. "
        "Empty: one is made in DATA_DIR.",
        _keys,
        secret=True,
    )
    questions_per_minute: int = _setting(
        "QUESTIONS_PER_MINUTE", "How many questions one person may ask a minute.", _number(1, 10000), "12"
    )
    channel_questions_per_minute: int = _setting(
        "CHANNEL_QUESTIONS_PER_MINUTE", "How many one channel or server may ask a minute.", _number(1, 100000), "60"
    )
    otel_endpoint: str = _setting("OTEL_EXPORTER_OTLP_ENDPOINT", "Where traces go; needs the `traces` extra.")

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, *, dotenv: Path | None = Path(".env")) -> "Settings":
        """From the environment, with `.env` below it. Raises SettingsError with every bad name at once."""
        given = _from_file(dotenv) if dotenv is not None and dotenv.is_file() else {}
        given.update(os.environ if environment is None else environment)
        values: dict[str, Any] = {}
        problems: list[str] = []
        for spec in fields(cls):
            try:
                values[spec.name] = spec.metadata["read"](_given(spec.metadata, given))
            except UnicodeDecodeError:
                problems.append(f"{spec.metadata['name']}_FILE: {NOT_TEXT}")
            except ValueError as error:
                problems.append(f"{spec.metadata['name']}: {error}")
            except OSError as error:
                problems.append(f"{spec.metadata['name']}_FILE: cannot be read ({error.strerror})")
        if problems:
            raise SettingsError(problems)
        return cls(**values)


def _from_file(dotenv: Path) -> dict[str, str]:
    """What `.env` says, as it stands there: a `$` in a secret is a `$`."""
    try:
        values = dotenv_values(dotenv, interpolate=False)
    except UnicodeDecodeError:
        raise SettingsError([f"{dotenv}: {NOT_TEXT}"]) from None
    except OSError as error:
        raise SettingsError([f"{dotenv}: cannot be read ({error.strerror})"]) from None
    return {name: value for name, value in values.items() if value is not None}


def _given(metadata: Mapping[str, Any], given: Mapping[str, str]) -> str:
    name, value = metadata["name"], given.get(metadata["name"], "").strip()
    if metadata["secret"] and (path := given.get(f"{name}_FILE", "").strip()):
        if value:
            raise ValueError(f"set {name} or {name}_FILE, not both")
        value = Path(path).read_text(encoding="utf-8-sig").strip()
        if not value:
            raise ValueError(f"the file that {name}_FILE names is empty")
    return value or str(metadata["default"])


def env_example() -> str:
    """Every setting as a commented line of a `.env` file, with its default; never a value that somebody set."""
    blocks = [
        "# The settings of Chapter & Verse, made by `python -m bot.settings`.\n"
        "# Copy it to .env and take away the # in front of what you set; everything else keeps the default shown.\n"
        "# The real environment goes before this file. A secret may also be in a file: NAME_FILE=/path, not NAME."
    ]
    for spec in fields(Settings):
        name, secret = spec.metadata["name"], spec.metadata["secret"]
        other = f"\n# Secret; or in a file: {name}_FILE=/path" if secret else ""
        blocks.append(f"# {spec.metadata['help']}{other}\n#{name}={spec.metadata['default']}")
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    print(env_example(), end="")
