"""The catalogues of words: complete, and safe to fill."""

import string

import pytest

from bot.adapters.words import keys, languages, say, says


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_keys_and_placeholders_of_english(language: str) -> None:
    """A translation neither lacks a sentence nor invents one, and fills the same gaps."""
    assert keys(language) == keys("en")
    for key in keys("en"):
        assert placeholders(str(says(key, language))) == placeholders(str(says(key, "en"))), key


def test_german_is_complete_as_the_proof() -> None:
    """There is a second language."""
    assert "de" in languages()


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en-US", "Share"), ("de", "Teilen"), ("de-AT", "Teilen"), ("de_CH", "Teilen"), ("xx", "Share")],
)
def test_the_nearest_language_speaks(locale: str, said: str) -> None:
    """A region falls back to its language, an unknown language to English."""
    assert say("shared.share", locale) == said


def test_a_value_is_never_read_as_a_template() -> None:
    """Braces that a person typed stay braces."""
    assert say("shared.moments_title", topic="{code} {0.__class__}") == "Moments about “{code} {0.__class__}”"


def test_an_unknown_key_is_an_error_of_ours() -> None:
    """A misspelt key fails in a test, not silently in chat."""
    with pytest.raises(KeyError):
        say("shared.no_such_line")
