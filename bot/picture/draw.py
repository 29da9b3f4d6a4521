"""Draw the episode's map and a thin strip of it as PNG.

Pure: an episode in, bytes out; no file, no clock, no font of the machine (Pillow carries its own).
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageFont

from bot.episode.clock import format_clock
from bot.episode.model import Chapter, Episode
from bot.picture.layout import bars, notes_per_minute, ticks

MAP_SIZE = (1200, 675)
STRIP_SIZE = (800, 84)
PIXELS_MOST = 4_000_000
FINER = 2  # drawn so many times larger, then averaged, for smooth edges

GROUND, PANEL, LINE = "#15171d", "#1d2027", "#31353f"
INK, SOFT, MARK = "#f3f1ea", "#a9adb8", "#ffd54a"

Box = tuple[float, float, float, float]

_SIMPLER = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "\ufe0f": None})


@lru_cache(maxsize=64)
def draw_map(
    episode: Episode, *, mark_seconds: int | None = None, theme: str | None = None, size: tuple[int, int] = MAP_SIZE
) -> bytes:
    """The whole episode as a PNG: a lane a theme, notes in its colour, chapters above, density below.

    `theme` leaves only that theme in colour; `mark_seconds` (kept inside the video) gets a line and its time.
    Raises KeyError for an unknown theme and ValueError for a size that is too small to read or too large.
    Takes a fifth of a second; the last 64 are kept. Call it off the event loop.
    """
    _check(size, smallest=(480, 320))
    if theme is not None:
        episode.theme(theme)
    canvas = _Canvas.blank(size)
    plot = _Plot(canvas=canvas, episode=episode, left=size[0] * 0.172, right=size[0] - 28, only=theme)
    _heading(canvas, episode, width=size[0])
    chapters, lanes, foot = 92.0, 122.0, size[1] - 34.0
    density = foot - (foot - lanes) * 0.16
    _chapters(plot, chapters, lanes - 8)
    _lanes(plot, lanes, density - 12)
    _density(plot, density, foot)
    _scale(plot, foot + 6)
    if mark_seconds is not None:
        _mark(plot, mark_seconds, top=chapters - 6, bottom=foot, size=15)
    return canvas.png()


@lru_cache(maxsize=256)
def draw_strip(episode: Episode, seconds: int, *, size: tuple[int, int] = STRIP_SIZE) -> bytes:
    """The episode as one thin line with a moment marked (kept inside the video), as a PNG.

    Raises ValueError for a size that is too small to read or too large. The last 256 are kept.
    """
    _check(size, smallest=(240, 64))
    canvas = _Canvas.blank(size)
    plot = _Plot(canvas=canvas, episode=episode, left=14, right=size[0] - 14, only=None)
    top, bottom = 32.0, size[1] - 24.0
    for number, chapter in enumerate(episode.chapters):
        canvas.box((plot.x(chapter.start_seconds), top, plot.x(chapter.end_seconds), bottom), (PANEL, LINE)[number % 2])
    for bar in bars(episode):
        canvas.box(plot.span(bar.note.start_seconds, bar.note.end_seconds, top, bottom), plot.colours[bar.lane])
    _scale(plot, bottom + 4, size=11, most=8)
    _mark(plot, seconds, top=top - 6, bottom=bottom + 2, size=14)
    return canvas.png()


@dataclass(frozen=True, kw_only=True)
class _Canvas:
    """A drawing in the coordinates of the finished picture."""

    image: Image.Image
    draw: ImageDraw.ImageDraw

    @classmethod
    def blank(cls, size: tuple[int, int]) -> "_Canvas":
        image = Image.new("RGB", (size[0] * FINER, size[1] * FINER), GROUND)
        return cls(image=image, draw=ImageDraw.Draw(image))

    def box(self, box: Box, colour: str, *, radius: float = 0) -> None:
        left, top, right, bottom = (round(edge * FINER) for edge in box)
        corners = (left, top, max(left, right - 1), max(top, bottom - 1))
        self.draw.rounded_rectangle(corners, radius * FINER, fill=colour)

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        self.draw.circle((x * FINER, y * FINER), radius * FINER, fill=colour, outline=GROUND, width=FINER)

    def text(self, x: float, y: float, text: str, colour: str, size: float, *, anchor: str = "la") -> None:
        self.draw.text((x * FINER, y * FINER), _plain(text), fill=colour, font=_font(size), anchor=anchor)

    def width(self, text: str, size: float) -> float:
        return self.draw.textlength(_plain(text), font=_font(size)) / FINER

    def fitted(self, text: str, size: float, width: float) -> str:
        """The text, cut with an ellipsis where it is wider than that; empty where nothing sensible fits."""
        if self.width(text, size) <= width:
            return text
        while text and self.width(text + "…", size) > width:
            text = text[:-1].rstrip()
        return text + "…" if len(text) > 3 else ""

    def png(self) -> bytes:
        out = BytesIO()
        self.image.reduce(FINER).save(out, "PNG", compress_level=6)
        return out.getvalue()


class _Plot:
    """Seconds to pixels, and the colours of the themes."""

    def __init__(self, *, canvas: _Canvas, episode: Episode, left: float, right: float, only: str | None) -> None:
        self.canvas, self.episode, self.left, self.right = canvas, episode, left, right
        self.colours = [
            _lively(theme.colour) if only in (None, theme.id) else _mixed(theme.colour, PANEL, 0.16)
            for theme in episode.themes
        ]
        self.only = only

    def x(self, seconds: float) -> float:
        return self.left + (self.right - self.left) * seconds / self.episode.duration_seconds

    def span(self, start: float, end: float, top: float, bottom: float) -> Box:
        """A box at least two pixels wide, with a hair between neighbours."""
        left = self.x(start)
        return (left, top + 0.5, max(left + 2, self.x(end) - 0.7), bottom - 0.5)


def _heading(canvas: _Canvas, episode: Episode, *, width: float) -> None:
    canvas.text(28, 20, canvas.fitted(episode.title, 25, width - 56), INK, 25)
    line = f"{episode.show} #{episode.number}  ·  {episode.guest}  ·  {format_clock(episode.duration_seconds)}"
    canvas.text(28, 56, canvas.fitted(line, 15, width - 56), SOFT, 15)


def _chapters(plot: _Plot, top: float, bottom: float) -> None:
    for number, chapter in enumerate(plot.episode.chapters):
        left, right = plot.x(chapter.start_seconds), plot.x(chapter.end_seconds)
        plot.canvas.box((left, top, max(left + 1, right - 1), bottom), ("#2a2e38", "#373c48")[number % 2], radius=2)
        _chapter_title(plot.canvas, chapter, left, right, (top + bottom) / 2)


def _chapter_title(canvas: _Canvas, chapter: Chapter, left: float, right: float, middle: float) -> None:
    title = canvas.fitted(chapter.title, 11, right - left - 9)
    canvas.text(left + 4, middle, title, INK, 11, anchor="lm")


def _lanes(plot: _Plot, top: float, bottom: float) -> None:
    episode, canvas = plot.episode, plot.canvas
    height = (bottom - top) / len(episode.themes)
    gap = min(3.0, height * 0.12)
    for lane, theme in enumerate(episode.themes):
        y = top + lane * height
        canvas.box((plot.left, y + gap, plot.right, y + height - gap), PANEL, radius=2)
        size = min(14.0, height * 0.6)
        colour = INK if plot.only in (None, theme.id) else "#6d717c"
        canvas.dot(34, y + height / 2, size * 0.36, plot.colours[lane])
        canvas.text(45, y + height / 2, canvas.fitted(theme.name, size, plot.left - 55), colour, size, anchor="lm")
    for bar in bars(episode):
        slot = (height - 2 * gap) / bar.slots
        y = top + bar.lane * height + gap + bar.slot * slot
        canvas.box(plot.span(bar.note.start_seconds, bar.note.end_seconds, y, y + slot), plot.colours[bar.lane])
    lane_of = {theme.id: lane for lane, theme in enumerate(episode.themes)}
    for insight in episode.insights:
        if plot.only in (None, insight.theme):
            y = top + (lane_of[insight.theme] + 0.5) * height
            canvas.dot(plot.x(insight.start_seconds), y, min(3.6, height * 0.2), INK)


def _density(plot: _Plot, top: float, bottom: float) -> None:
    counts = notes_per_minute(plot.episode)
    most = max(counts, default=0) or 1
    plot.canvas.text(28, (top + bottom) / 2, "notes a minute", SOFT, 13, anchor="lm")
    for minute, count in enumerate(counts):
        end = min((minute + 1) * 60, plot.episode.duration_seconds)
        y = bottom - (bottom - top) * count / most
        plot.canvas.box(plot.span(minute * 60, end, y, bottom), _mixed(INK, PANEL, 0.3 + 0.4 * count / most))


def _scale(plot: _Plot, y: float, *, size: float = 13, most: int = 10) -> None:
    end = plot.episode.duration_seconds
    for second in ticks(end, most=most):
        plot.canvas.text(plot.x(second), y, format_clock(second), SOFT, size, anchor="ma" if second else "la")
    plot.canvas.text(plot.right, y, format_clock(end), SOFT, size, anchor="ra")


def _mark(plot: _Plot, seconds: int, *, top: float, bottom: float, size: float) -> None:
    x = plot.x(min(max(seconds, 0), plot.episode.duration_seconds))
    label = format_clock(min(max(seconds, 0), plot.episode.duration_seconds))
    half = plot.canvas.width(label, size) / 2 + 7
    middle = min(max(x, plot.left + half - 8), plot.right - half + 8)
    plot.canvas.box((x - 1.5, top - 4, x + 1.5, bottom), MARK)
    plot.canvas.box((middle - half, top - size - 8, middle + half, top), MARK, radius=5)
    plot.canvas.text(middle, top - size / 2 - 4, label, "#1b1a12", size, anchor="mm")


@lru_cache(maxsize=32)
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * FINER)


def _plain(text: str) -> str:
    """Without what would break a line or reverse it; letters that the font lacks become its box."""
    return "".join(letter if letter.isprintable() else " " for letter in text.translate(_SIMPLER))


def _mixed(colour: str, ground: str, share: float) -> str:
    pairs = zip(ImageColor.getrgb(colour)[:3], ImageColor.getrgb(ground)[:3], strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _lively(colour: str) -> str:
    """The colour as it reads on the dark ground."""
    return _mixed(colour, "#ffffff", 0.82)


def _check(size: tuple[int, int], *, smallest: tuple[int, int]) -> None:
    if size[0] < smallest[0] or size[1] < smallest[1] or size[0] * size[1] > PIXELS_MOST:
        raise ValueError(f"a picture is at least {smallest[0]} by {smallest[1]} and at most {PIXELS_MOST} pixels")
