"""The tree of errors. A message says where, what, and what to do.

ChapterVerseError
├── KnowledgeError      the curated files are wrong; carries every problem at once
├── TranscriptError     a transcript file or download cannot be used
├── SettingsError       the environment is wrong; carries every bad name at once
├── UsageError          a person asked for something in a form we cannot read; safe to show in chat
└── StoreError          the database cannot be used right now
"""


class ChapterVerseError(Exception):
    """Root of all errors raised on purpose."""


class _Problems(ChapterVerseError):
    """Several problems reported at once, one a line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class KnowledgeError(_Problems):
    """The curated files are wrong. Each problem starts with file and place."""


class SettingsError(_Problems):
    """The environment is wrong. Each problem starts with the setting's name; values are never shown."""


class TranscriptError(ChapterVerseError):
    """A transcript cannot be read or fetched; nothing was changed."""


class UsageError(ChapterVerseError):
    """A person's input cannot be read. The message is ours, fixed, and safe to show in chat."""


class StoreError(ChapterVerseError):
    """The database cannot be used right now; the message names the next step."""
