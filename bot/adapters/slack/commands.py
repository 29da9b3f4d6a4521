"""The table of commands: what the code listens to, what the manifest declares, what `help` shows.

Knows words and names; a test holds that code, manifest and table agree.
"""

from dataclasses import dataclass

HELP_WORDS = frozenset({"help", "?", "hilfe", "--help", "-h"})


@dataclass(frozen=True, kw_only=True)
class Command:
    """One slash command. `help_key` and `usage_key` name sentences; `escapes` lets Slack write channels as ids."""

    name: str
    hint: str
    help_key: str
    usage_key: str
    escapes: bool = False

    @property
    def slash(self) -> str:
        """The name as it is typed."""
        return f"/{self.name}"


def _command(name: str, hint: str = "", *, help_name: str = "", escapes: bool = False) -> Command:
    key = help_name or name
    return Command(name=name, hint=hint, help_key=f"shared.help_{key}", usage_key=f"slack.usage_{key}", escapes=escapes)


COMMANDS = (
    _command("ask", "[question]"),
    _command("when", "[topic]"),
    _command("at", "[time, such as 1:15:02]"),
    _command("insight", "[theme]"),
    _command("themes"),
    _command("map"),
    _command("about"),
    _command("daily", "[set, pause, resume, skip, next, preview, replace, now, status, stop]", escapes=True),
    _command("privacy"),
    _command("forget-me", help_name="forget"),
)


def command(name: str) -> Command | None:
    """The command of that name, with or without its slash."""
    return next((one for one in COMMANDS if one.name == name.removeprefix("/")), None)


def is_help(text: str) -> bool:
    """True where `help` was asked for."""
    return text.strip().lower() in HELP_WORDS
