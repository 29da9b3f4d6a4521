"""The episode as a picture, and the picture in words."""

import itertools
from dataclasses import replace
from io import BytesIO
from time import perf_counter, process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.episode.model import Episode
from bot.picture.draw import MAP_SIZE, STRIP_SIZE, draw_map, draw_strip
from bot.picture.layout import bars, notes_per_minute, ticks
from bot.picture.words import LENGTH, describe_map, describe_strip
from tests.picture.long_episode import long_episode


def opened(data: bytes) -> Image.Image:
    """The PNG as an image."""
    image = Image.open(BytesIO(data))
    image.load()
    assert image.format == "PNG"
    return image.convert("RGB")


def changed_columns(one: bytes, other: bytes) -> tuple[int, int]:
    """The first and last column in which two pictures differ."""
    box = ImageChops.difference(opened(one), opened(other)).getbbox()
    assert box is not None
    return box[0], box[2]


def test_map_and_strip_are_png_of_the_promised_size(episode: Episode) -> None:
    """A chat platform gets an ordinary PNG, small enough to upload at once."""
    whole, strip = draw_map(episode), draw_strip(episode, 100)
    assert opened(whole).size == MAP_SIZE
    assert opened(strip).size == STRIP_SIZE
    assert max(len(whole), len(strip)) < 150_000


def test_map_of_a_long_episode_takes_at_most_300_ms_and_is_kept() -> None:
    """Two and a half hours with 400 notes are drawn in 300 ms of processor time, and drawn once only."""
    episode = long_episode()
    began = process_time()
    first = draw_map(episode, mark_seconds=4190)
    assert process_time() - began <= 0.3
    began_again = perf_counter()
    assert draw_map(episode, mark_seconds=4190) is first
    assert perf_counter() - began_again < 0.05


def test_mark_stands_where_its_second_is(episode: Episode) -> None:
    """A later moment is marked further to the right, and each inside the picture."""
    places = [changed_columns(draw_map(episode), draw_map(episode, mark_seconds=second)) for second in (60, 300, 540)]
    assert places == sorted(places)
    assert all(0 <= left < right <= MAP_SIZE[0] for left, right in places)


def test_every_theme_colours_its_own_notes(episode: Episode) -> None:
    """Choosing a theme changes the picture, and each theme another way."""
    pictures = {draw_map(episode, theme=theme.id) for theme in episode.themes}
    assert len(pictures | {draw_map(episode)}) == len(episode.themes) + 1


@pytest.mark.parametrize("second", [-5, 0, 599, 600, 10**9])
def test_a_moment_outside_is_kept_inside(episode: Episode, second: int) -> None:
    """No second breaks a picture; the ends are the furthest it goes."""
    inside = min(max(second, 0), episode.duration_seconds)
    assert draw_strip(episode, second) == draw_strip(episode, inside)
    assert describe_strip(episode, second) == describe_strip(episode, inside)


def test_an_unknown_theme_is_refused(episode: Episode) -> None:
    """A theme this episode does not have is a mistake of the caller, in picture and words alike."""
    for draw in (draw_map, describe_map):
        with pytest.raises(KeyError):
            draw(episode, theme="nonsense")


@pytest.mark.parametrize("size", [(10, 10), (100_000, 100_000), (480, 100)])
def test_an_unreadable_size_is_refused(episode: Episode, size: tuple[int, int]) -> None:
    """Nobody can make the bot draw a picture too small to read or too large to hold."""
    with pytest.raises(ValueError, match="a picture is"):
        draw_map(episode, size=size)
    with pytest.raises(ValueError, match="a picture is"):
        draw_strip(episode, 0, size=(size[0], 20 if size[1] == 100 else size[1]))


def test_odd_titles_do_not_break_the_drawing(episode: Episode) -> None:
    """Control characters, other scripts, emoji and endless titles still give a picture."""
    odd = replace(episode, title="שלום\u202e\n\t🐕 " + "W" * 500, guest="", chapters=episode.chapters[:1])
    assert opened(draw_map(odd)).size == MAP_SIZE


def test_an_empty_episode_still_has_a_picture(episode: Episode) -> None:
    """Without notes and insights the chapters remain."""
    empty = replace(episode, notes=(), insights=())
    assert opened(draw_map(empty)).size == MAP_SIZE
    assert "0 notes" in describe_map(empty)


def test_words_say_what_is_marked(episode: Episode) -> None:
    """The alt text names the time, the place in the whole, and the chapter."""
    words = describe_map(episode, mark_seconds=300, theme="lamp")
    for part in ("5:00", "about in the middle", "The great storm", "The lamp", "10:00 long", "3 chapters"):
        assert part in words


def test_words_are_short_enough_for_every_platform(episode: Episode) -> None:
    """Alt text stays below Discord's 1,024 characters whatever the titles are."""
    long = replace(episode, title="T" * 2000)
    assert len(describe_map(long, mark_seconds=1)) <= LENGTH


def test_every_note_has_one_bar_and_no_two_share_a_place() -> None:
    """Overlapping notes of one theme are drawn beside each other, never one over the other."""
    episode = long_episode()
    placed = bars(episode)
    assert sorted(bar.note.id for bar in placed) == sorted(note.id for note in episode.notes)
    for one in placed:
        assert 0 <= one.slot < one.slots
        for other in placed:
            if one is not other and (one.lane, one.slot) == (other.lane, other.slot):
                apart = one.note.end_seconds <= other.note.start_seconds
                assert apart or other.note.end_seconds <= one.note.start_seconds


def test_density_counts_every_minute_of_the_video(episode: Episode) -> None:
    """One figure a minute, each counting the notes spoken in it."""
    counts = notes_per_minute(episode)
    assert len(counts) == 10
    assert counts[0] == sum(note.start_seconds < 60 for note in episode.notes)
    assert notes_per_minute(replace(episode, duration_seconds=601))[10] == 0


@given(st.integers(1, 170_000), st.integers(2, 12))
@settings(max_examples=50, deadline=None)
def test_ticks_are_few_round_and_inside(duration: int, most: int) -> None:
    """A scale starts at 0, rises in even steps, and stays inside the video."""
    found = ticks(duration, most=most)
    assert found[0] == 0
    assert 1 <= len(found) <= most
    assert all(second < max(duration, 1) for second in found)
    assert len({b - a for a, b in itertools.pairwise(found)}) <= 1
