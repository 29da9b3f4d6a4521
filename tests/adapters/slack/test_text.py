"""Escaping, unescaping and shortening: whatever a person typed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.text import escape, escape_within, link, mention, one_line, said, unescape

texts = st.text(alphabet=st.one_of(st.sampled_from("<>&;!@#|amplgt "), st.characters()), max_size=300)
printable = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300)


@given(texts)
def test_nothing_that_was_typed_stays_a_mark(text: str) -> None:
    """Neither `<` nor `>` survives, and every `&` begins one of the three entities."""
    escaped = escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert re.sub(r"&(amp|lt|gt);", "", escaped).count("&") == 0


@given(printable)
def test_escaping_loses_nothing(text: str) -> None:
    """Unescaping gives back what was escaped, so exactly three characters are touched."""
    assert unescape(escape(text)) == text


@given(printable, st.integers(min_value=10, max_value=200))
def test_a_cut_never_splits_an_entity(text: str, limit: int) -> None:
    """Within the limit, and still nothing but whole entities."""
    cut = escape_within(text, limit)
    assert len(cut) <= limit
    assert re.sub(r"&(amp|lt|gt);", "", cut).count("&") == 0


def test_calls_links_and_mentions_break() -> None:
    """What would ping or link is shown as it was typed."""
    assert escape("<!channel> <@U012AB> <https://evil.example|click>") == (
        "&lt;!channel&gt; &lt;@U012AB&gt; &lt;https://evil.example|click&gt;"
    )


def test_what_was_said_comes_without_slacks_marks() -> None:
    """The mention of the bot goes, links become words, entities become characters."""
    raw = "<@UBOT> what did &lt;he&gt; say about <https://a.example|the lamp> &amp; <#C1|general>?"
    assert said(raw, bot_user_id="UBOT") == "what did <he> say about the lamp & general?"


def test_without_a_known_bot_the_first_mention_goes() -> None:
    """A mention in front is taken for the bot's."""
    assert said("<@U0X|bot> hello <@U0Y>") == "hello <@U0Y>"


@given(texts)
def test_a_quotation_has_one_line(text: str) -> None:
    """No line break lets a question out of its quotation."""
    assert len(one_line(text).splitlines()) <= 1


@given(texts)
def test_only_ids_of_people_are_mentioned(text: str) -> None:
    """What is no user id mentions nobody."""
    made = mention(text)
    assert made == "" or re.fullmatch(r"<@[UW][A-Z0-9]+>", made)


@given(texts)
def test_a_links_words_cannot_end_it(text: str) -> None:
    """A title with bars and brackets stays inside our link."""
    made = link("https://www.youtube.com/watch?v=Ab3dEf6hIj_&t=5", text)
    assert made.count("<") == made.count(">") == made.count("|") == 1
