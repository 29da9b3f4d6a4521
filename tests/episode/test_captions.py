"""Caption files of every kind become the same turns."""

# ruff: noqa: E501  # one case a line

from pathlib import Path

import pytest

from bot.episode.model import Episode, Turn
from bot.episode.transcript import parse_captions, read_transcript
from bot.errors import TranscriptError

CAPTIONS = Path(__file__).parent / "captions"
ROLLED = [
    (2, "I came out with the mail boat a boy of nineteen"),
    (150, "tell me about the storm"),
    (545, "the sea speaks second"),
]


def _told(turns: tuple[Turn, ...]) -> list[tuple[int, str]]:
    return [(turn.start_seconds, turn.text) for turn in turns]


@pytest.mark.parametrize("name", ["rolling.vtt", "rolling.srt", "auto.json3"])
def test_rolling_captions_say_every_word_once(episode: Episode, name: str) -> None:
    """YouTube repeats the line before in each cue; marks of a new voice are cut."""
    found = read_transcript(CAPTIONS / name, episode)
    assert _told(found.turns) == ROLLED
    assert (found.chapters, found.speakers) == (0, ())


def test_named_voices_become_speakers(episode: Episode) -> None:
    """Cues of one voice join to a turn; tags and entities are read, notes and settings left out."""
    found = read_transcript(CAPTIONS / "voices.vtt", episode)
    assert [(turn.speaker, turn.start_seconds, turn.text) for turn in found.turns] == [
        ("Tomas Brandt", 2, "I came out with the mail boat, a boy of nineteen. The bunk was soaked & cold."),
        ("Ada Quill", 150, "Tell me about the storm."),
        ("Tomas Brandt", 545, "The sea speaks second."),
    ]


def test_a_mark_inside_a_caption_begins_a_turn(episode: Episode) -> None:
    """Two voices in one caption are two turns; a byte order mark and CR LF do no harm."""
    found = read_transcript(CAPTIONS / "windows.srt", episode)
    assert _told(found.turns) == [
        (2, "I came out with the mail boat, a boy of nineteen."),
        (150, "Tell me about the storm."),
        (150, "Green water over the gallery."),
        (545, "The sea speaks second."),
    ]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("I", "In those days", "I In those days"),
        ("the fact", "act of God", "the fact act of God"),
        ("that is a fact", "act", "that is a fact act"),
        ("we saw the light", "the light went out", "we saw the light the light went out"),
        ("and he said no", "nobody came", "and he said no nobody came"),
    ],
)
def test_captions_that_only_look_alike_keep_their_words(episode: Episode, first: str, second: str, joined: str) -> None:
    """Only whole repeated captions, or three words and more, are taken for rolling ones."""
    text = f"1\n00:00:02,000 --> 00:00:04,000\n{first}\n\n2\n00:00:04,000 --> 00:00:06,000\n{second}\n\n"
    text += "3\n00:09:05,000 --> 00:09:20,000\nend\n"
    assert parse_captions(text, "srt", episode).turns[0].text == joined


def test_long_speech_is_cut_at_sentences(episode: Episode) -> None:
    """Turns of captions are about 60 words, cut where a sentence ends, and at 120 words at the latest."""

    def _clock(second: int) -> str:
        return f"00:{second // 60:02}:{second % 60:02},000"

    cues = [
        f"{i}\n{_clock(2 * i)} --> {_clock(2 * i + 2)}\n"
        + " ".join(f"w{i}x{j}" for j in range(9))
        + (" end." if i % 3 else " on")
        for i in range(1, 290)
    ]
    turns = parse_captions("\n\n".join(cues) + "\n", "srt", episode).turns
    sizes = [len(turn.text.split()) for turn in turns]
    assert sum(sizes) == 2890
    assert all(60 <= size <= 80 for size in sizes[:-1])
    assert all(turn.text.endswith("end.") for turn in turns[:-1])
    endless = "\n\n".join(cue.replace("end.", "on") for cue in cues) + "\n"
    assert max(len(turn.text.split()) for turn in parse_captions(endless, "srt", episode).turns) <= 130


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("vtt", "", "not readable as .vtt captions; export them again"),
        ("vtt", "1\n00:00:01.000 --> 00:00:02.000\nno header\n", "not readable as .vtt captions; export them again"),
        ("vtt", "WEBVTT\n", "no captions found; check that it is the file you meant"),
        ("vtt", "WEBVTT\n\n00:00:61.000 --> 00:00:62.000\nx\n", "no captions found; check that it is the file you meant"),
        ("srt", "", "not readable as .srt captions; export them again"),
        ("srt", "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", "not readable as .srt captions; export them again"),
        ("json3", "", "not readable as YouTube json3 captions; download them again"),
        ("json3", "{}", "not readable as YouTube json3 captions; download them again"),
        ("json3", "[]", "not readable as YouTube json3 captions; download them again"),
        ("json3", "[" * 100_000, "not readable as YouTube json3 captions; download them again"),
        ("json3", '{"events": []}', "no captions found; check that it is the file you meant"),
        ("json3", '{"events": [{"segs": [{"utf8": "no time"}]}]}', "not readable as YouTube json3 captions; download them again"),
        ("json3", '{"events": [{"tStartMs": -1000, "segs": [{"utf8": "a"}]}]}', "not readable as YouTube json3 captions; download them again"),
        ("json3", '{"events": [{"tStartMs": 1000, "segs": [{"utf8": "a"}]}]}', "it is cut off at 0:01 of 10:00; save it again, whole"),
        ("json3", '{"events": [{"tStartMs": 900000, "segs": [{"utf8": "a"}]}]}', "it goes on to 15:00, but the video ends at 10:00"),
    ],
)  # fmt: skip
def test_captions_that_cannot_be_used_get_one_line(episode: Episode, kind: str, text: str, line: str) -> None:
    """What is wrong, and what to do."""
    with pytest.raises(TranscriptError) as caught:
        parse_captions(text, kind, episode)
    assert str(caught.value) == line


def test_a_cut_download_is_noticed(tmp_path: Path, episode: Episode) -> None:
    """Half of a caption file is refused, not taken for a short talk."""
    whole = (CAPTIONS / "voices.vtt").read_text(encoding="utf-8")
    path = tmp_path / "half.vtt"
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    with pytest.raises(TranscriptError, match=r"^half\.vtt: it is cut off at 0:0\d of 10:00"):
        read_transcript(path, episode)
