"""What an episode is made of, as frozen values.

Knows no file format; every time is whole seconds of the video, every tuple is in order of time.
"""

from dataclasses import dataclass, field

from bot.episode.clock import format_clock, link


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A stretch of the video. `0 <= start_seconds < end_seconds <= duration`."""

    video_id: str
    start_seconds: int
    end_seconds: int

    @property
    def url(self) -> str:
        """The link that plays the video from here."""
        return link(self.video_id, self.start_seconds)

    @property
    def clock(self) -> str:
        """The start as people write it, `1:09:50`."""
        return format_clock(self.start_seconds)


@dataclass(frozen=True, kw_only=True)
class Theme:
    """One tag of the episode's closed list. `colour` is `#rrggbb`."""

    id: str
    name: str
    emoji: str
    line: str
    colour: str


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A titled span of the video, from its publisher."""

    title: str
    start_seconds: int
    end_seconds: int


@dataclass(frozen=True, kw_only=True)
class NotHere:
    """A question next to a note that the episode answers nowhere, in several phrasings."""

    topic: str
    asks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotCovered:
    """A group of questions this bot refuses, hanging on no note."""

    id: str
    kind: str
    asks: tuple[str, ...]
    refusal: str
    nearest: str | None = None


@dataclass(frozen=True, kw_only=True)
class Note:
    """A curated entry: an answer in our own words, its theme, its moment, the questions it answers."""

    id: str
    title: str
    theme: str
    start_seconds: int
    end_seconds: int
    speaker: str
    answer: str
    detail: str = ""
    asks: tuple[str, ...] = ()
    not_here: tuple[NotHere, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Insight:
    """One thought of the episode worth posting by itself, with the note it belongs to."""

    id: str
    theme: str
    note: str
    start_seconds: int
    text: str
    question: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One paragraph of the transcript by one speaker. Captions have no speaker: then it is empty."""

    speaker: str
    start_seconds: int
    end_seconds: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A searchable stretch of whole turns, about 40-120 words."""

    start_seconds: int
    end_seconds: int
    turns: tuple[Turn, ...]

    @property
    def text(self) -> str:
        """The words of its turns, in order."""
        return " ".join(turn.text for turn in self.turns)


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """Words the search treats alike.

    `terms` maps a name to its written and spoken variants; `synonyms` are groups of everyday words;
    `common` are names that stand in all of the episode and so tell nothing.
    """

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    common: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Links:
    """Addresses of the publisher's own pages."""

    video: str
    transcript: str = ""
    episode: str = ""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One published conversation: its metadata, chapters, themes, notes, insights, and its transcript if present."""

    id: str
    title: str
    show: str
    number: int
    date: str
    host: str
    guest: str
    duration_seconds: int
    video_id: str
    links: Links
    themes: tuple[Theme, ...]
    chapters: tuple[Chapter, ...]
    starters: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    not_covered: tuple[NotCovered, ...] = ()
    insights: tuple[Insight, ...] = ()
    glossary: Glossary = field(default_factory=Glossary)
    turns: tuple[Turn, ...] = ()

    def theme(self, theme_id: str) -> Theme:
        """The theme of that id. Raises KeyError."""
        for theme in self.themes:
            if theme.id == theme_id:
                return theme
        raise KeyError(theme_id)

    def note(self, note_id: str) -> Note:
        """The note of that id. Raises KeyError."""
        for note in self.notes:
            if note.id == note_id:
                return note
        raise KeyError(note_id)

    def chapter_at(self, seconds: int) -> Chapter:
        """The chapter playing at that second; the last one past the end."""
        for chapter in self.chapters:
            if seconds < chapter.end_seconds:
                return chapter
        return self.chapters[-1]

    def moment(self, start_seconds: int, end_seconds: int) -> Moment:
        """A moment of this video."""
        return Moment(video_id=self.video_id, start_seconds=start_seconds, end_seconds=end_seconds)
