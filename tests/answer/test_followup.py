"""Which questions have no content of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.followup import is_bare


@pytest.mark.parametrize(
    "text",
    "why|why?|and why?|how so|how come|tell me more|more please|go on|really?|explain|can you elaborate"
    "|what does that mean|when was that|who said that|where is it"
    "|what else|for example?|source?|link pls|and then|what did he say about it"
    "|ok and|So?|HOW|what do you mean|could you explain that a bit|why is that|and?|wdym|say more|continue|next".split(
        "|"
    ),
)
def test_a_question_without_content_is_bare(text: str) -> None:
    """It only makes sense after an answer."""
    assert is_bare(text)


@pytest.mark.parametrize(
    "text",
    "|   |?!|why did he leave the lamp|and the dog?|more about vinegar|how high|storm|what about soap|who is brandt"
    "|and and and and and and and and and|when did the keeper arrive|2021|why the horn".split("|"),
)
def test_a_question_with_content_is_not(text: str) -> None:
    """One word of the matter is enough, and nothing at all is no follow-up."""
    assert not is_bare(text)


@given(st.text(max_size=100))
def test_any_text_is_bare_or_not(text: str) -> None:
    """Case and punctuation around it change nothing."""
    assert is_bare(text) == is_bare(f"  {text} ?! ")
