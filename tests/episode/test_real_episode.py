"""The real episode: whole, true to its page, and found by words its passages do not use."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.episode.loader import read_episode
from bot.episode.model import Episode, Note, Turn
from bot.episode.transcript import Transcript, read_transcript
from bot.retrieval.text import stem

FOLDER = Path(__file__).parents[2] / "knowledge" / "jensen-huang"
FREE_ASKS = 8
_COMMON = frozenset(
    "a an the and or but if of in on at to for from by with about as is are was were be been being am do does did "
    "doing done has have had having i you he she it we they him her his its hers our ours your yours my mine me us "
    "them their theirs this that these those there here what which who whom whose when where why how not no nor so "
    "than then too very can could will would shall should may might must just also into out up down over under again "
    "more most some any all each few own same other such only s t re ve ll d m don doesn didn isn wasn say said says "
    "tell told talk talks talked mention mentioned get got go going thing things bit part one u y wat wen r jensen "
    "huang nvidia lex fridman podcast episode video mean make made think thinks like really something someone people "
    "explain".split()
)


@pytest.fixture(scope="module")
def real() -> Episode:
    """Reading it is the check: every problem would raise."""
    return read_episode(FOLDER)


@pytest.fixture(scope="module")
def page(real: Episode, transcript_page: Path) -> Transcript:
    """The published page."""
    return read_transcript(transcript_page, real)


def test_the_episode_is_the_one_published(real: Episode) -> None:
    """Number, date, people, length, video."""
    assert (real.id, real.number, real.date) == ("jensen-huang", 494, "2026-03-23")
    assert (real.host, real.guest) == ("Lex Fridman", "Jensen Huang")
    assert (real.duration_seconds, real.video_id) == (8758, "vif8NQcjVf0")
    assert len(real.chapters) == 21
    assert 10 <= len(real.themes) <= 14


def test_there_is_as_much_as_promised(real: Episode) -> None:
    """The standards cannot be lowered unnoticed."""
    assert len(real.notes) >= 300
    assert min(len(note.asks) for note in real.notes) >= 24
    assert min(len(note.not_here) for note in real.notes) >= 3
    assert min(len(group.asks) for note in real.notes for group in note.not_here) >= 4
    assert len(real.not_covered) >= 150
    assert len(real.insights) >= 90
    assert real.glossary.terms
    assert real.glossary.synonyms


def test_the_files_need_no_c_parser() -> None:
    """PyYAML's own parser, which is stricter, reads the head of the episode too."""
    head = yaml.load((FOLDER / "episode.yaml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    assert len(head["chapters"]) == 21


def test_no_minute_is_without_a_note(real: Episode) -> None:
    """From the first second to the last, and no note is a mere chapter."""
    covered = bytearray(real.duration_seconds)
    for note in real.notes:
        covered[note.start_seconds : note.end_seconds] = b"\1" * (note.end_seconds - note.start_seconds)
    assert covered.count(0) == 0
    assert max(note.end_seconds - note.start_seconds for note in real.notes) <= 600


def test_every_theme_is_used(real: Episode) -> None:
    """A tag that hangs on a few notes only is no theme."""
    counts = Counter(note.theme for note in real.notes)
    assert min(counts[theme.id] for theme in real.themes) >= 5


def test_every_answer_reads_as_one(real: Episode) -> None:
    """Whole sentences in plain text: no markup, no line break, an end."""
    texts = [(note.id, text) for note in real.notes for text in (note.answer, note.detail) if text]
    texts += [(one.id, one.text) for one in real.insights]
    texts += [(group.id, group.refusal) for group in real.not_covered]
    odd = [
        name
        for name, text in texts
        if re.search(r"[\n<>*_`]|  |https?:", text) or not re.search(r"[.!?…][”\")']?$", text)
    ]
    assert odd == []


def test_the_page_is_read_whole(real: Episode, page: Transcript) -> None:
    """398 turns of two speakers under 21 chapters."""
    assert (len(page.turns), page.chapters, page.speakers) == (398, 21, ("Lex Fridman", "Jensen Huang"))
    assert 20_000 < page.words < 30_000
    assert page.turns[-1].end_seconds == real.duration_seconds


def test_a_note_starts_where_its_speaker_starts(real: Episode, page: Transcript) -> None:
    """So that the link plays the answer from its first word, and not the question before it."""
    starts = {(turn.start_seconds, turn.speaker) for turn in page.turns}
    assert [note.id for note in real.notes if (note.start_seconds, note.speaker) not in starts] == []


def test_asks_say_it_in_other_words(real: Episode, page: Transcript) -> None:
    """At least eight asks of each note share no content word with its passage: those find what people half remember."""
    short = {}
    for note in real.notes:
        passage = _content(" ".join(turn.text for turn in _turns(page, note)))
        free = sum(passage.isdisjoint(_content(ask)) for ask in note.asks)
        if free < FREE_ASKS:
            short[note.id] = free
    assert short == {}


def _turns(page: Transcript, note: Note) -> list[Turn]:
    return [turn for turn in page.turns if note.start_seconds <= turn.start_seconds < note.end_seconds]


def _content(text: str) -> frozenset[str]:
    """The stems of a text's words that carry content, names of the people and the show aside."""
    found = (word.split("'")[0] for word in re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower().replace("’", "'")))
    return frozenset(stem(word) for word in found if word not in _COMMON)
