"""Any page is a transcript in order, or one line for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.episode.transcript import parse_page
from bot.errors import TranscriptError
from tests.fuzz.target import Check, Target, text_of
from tests.made_up import FOLDER, episode_with_transcript

TURN = (
    '<div class="ts-segment"><span class="ts-name">{}</span>'
    '<span class="ts-timestamp">{}</span><span class="ts-text">{}</span></div>'
)


@contextmanager
def _opened() -> Iterator[Check]:
    episode = episode_with_transcript()

    def check(data: bytes) -> None:
        try:
            found = parse_page(text_of(data), episode)
        except TranscriptError as error:
            _is_one_line(error)
            return
        starts = [turn.start_seconds for turn in found.turns]
        assert starts == sorted(starts)
        assert 0 <= starts[0] <= starts[-1] < episode.duration_seconds
        assert all(turn.text and turn.end_seconds > turn.start_seconds for turn in found.turns)

    yield check


def _is_one_line(error: TranscriptError) -> None:
    assert "\n" not in str(error)


TARGET = Target(
    promise="any page is turns in order, or one line",
    opened=_opened,
    seeds=(
        (FOLDER / "transcript.html").read_bytes(),
        b"",
        b"<html><body>nothing here",
        TURN.format("Ann", "(00:00:01)", "Words").encode(),
        TURN.format("", "<a href='https://x/?v=abc'>(0:01)</a>", "").encode(),
    ),
    tokens=(
        "ts-segment",
        "ts-name",
        "ts-timestamp",
        "ts-text",
        '<div class="',
        "</div>",
        "<a href='//[?v=",
        "(00:09:59)",
        "<h2 id='chapter1'>",
        "&#55296;",
        "<!--",
        "<svg>",
        "<template>",
    ),
    longest=16_384,
)
