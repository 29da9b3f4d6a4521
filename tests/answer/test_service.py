"""The one door: what each verb promises."""

from dataclasses import replace

import pytest

from bot.answer import compose
from bot.answer.library import Library
from bot.answer.model import Answer, Question, Refusal
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.errors import UsageError
from bot.retrieval.index import Index
from tests.answer.asked import answered


def _refusal(answers: Answers, text: str) -> Refusal:
    outcome = answers.ask(Question(text=text))
    assert isinstance(outcome, Refusal)
    return outcome


@pytest.fixture(scope="module")
def untold(episode: Episode) -> Answers:
    """Answers without transcript."""
    return Answers(Index.build(episode), choose=lambda insights: insights[-1])


def test_an_answer_names_note_moment_chapter_theme_and_speaker(answers: Answers) -> None:
    """The note's text, and the turn that says it, verbatim, at its own second."""
    answer = answered(answers, "how high were the waves?")
    assert answer.hit_id == "great-storm"
    assert answer.text.startswith("In February 1990 waves broke over the gallery")
    assert answer.moment.url == "https://www.youtube.com/watch?v=Ab3dEf6hIj_&t=158"
    assert (answer.moment.clock, answer.moment.end_seconds) == ("2:38", 220)
    assert answer.chapter.title == "The great storm"
    assert answer.theme is not None
    assert (answer.theme.id, answer.speaker, answer.source) == ("weather", "Tomas Brandt", "note")
    assert 0.5 <= answer.confidence <= 1
    assert answer.quote is not None
    assert answer.quote.speaker == "Tomas Brandt"
    assert "metres up" in answer.quote.text
    assert answer.outcome == "answer"
    assert answer.question == "how high were the waves?"


def test_without_transcript_the_answer_is_the_same_without_quote(answers: Answers, untold: Answers) -> None:
    """The note's own start, no quote, the same words."""
    told, plain = answered(answers, "how high were the waves"), answered(untold, "how high were the waves")
    assert (plain.text, plain.hit_id, plain.theme, plain.speaker) == (told.text, told.hit_id, told.theme, told.speaker)
    assert plain.quote is None
    assert plain.moment.start_seconds == 150


def test_a_quote_is_verbatim(answers: Answers, told_episode: Episode) -> None:
    """Word for word of one turn, at most 300 characters."""
    for note in told_episode.notes:
        answer = answers.open(note.id)
        assert answer is not None
        assert answer.quote is not None
        assert len(answer.quote.text) <= 300
        said = {turn.text: turn.speaker for turn in told_episode.turns if answer.quote.text in turn.text}
        assert set(said.values()) == {answer.quote.speaker}


def test_a_quote_keeps_its_inner_quotation_marks(told_episode: Episode) -> None:
    """Whole sentences as they stand, with the mark that closes what somebody else said."""
    text = 'The pilot told me: "Never on a Friday." Then the waves came. Nobody laughed.'
    turns = tuple(replace(turn, text=text) if turn.start_seconds == 158 else turn for turn in told_episode.turns)
    index = Index.build(replace(told_episode, turns=turns))
    passage = next(one for one in index.passages if text in one.text)
    answer = Answers(index).open(f"t{passage.start_seconds}", question="what did the pilot say about friday")
    assert answer is not None
    assert answer.quote is not None
    assert answer.quote.text == 'The pilot told me: "Never on a Friday." Then the waves came.'


def test_a_question_about_two_places_gets_both(answers: Answers) -> None:
    """One as the answer, the other among the further moments."""
    answer = answered(answers, "how did he polish the glass and when did electricity arrive")
    found = {answer.hit_id, *(one.hit_id for one in answer.related)}
    assert {"cleaning-lens", "lamp-oil"} <= found
    assert answer.hit_id not in {one.hit_id for one in answer.related}


def test_a_theme_keeps_the_answer_to_it(answers: Answers) -> None:
    """The best of that theme, or a refusal; never a moment of another theme."""
    outcome = answers.ask(Question(text="how high were the waves", theme="lamp"))
    related = outcome.related if isinstance(outcome, Answer) else outcome.nearest
    assert not isinstance(outcome, Answer) or (outcome.theme and outcome.theme.id == "lamp")
    assert {one.theme.id for one in related if one.theme} <= {"lamp"}
    assert answered(answers, "how high were the waves", theme="weather").hit_id == "great-storm"


@pytest.mark.parametrize(
    ("question", "text", "nearest"),
    [
        ("how much was the keeper paid", "That is not in this episode.", ["first-night"]),
        ("what breed was pilot", "That is not in this episode.", ["dog-pilot"]),
        ("how many decibels is the horn", "That is not in this episode.", ["fog-horn"]),
        ("will it rain tomorrow", "The forecast is not something this talk can tell.", []),
        ("what is the capital of norway", "That is general knowledge, and not in this talk.", ["first-night"]),
    ],
)
def test_what_the_curator_refused_is_refused(answers: Answers, question: str, text: str, nearest: list[str]) -> None:
    """In the curator's words where there are some, with the note it hangs on as nearest moment."""
    refusal = _refusal(answers, question)
    assert (refusal.outcome, refusal.reason) == ("refusal", "not_in_episode")
    assert refusal.text.startswith(text)
    assert [one.hit_id for one in refusal.nearest] == nearest


@pytest.mark.parametrize(
    "question", ["who won the football league", "best recipe for pancakes", "submarine cable prices"]
)
def test_what_is_about_something_else_is_refused(answers: Answers, question: str) -> None:
    """Honestly, and with at most one nearest moment."""
    refusal = _refusal(answers, question)
    assert refusal.outcome in ("refusal", "closest")
    assert refusal.confidence < 0.5
    assert "not in this episode" in refusal.text or refusal.nearest


def test_a_passage_answers_where_there_is_no_note(told_episode: Episode) -> None:
    """Its best sentences, marked as a quote, with the second and the speaker of their turn."""
    answers = Answers(Index.build(replace(told_episode, notes=(), insights=(), not_covered=())))
    answer = answers.open("t106") or answers.open("t61")
    assert answer is not None
    assert answer.text.startswith("“")
    assert answer.speaker == "Tomas Brandt"
    assert answer.related == ()


def test_when_gives_moments_about_a_topic(answers: Answers) -> None:
    """Best first, each playable, none twice."""
    moments = answers.when("storm")
    assert moments[0].hit_id == "great-storm"
    assert 1 <= len(moments) <= 5
    assert len({one.moment.start_seconds for one in moments}) == len(moments)
    assert len(answers.when("lamp lens keeper storm dog", limit=2)) == 2


def test_when_of_a_title_starts_there(answers: Answers) -> None:
    """A completed title of a note or chapter, in whatever case, leads to that place first."""
    assert answers.when("the dog that heard boats first")[0].hit_id == "dog-pilot"
    chapter = answers.when("Leaving the Rock ")[0]
    assert (chapter.title, chapter.moment.start_seconds, chapter.hit_id) == ("Leaving the rock", 360, "automation")


@pytest.mark.parametrize("topic", ["", "submarine quarterback", "💡"])
def test_when_of_nothing_is_nothing(answers: Answers, topic: str) -> None:
    """An empty tuple, not an error."""
    assert answers.when(topic) == ()


@pytest.mark.parametrize("time", ["2:40", "160", "2m40s", "t=160"])
def test_at_tells_what_is_said_then(answers: Answers, time: str) -> None:
    """The note, the chapter and the words of that second."""
    spoken = answers.at(time)
    assert spoken.seconds == 160
    assert spoken.chapter.title == "The great storm"
    assert spoken.answer is not None
    assert spoken.answer.hit_id == "great-storm"
    assert spoken.quote is not None
    assert spoken.quote.text.startswith("February of ninety")


def test_at_needs_no_transcript(untold: Answers) -> None:
    """The note and the chapter are there without it."""
    spoken = untold.at("9:59")
    assert spoken.quote is None
    assert spoken.answer is not None
    assert spoken.answer.hit_id == "advice-listening"


@pytest.mark.parametrize("time", ["10:00", "11:00", "9999999"])
def test_at_past_the_end_names_the_length(answers: Answers, time: str) -> None:
    """In a line that can be shown."""
    with pytest.raises(UsageError, match=r"^The video is 10:00 long; choose a time before that\.$"):
        answers.at(time)


def test_insights_come_with_all_a_post_needs(answers: Answers, untold: Answers, told_episode: Episode) -> None:
    """Theme, moment, chapter, and the note that answers 'ask about this'."""
    thought = answers.insight()
    assert thought is not None
    assert thought.insight == told_episode.insights[0]
    assert (thought.theme.id, thought.hit_id, thought.chapter.title) == ("life", "first-night", "Arrival")
    assert thought.moment.start_seconds == 0
    weather = untold.insight("weather")
    assert weather is not None
    assert weather.insight.id == "between-blasts"
    assert answers.insight("nothing") is None


def test_an_episode_without_insights_has_none(episode: Episode) -> None:
    """No error."""
    assert Answers(Index.build(replace(episode, insights=()))).insight() is None


def test_themes_and_chapters_are_the_episodes(answers: Answers, episode: Episode) -> None:
    """In its order."""
    assert answers.themes() == episode.themes
    assert answers.chapters() == episode.chapters


def test_why_tells_a_curator_what_matched(answers: Answers) -> None:
    """Each hit with its score and its words."""
    hit_id, score, lines = answers.why("how high were the waves")[0]
    assert (hit_id, score > 0) == ("great-storm", True)
    assert any("waves" in line for line in lines)


def test_swap_answers_from_the_new_knowledge_at_once(answers: Answers, told_episode: Episode) -> None:
    """Answers, suggestions and episode change together; ids of the old knowledge are gone."""
    only = replace(told_episode, notes=told_episode.notes[3:4], insights=(), not_covered=())
    answers.swap(Index.build(only))
    assert answers.episode is only
    assert answers.open("dog-pilot") is None
    assert "Cleaning the lens with vinegar" not in {one.text for one in answers.suggest("vinegar")}


def test_an_episode_of_nothing_refuses_everything(episode: Episode) -> None:
    """No notes, no transcript: honest, not broken."""
    bare = Answers(Index.build(replace(episode, notes=(), insights=(), not_covered=())))
    assert _refusal(bare, "how high were the waves").text == compose.NOT_HERE
    assert bare.when("waves") == ()
    assert bare.at("2:40").answer is None


def test_a_library_knows_its_episodes(answers: Answers, untold: Answers) -> None:
    """By id, the default first; an unknown id is None, an unknown default an error."""
    library = Library({"other": untold, "harbour-light": answers}, default="harbour-light")
    assert library.default is answers
    assert library.get("other") is untold
    assert library.get("nothing") is None
    assert library.ids[0] == "harbour-light"
    with pytest.raises(KeyError):
        Library({"other": untold}, default="missing")
