"""Whatever a person types, only our own text and links leave the core."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.library import Library
from bot.answer.model import Answer, Question, Refusal, Related
from bot.answer.plain import outcome_data
from bot.answer.service import Answers
from bot.errors import UsageError
from bot.retrieval.index import Index
from tests.made_up import episode_with_transcript

EPISODE = episode_with_transcript()
ANSWERS = Answers(Index.build(EPISODE), choose=lambda insights: insights[0])
LINK = re.compile(r"https://www\.youtube\.com/watch\?v=Ab3dEf6hIj_&t=\d+")
MARKUP = (
    "<b>", "<script>alert(1)</script>", "<img src=x onerror=1>", "**bold**", "`code`", "[x](https://evil.example)",
    "<https://evil.example|click>", "https://evil.example/?t=1", "@everyone", "<!channel>", "<@U012AB3CD>", "<#C0>",
    "\x1b[31m",
    "{{7*7}}", "%s%n", "&t=99999", "javascript:alert(1)", "\u202e", "__x__", "||spoiler||", "> quote", "'; drop",
)  # fmt: skip
TOPICS = "waves storm lamp dog horn soap steps salary norway breed vinegar coal sensor when why".split()
TYPED = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*TOPICS, *MARKUP]), max_size=6).map(" ".join),
    st.text(alphabet=":@<>&;/\\|*_`~#[](){}\"'$% \n\t01ab\u202e\u0000", max_size=60),
)


def _said(outcome: Answer | Refusal) -> Iterator[str]:
    """Every text of an outcome that a person would read, and every link."""
    yield outcome.text
    related = outcome.related if isinstance(outcome, Answer) else outcome.nearest
    for one in related:
        yield one.title
        yield one.moment.url
    if isinstance(outcome, Answer):
        yield outcome.title
        yield outcome.moment.url
        yield outcome.chapter.title
        if outcome.quote:
            yield outcome.quote.text


def _ours() -> str:
    """All text of the made-up episode and every line of ours, in one."""
    notes = (f"{note.title}\n{note.answer}\n{note.detail}" for note in EPISODE.notes)
    turns = (turn.text for turn in EPISODE.turns)
    return "\n".join((*notes, *turns, *(group.refusal for group in EPISODE.not_covered)))


@pytest.mark.parametrize(
    "topic", ["how high were the waves", "price of vinegar back then", "quantum submarines", "hello"]
)
@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_a_question_never_comes_back(answers: Answers, topic: str, markup: str) -> None:
    """Neither in the text, nor in a link, nor in what a program reads; only the question itself repeats it."""
    for text in (f"{markup} {topic}", f"{topic} {markup}", f"{markup}{topic}{markup}"):
        outcome = answers.ask(Question(text=text))
        for said in _said(outcome):
            assert markup not in said
        data = outcome_data(outcome)
        data.pop("question")
        assert markup not in str(data)


@given(
    TYPED,
    st.sampled_from([None, "lamp", "nothing", "<b>"]),
    st.one_of(st.none(), TYPED, st.sampled_from(["lamp-oil", "t150", "great-storm+"])),
)
@settings(max_examples=150)
def test_any_question_gets_an_outcome_of_our_own_words(text: str, theme: str | None, topic: str | None) -> None:
    """Never an exception, never silence; every link plays this video inside its length."""
    outcome = ANSWERS.ask(Question(text=text, theme=theme, topic=topic))
    assert outcome.text.strip()
    assert outcome == ANSWERS.ask(Question(text=text, theme=theme, topic=topic))
    assert 0 <= outcome.confidence <= 1
    related = outcome.related if isinstance(outcome, Answer) else outcome.nearest
    _check_moments(related)
    if isinstance(outcome, Answer):
        assert outcome.text.strip("“”…") in OURS
        assert LINK.fullmatch(outcome.moment.url)
        assert 0 <= outcome.moment.start_seconds < outcome.moment.end_seconds <= EPISODE.duration_seconds
        assert outcome.quote is None or outcome.quote.text.rstrip("…") in OURS
        assert ANSWERS.open(outcome.hit_id) is not None


def _check_moments(related: tuple[Related, ...]) -> None:
    assert len(related) <= 3
    seconds = [one.moment.start_seconds for one in related]
    assert len(set(seconds)) == len(seconds)
    for one in related:
        assert LINK.fullmatch(one.moment.url)
        assert 0 <= one.moment.start_seconds < one.moment.end_seconds <= EPISODE.duration_seconds
        assert ANSWERS.open(one.hit_id) is not None


@pytest.mark.parametrize(
    "letter", ["a", ":", "waves ", "💡", "<b>", "\n", "((", "ﷺ", "1h", "@everyone ", "a\u0301", "' OR 1=1 "]
)
def test_ten_thousand_characters_are_safe_at_every_verb(letter: str) -> None:
    """Ask, follow up, open, when, at, suggest: each gives its kind of nothing."""
    text = (letter * 10_000)[:10_000]
    assert ANSWERS.ask(Question(text=text)).text
    assert ANSWERS.ask(Question(text="and why?", topic=text)).text
    assert ANSWERS.ask(Question(text="waves", theme=text)).text
    assert ANSWERS.open(text) is None
    assert len(ANSWERS.when(text)) <= 5
    assert len(ANSWERS.suggest(text)) <= 25
    assert ANSWERS.insight(text) is None
    assert Library({"one": ANSWERS}, default="one").get(text) is None
    with pytest.raises(UsageError):
        ANSWERS.at(text)


@given(TYPED)
@settings(max_examples=60)
def test_any_text_is_safe_at_every_verb(text: str) -> None:
    """The other verbs, for whatever is typed."""
    _check_when(text)
    for suggestion in ANSWERS.suggest(text):
        assert 0 < len(suggestion.text) <= 100
        assert suggestion.text in OURS or suggestion.kind != "note"
    opened = ANSWERS.open(text)
    assert opened is None or opened.hit_id == text
    with suppress(UsageError):
        assert 0 <= ANSWERS.at(text).seconds < EPISODE.duration_seconds


def _check_when(text: str) -> None:
    moments = ANSWERS.when(text)
    assert len(moments) <= 5
    for one in moments:
        assert LINK.fullmatch(one.moment.url)
        assert one.title in OURS or one.title in {chapter.title for chapter in EPISODE.chapters}


OURS = _ours()
