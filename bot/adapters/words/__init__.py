"""What the bot says around an answer, in every language it speaks: one catalogue a language, English below all.

Knows keys and placeholders, no platform and no markup; a value put into a sentence is never read as a template.
"""

from functools import cache
from pathlib import Path

import yaml

FALLBACK = "en"


def say(key: str, locale: str = FALLBACK, **values: object) -> str:
    """The sentence `section.name` in the nearest language: `de-AT` falls back to `de`, then English.

    Raises KeyError for a key that English lacks, or a placeholder that got no value.
    """
    return _template(key, locale).format_map(values)


def says(key: str, locale: str) -> str | None:
    """The sentence in that very language (`de` for `de-AT`); None where it has none, English included as itself."""
    return _catalogue(_language(locale)).get(key)


def languages() -> tuple[str, ...]:
    """Every language with a catalogue, English first."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("*.yaml"))
    return (FALLBACK, *(name for name in found if name != FALLBACK))


def keys(language: str) -> frozenset[str]:
    """Every key of a language's catalogue."""
    return frozenset(_catalogue(language))


def _template(key: str, locale: str) -> str:
    return says(key, locale) or _catalogue(FALLBACK)[key]


def _language(locale: str) -> str:
    return locale.replace("_", "-").split("-")[0].lower()


@cache
def _catalogue(language: str) -> dict[str, str]:
    if language not in languages():
        return {}
    text = (Path(__file__).parent / f"{language}.yaml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": str(line).strip()
        for section, lines in yaml.safe_load(text).items()
        for name, line in lines.items()
    }
