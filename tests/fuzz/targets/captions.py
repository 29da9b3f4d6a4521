"""Any captions are a transcript in order, or one line; the first byte says which kind the rest claims to be."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.episode.transcript import parse_captions
from bot.errors import TranscriptError
from tests.fuzz.target import Check, Target, text_of
from tests.made_up import episode_with_transcript

SAMPLES = Path(__file__).parents[2] / "episode/captions"
KINDS = ("vtt", "srt", "json3")


@contextmanager
def _opened() -> Iterator[Check]:
    episode = episode_with_transcript()

    def check(data: bytes) -> None:
        kind = KINDS[data[0] % 3] if data else "vtt"
        try:
            found = parse_captions(text_of(data[1:]), kind, episode)
        except TranscriptError as error:
            _is_one_line(error)
            return
        starts = [turn.start_seconds for turn in found.turns]
        assert starts == sorted(starts)
        assert 0 <= starts[0] <= starts[-1] < episode.duration_seconds
        "".join(turn.text + turn.speaker for turn in found.turns).encode()

    yield check


def _is_one_line(error: TranscriptError) -> None:
    assert "\n" not in str(error)


TARGET = Target(
    promise="any captions are turns in order, or one line",
    opened=_opened,
    seeds=(
        *(bytes([KINDS.index(path.suffix[1:])]) + path.read_bytes() for path in sorted(SAMPLES.iterdir())),
        b"",
        b"\x00WEBVTT\n\n00:00.000 --> 09:59.000\n<v Ann>Words\n",
        b'\x02{"events":[{"tStartMs":0,"segs":[{"utf8":"a"}]},{"tStartMs":590000,"segs":[{"utf8":"b"}]}]}',
    ),
    tokens=(
        "WEBVTT",
        "-->",
        "00:09:59.000",
        "<v ",
        ">>",
        "NOTE",
        "STYLE",
        '"events"',
        '"tStartMs"',
        '"segs"',
        '"utf8"',
        "1e400",
        "NaN",
        "\\ud800",
    ),
    longest=8192,
)
