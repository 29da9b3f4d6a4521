"""Search: the same question gives the same hits, in a fixed order, each with its why."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.episode.loader import read_episode
from bot.episode.model import Episode, Glossary, NotHere
from bot.retrieval.confidence import decide, probability
from bot.retrieval.index import Index, note_at
from bot.retrieval.search import KEPT, Found, explain, search
from tests.made_up import FOLDER, episode_with_transcript

INDEX = Index.build(episode_with_transcript())
REBUILT = Index.build(episode_with_transcript())
THEMES = {theme.id for theme in read_episode(FOLDER).themes}
WORDS = "storm gale lamp kerosene dog log waves horn vinegar soap salary norway sensor steps why how the of xyzzy stomr"


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("how high did the waves get", "great-storm"),
        ("the gale of 1990", "great-storm"),
        ("kerosene used per night", "lamp-oil"),
        ("what did the laterns burn", "lamp-oil"),
        ("why is soap bad for the lens", "cleaning-lens"),
        ("name of his dog", "dog-pilot"),
        ("199 steps", "automation"),
        ("what took over his job", "automation"),
        ("sleeping in the fog", "fog-horn"),
        ("first night on a sack of coal", "first-night"),
        ("closing thought of the host", "advice-listening"),
    ],
)
def test_a_question_leads_to_its_note(question: str, note: str) -> None:
    """By asks, answers, synonyms, variants and mended typos."""
    assert search(INDEX, question).hits[0].id == note


@given(st.lists(st.sampled_from(WORDS.split()), max_size=10).map(" ".join))
def test_hits_are_ordered_bounded_and_repeatable(question: str) -> None:
    """Best first, ties by moment and id, never more than ten, the same every time."""
    found = search(INDEX, question)
    assert found == search(INDEX, question)
    assert found == search(REBUILT, question)
    keys = [(-hit.asked, -hit.score, hit.start_seconds, hit.id) for hit in found.hits]
    assert keys == sorted(keys)
    assert len(keys) == len({hit.id for hit in found.hits}) <= KEPT
    assert all(hit.score > 0 or hit.asked for hit in found.hits)
    _check_shares(found)


@given(st.text(max_size=120))
@settings(max_examples=60)
def test_any_text_can_be_searched(text: str) -> None:
    """Whatever is typed gives a result, and a probability that is one."""
    found = search(INDEX, text)
    _check_shares(found)
    assert decide(found)[1] == probability(found)


def _check_shares(found: Found) -> None:
    assert 0 <= found.refused_match <= 1
    assert 0 <= probability(found) <= 1
    assert all(0 <= hit.match <= 1 for hit in found.hits)


def test_the_order_of_the_notes_decides_nothing(told_episode: Episode) -> None:
    """Notes that tie are told apart by time and id, not by where they stand in the files."""
    backwards = Index.build(replace(told_episode, notes=told_episode.notes[::-1]))
    for question in ("storm", "lamp and dog", "what did he do", "fog horn waves steps", "keeper"):
        assert [(hit.id, hit.score) for hit in search(backwards, question).hits] == [
            (hit.id, hit.score) for hit in search(INDEX, question).hits
        ]


def test_a_tie_goes_to_the_earlier_moment(told_episode: Episode) -> None:
    """Two notes of the same words: the first in the video leads."""
    storm = told_episode.note("great-storm")
    twin = replace(storm, id="a-twin", start_seconds=storm.start_seconds + 1)
    hits = search(Index.build(replace(told_episode, notes=(twin, *told_episode.notes))), "waves in the storm").hits
    assert [hit.id for hit in hits[:2]] == ["great-storm", "a-twin"]
    assert hits[0].score == hits[1].score


def test_a_notes_own_ask_leads_to_it(told_episode: Episode) -> None:
    """Though another note says those words in its title, its answer and many asks."""
    storm, dog = told_episode.note("great-storm"), told_episode.note("dog-pilot")
    asks = tuple(f"{word} waves of the great storm" for word in ("terrible", "towering", "roaring", "freezing"))
    loud = replace(storm, title="Waves of the great storm", answer="Great waves, a great storm.", asks=asks)
    asked = replace(dog, asks=(*dog.asks, "the great storm and its waves"))
    notes = tuple({storm.id: loud, dog.id: asked}.get(note.id, note) for note in told_episode.notes)
    hits = search(Index.build(replace(told_episode, notes=notes)), "waves of the great storm?").hits
    assert [hit.id for hit in hits[:2]] == ["dog-pilot", "great-storm"]
    assert hits[0].score < hits[1].score


@pytest.mark.parametrize(
    ("question", "note", "asked"),
    [("Who is Tomas?", "first-night", 2), ("the storm", "dog-pilot", 2), ("is there a storm", "dog-pilot", 0)],
    ids=["only a name", "one word, said just so", "one word, said otherwise"],
)
def test_an_ask_of_little_is_known_word_for_word(told_episode: Episode, question: str, note: str, asked: int) -> None:
    """What holds no word that counts, or one alone, is an ask only when all of it is said."""
    more = {"first-night": "who is tomas", "dog-pilot": "the storm"}
    notes = tuple(replace(one, asks=(*one.asks, *filter(None, [more.get(one.id)]))) for one in told_episode.notes)
    found = search(Index.build(replace(told_episode, notes=notes)), question)
    assert (found.hits[0].id, found.hits[0].asked) == (note, asked)
    assert decide(found)[0] == "answer"


@pytest.mark.parametrize(
    ("question", "seconds_between", "first"),
    [
        ("how high were the waves in the storm", 0, "great-storm"),
        ("how high were the waves in the storm", 1, "framing"),
        ("what did the host ask: how high were the waves in the storm", 0, "framing"),
        ("how high were the waves in the storm at night", 0, "framing"),
    ],
    ids=["touching", "apart", "host named", "the framing's own ask"],
)
def test_the_guests_reply_goes_before_the_hosts_framing(
    told_episode: Episode, question: str, seconds_between: int, first: str
) -> None:
    """Where it follows at once and scores nearly as much, and nobody asks about the host or in the framing's words."""
    storm = told_episode.note("great-storm")
    framing = replace(
        storm,
        id="framing",
        speaker=told_episode.host,
        start_seconds=storm.start_seconds - 10,
        end_seconds=storm.start_seconds - seconds_between,
        title="Waves in the storm?",
        answer="The host asks about the waves.",
        detail="",
        asks=("how high were the waves in the storm at night", "waves storm"),
    )
    hits = search(Index.build(replace(told_episode, notes=(framing, *told_episode.notes))), question).hits
    assert [hit.id for hit in hits[:2]] == sorted(["framing", "great-storm"], key=lambda one: one != first)


@pytest.mark.parametrize("theme", ["lamp", "weather", "life", "nothing", ""])
def test_a_theme_keeps_to_its_notes(theme: str) -> None:
    """No other note, and no bare passage, which has no theme; an unknown theme finds nothing."""
    hits = search(INDEX, "lamp storm dog keeper waves horn glass", theme=theme).hits
    assert {hit.note.theme if hit.note else None for hit in hits} == ({theme} if theme in THEMES else set())


def test_a_theme_does_not_change_the_order() -> None:
    """What is left out is only left out."""
    question = "lamp storm dog keeper waves horn glass"
    everything = [hit.id for hit in search(INDEX, question).hits if hit.note and hit.note.theme == "lamp"]
    assert [hit.id for hit in search(INDEX, question, theme="lamp").hits][: len(everything)] == everything


def test_words_of_no_note_find_nothing() -> None:
    """No hit rather than hits of score zero."""
    found = search(INDEX, "submarine quarterback")
    assert found.hits == ()
    assert decide(found)[0] == "refusal"


def test_a_question_of_stop_words_finds_nothing_to_answer() -> None:
    """There is nothing to be sure of."""
    assert decide(search(INDEX, "what is it about"))[0] == "refusal"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("how much was the keeper paid", "what he earned"),
        ("what breed was pilot", "the dog's breed"),
        ("how many decibels is the horn", "how loud the horn is"),
        ("capital city of peru", "capitals"),
    ],
)
def test_what_is_not_here_is_recognised(question: str, topic: str) -> None:
    """The phrasings a curator wrote beside a note speak against answering."""
    found = search(INDEX, question)
    assert found.refused is not None
    assert found.refused.topic == topic
    assert found.refused_match > 0.6


def test_a_refused_phrasing_is_refused_however_well_it_matches(told_episode: Episode) -> None:
    """Word for word what a curator wrote down as not answered is not, though a note holds all of its words."""
    storm = told_episode.note("great-storm")
    group = NotHere(topic="height", asks=("how high did the waves get",))
    bare = replace(storm, asks=("waves how high they did not get",), not_here=(group,))
    notes = tuple(bare if note is storm else note for note in told_episode.notes)
    found = search(Index.build(replace(told_episode, notes=notes)), "How high did the waves get?")
    assert (found.is_refused, found.refused_match, decide(found)) == (True, 1.0, ("refusal", 0.0))


def test_why_names_field_and_words() -> None:
    """For a curator who asks why a note came first."""
    found = search(INDEX, "how high were the waves")
    assert explain(INDEX, found, found.hits[0])[-1] == "asks: high, waves"
    assert any(line.startswith("answer: waves") for line in explain(INDEX, found, found.hits[0]))


def test_without_transcript_the_notes_are_found(episode: Episode) -> None:
    """Everything works on notes alone."""
    index = Index.build(episode)
    assert index.passages == ()
    assert search(index, "how high were the waves").hits[0].id == "great-storm"


def test_without_notes_the_passages_are_found(told_episode: Episode) -> None:
    """And on a transcript alone."""
    index = Index.build(replace(told_episode, notes=(), insights=(), not_covered=()))
    hit = search(index, "vinegar and newspaper").hits[0]
    assert hit.note is None
    assert hit.passage is not None
    assert "Vinegar" in hit.passage.text


def test_an_episode_of_nothing_is_searched_in_vain(episode: Episode) -> None:
    """Neither notes nor transcript nor glossary: no hit, no crash."""
    index = Index.build(replace(episode, notes=(), not_covered=(), insights=(), glossary=Glossary()))
    found = search(index, "how high were the waves")
    assert (found.hits, found.refused) == ((), None)
    assert decide(found)[0] == "refusal"


@pytest.mark.parametrize(
    ("second", "note"),
    [(0, "first-night"), (59, "first-night"), (60, "lamp-oil"), (599, "advice-listening"), (600, None)],
)
def test_the_note_of_a_second(episode: Episode, second: int, note: str | None) -> None:
    """Its start belongs to a note, its end to the next."""
    found = note_at(episode, second)
    assert (found.id if found else None) == note


def test_the_shortest_note_of_a_second_wins(episode: Episode) -> None:
    """Of notes that overlap the most exact one."""
    inner = replace(episode.note("great-storm"), id="inner", start_seconds=160, end_seconds=170)
    assert note_at(replace(episode, notes=(*episode.notes, inner)), 165) == inner
