"""A saved transcript page becomes turns, or one clear line."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.episode.loader import read_episode
from bot.episode.model import Episode
from bot.episode.stored import load_turns, save_turns
from bot.episode.transcript import (
    SIZE_LIMIT,
    Transcript,
    parse_captions,
    parse_page,
    read_transcript,
)
from bot.errors import TranscriptError
from tests.made_up import FOLDER

EPISODE = read_episode(FOLDER)
PAGE = (FOLDER / "transcript.html").read_text(encoding="utf-8")


def _segment(second: int, text: str, *, speaker: str = "", href: str = "") -> str:
    link = href or f"https://youtube.com/watch?v=Ab3dEf6hIj_&amp;t={second}"
    return (
        f'<div class="ts-segment"><span class="ts-name">{speaker}</span><span class="ts-timestamp">'
        f'<a href="{link}">({second // 3600:02}:{second // 60 % 60:02}:{second % 60:02})</a></span>'
        f'<span class="ts-text">{text}</span></div>'
    )


def _check(found: Transcript, episode: Episode) -> None:
    """What every transcript holds to, whatever it came from."""
    assert found.turns
    end = 0
    for turn in found.turns:
        assert 0 <= turn.start_seconds < turn.end_seconds <= episode.duration_seconds
        assert turn.start_seconds >= end
        assert turn.text == " ".join(turn.text.split()) != ""
        assert turn.text.encode("utf-8").decode("utf-8") == turn.text
        end = turn.start_seconds


def test_the_page_becomes_turns(episode: Episode) -> None:
    """Speaker, second and words of every turn; a turn ends where the next one starts."""
    found = read_transcript(FOLDER / "transcript.html", episode)
    assert (len(found.turns), found.chapters, found.speakers) == (9, 3, ("Tomas Brandt", "Ada Quill"))
    assert found.words == sum(len(turn.text.split()) for turn in found.turns)
    assert [turn.start_seconds for turn in found.turns] == [2, 61, 106, 150, 158, 221, 291, 362, 545]
    assert [turn.end_seconds for turn in found.turns] == [61, 106, 150, 158, 221, 291, 362, 545, 600]
    assert found.turns[3].speaker == "Ada Quill"
    _check(found, episode)


def test_a_turn_without_name_goes_on_speaking(episode: Episode) -> None:
    """The page names a speaker once for several paragraphs."""
    found = parse_page(
        _segment(0, "One.", speaker="Ada Quill") + _segment(9, "Two.") + _segment(550, "Three."), episode
    )
    assert [turn.speaker for turn in found.turns] == ["Ada Quill"] * 3


def test_turns_of_one_second_share_their_end(episode: Episode) -> None:
    """Short interjections carry the same time; none may end before it starts."""
    found = parse_page("".join(_segment(second, "Yes.") for second in (5, 5, 5, 550, 550)), episode)
    assert [turn.end_seconds for turn in found.turns] == [550, 550, 550, 600, 600]


def test_words_come_through_as_they_are_read(episode: Episode) -> None:
    """Entities, inner tags, line breaks, emoji; control characters do not reach a terminal."""
    text = "Tom&#8217;s <b>lamp</b>\n\t&amp; oil &lt;script&gt; 💡 \x1b[31mred\x07"
    found = parse_page(_segment(0, text) + _segment(550, "End."), episode)
    assert found.turns[0].text == "Tom’s lamp & oil <script> 💡 [31mred"  # HTML's own word for NUL


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("", "no turns found; it is not the transcript page named in episode.yaml"),
        ("<html><body><p>Not found</p>", "no turns found; it is not the transcript page named in episode.yaml"),
        (PAGE.replace("ts-segment", "x"), "no turns found; it is not the transcript page named in episode.yaml"),
        (PAGE.replace("Ab3dEf6hIj_", "dQw4w9WgXcQ"), "it belongs to another video; this episode's is Ab3dEf6hIj_"),
        (PAGE.replace("ts-timestamp", "x", 1), "turn 1 has no time or no words; save the page again"),
        (PAGE.replace("ts-text", "x", 1), "turn 1 has no time or no words; save the page again"),
        (PAGE.replace("(00:01:01)", "(later)"), "turn 2 has no readable time; save the page again"),
        (PAGE.replace("(00:02:30)", "(00:00:01)"), "its times do not go forward; save or export it again"),
        (PAGE.replace("(00:09:05)", "(10:09:05)"), "it goes on to 10:09:05, but the video ends at 10:00"),
        (PAGE[: len(PAGE) * 2 // 3], "it is cut off at 3:41 of 10:00; save it again, whole"),
        (_segment(0, " ") + _segment(9, ""), "its times do not go forward; save or export it again"),
        (_segment(0, "x", href="http://[bad"), "it is cut off at 0:00 of 10:00; save it again, whole"),
    ],
    ids="empty other no-segments foreign no-time no-words bad-time backwards past-end cut-off silent bad-link".split(),
)  # fmt: skip
def test_a_page_that_cannot_be_used_gets_one_line(tmp_path: Path, episode: Episode, page: str, line: str) -> None:
    """With the file's name and what to do."""
    path = tmp_path / "saved.html"
    path.write_text(page, encoding="utf-8")
    with pytest.raises(TranscriptError) as caught:
        read_transcript(path, episode)
    assert str(caught.value) == f"saved.html: {line}"


def test_files_that_cannot_be_read_get_one_line(tmp_path: Path, episode: Episode) -> None:
    """Missing, a folder, another encoding, another kind, far too large."""
    (tmp_path / "folder.srt").mkdir()
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-16")
    with (tmp_path / "huge.vtt").open("wb") as huge:
        huge.truncate(SIZE_LIMIT + 1)
    for name, line in {
        "gone.html": "gone.html: cannot be read (No such file or directory); check the path",
        "folder.srt": "folder.srt: cannot be read (Is a directory); check the path",
        "page.html": "page.html: not UTF-8 text; save it again as UTF-8",
        "page.pdf": "page.pdf: unknown kind '.pdf'; use .html, .vtt, .srt or .json3",
        "noending": "noending: unknown kind ''; use .html, .vtt, .srt or .json3",
        "huge.vtt": "huge.vtt: larger than 20 MB; that is no transcript",
    }.items():
        with pytest.raises(TranscriptError) as caught:
            read_transcript(tmp_path / name, episode)
        assert str(caught.value) == line


def test_a_page_of_many_turns_takes_time_by_their_number(episode: Episode) -> None:
    """Four times the turns, about four times as long: no step looks at all turns for every turn."""
    day = replace(episode, duration_seconds=86_400)
    _time(5_000, day)
    assert _time(20_000, day) < 9 * _time(5_000, day)


def _time(turns: int, episode: Episode) -> float:
    page = "".join(_segment(80_000, "Aye.") for _ in range(turns))
    began = time.process_time()
    assert len(parse_page(page, episode).turns) == turns
    return time.process_time() - began


@given(st.text(max_size=300))
@example(_segment(0, "x", href="http://[") + PAGE)
@example(_segment(0, "x", href="//[::1") + _segment(550, "y"))
@example('<div class="ts-segment">' * 500)
def test_any_page_is_turns_or_a_clear_line(text: str) -> None:
    """Never another exception."""
    _parse_or_refuse(lambda episode: parse_page(text.encode("utf-8", "replace").decode(), episode))


@given(st.lists(st.tuples(st.integers(0, 700), st.text(max_size=12), st.sampled_from(["", "A", "B<i>"])), max_size=8))
def test_any_turns_on_a_page_hold_together(turns: list[tuple[int, str, str]]) -> None:
    """Whatever times and words a page holds, what comes out is in order and inside the video."""
    page = "".join(_segment(start, words, speaker=name) for start, words, name in turns)
    _parse_or_refuse(lambda episode: parse_page(page.encode("utf-8", "replace").decode(), episode))


_NUMBER = st.one_of(
    st.integers(-5, 700_000), st.integers(), st.floats(), st.just(10**400), st.none(), st.text(max_size=2)
)
_SEGMENT = st.dictionaries(
    st.sampled_from(["utf8", "tOffsetMs"]), st.one_of(st.text(max_size=8), st.none(), st.integers())
)
_EVENT = st.fixed_dictionaries({}, optional={
    "tStartMs": _NUMBER, "dDurationMs": _NUMBER, "segs": st.one_of(st.lists(_SEGMENT, max_size=3), st.text(max_size=3)),
})  # fmt: skip
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.just("events"), inner)),
    max_leaves=6,
)


@given(st.one_of(st.fixed_dictionaries({"events": st.lists(st.one_of(_EVENT, _JSON), max_size=6)}), _JSON))
@example({"events": [{"tStartMs": float("nan"), "segs": [{"utf8": "a"}]}]})
@example({"events": [{"tStartMs": float("inf"), "segs": [{"utf8": "a"}]}]})
@example({"events": [{"tStartMs": 10**400, "segs": [{"utf8": "a"}]}]})
@example({"events": [{"tStartMs": -9000, "segs": [{"utf8": "a"}]}, {"tStartMs": 560_000, "segs": [{"utf8": "b"}]}]})
@example({"events": [{"tStartMs": 560_000, "segs": [{"utf8": "lone \ud800 half"}]}]})
def test_any_json_is_turns_or_a_clear_line(content: object) -> None:
    """Numbers that are none, times before the start, halves of characters."""
    _parse_or_refuse(lambda episode: parse_captions(json.dumps(content), "json3", episode))


_TIMES = st.sampled_from(["00:00:02.000", "00:09:10.000", "0:1:5.2", "99:99:99.999", "0:0:61.0", "9999999999:00:00.0"])
_LINE = st.one_of(
    st.text(max_size=12), st.sampled_from(["", "1", "WEBVTT", "NOTE x", "STYLE", "REGION", "-->", "<v A>b", ">> a"]),
    st.builds("{} --> {}".format, _TIMES, _TIMES),
)  # fmt: skip


@pytest.mark.parametrize("kind", ["vtt", "srt", "json3"])
@settings(max_examples=50)
@given(text=st.one_of(st.text(max_size=200), st.lists(_LINE, max_size=12).map("\n".join)))
def test_any_caption_text_is_turns_or_a_clear_line(kind: str, text: str) -> None:
    """With and without the header the format asks for."""
    clean = text.encode("utf-8", "replace").decode()
    _parse_or_refuse(lambda episode: parse_captions(clean, kind, episode))
    if kind == "vtt":
        _parse_or_refuse(lambda episode: parse_captions("WEBVTT\n\n" + clean, kind, episode))
    if kind == "srt":
        comma = clean.replace(".", ",")
        _parse_or_refuse(lambda episode: parse_captions("1\n00:00:01,000 --> 00:00:02,000\n" + comma, kind, episode))


@pytest.mark.parametrize("ending", [".html", ".vtt", ".srt", ".json3", ".json"])
@settings(max_examples=30)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_turns_or_a_clear_line(
    tmp_path_factory: pytest.TempPathFactory, ending: str, content: bytes
) -> None:
    """Through the front door, whatever the file is called."""
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    path.write_bytes(content)
    _parse_or_refuse(lambda episode: read_transcript(path, episode))


def _parse_or_refuse(parse: Callable[[Episode], Transcript]) -> None:
    found, line = None, ""
    try:
        found = parse(EPISODE)
    except TranscriptError as error:
        line = str(error)
    if found is not None:
        _check(found, EPISODE)
    else:
        assert line
        assert "\n" not in line


def test_stored_turns_come_back_whole(tmp_path: Path, told_episode: Episode) -> None:
    """Save and load are inverses, and nothing but the file is left behind."""
    path = tmp_path / "deep" / "turns.json"
    assert load_turns(path) == ()
    save_turns(told_episode.turns, path)
    assert load_turns(path) == told_episode.turns
    save_turns(told_episode.turns[:1], path)
    assert load_turns(path) == told_episode.turns[:1]
    assert [left.name for left in path.parent.iterdir()] == ["turns.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"7", b'{"a": 1}', b"\xff", b'[{"speaker": "x"}]', b"null"])
def test_a_damaged_store_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    """Import again; never a traceback."""
    path = tmp_path / "turns.json"
    path.write_bytes(content)
    with pytest.raises(TranscriptError, match="damaged; run `transcript import` or `transcript fetch` again"):
        load_turns(path)
