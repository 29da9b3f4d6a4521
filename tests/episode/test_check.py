"""Every kind of mistake a curator makes, and the one line each gets."""

# ruff: noqa: E501  # one case a line

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.episode.loader import read_episode
from bot.errors import KnowledgeError

HEAD, ARRIVAL, STORM, LEAVING = "episode.yaml", "notes/01-arrival.yaml", "notes/02-storm.yaml", "notes/03-leaving.yaml"
REFUSED, GLOSSARY, INSIGHTS = "not_covered.yaml", "glossary.yaml", "insights.yaml"
FIRST_ASK = "- when did the keeper arrive"
SIGN = "quote text that holds ': ' or starts with a sign, and indent alike what belongs together"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One edit of one file of the made-up episode, and all lines of the report it leads to.

    `{at}` stands for the number of the changed line, `{next}` for the one behind it.
    """

    name: str
    file: str
    old: str
    new: str
    lines: tuple[str, ...]


def _mistake(name: str, file: str, old: str, new: str, *lines: str) -> Mistake:
    return Mistake(name=name, file=file, old=old, new=new, lines=lines)


SHAPE = (
    _mistake("unknown-key", HEAD, "number: 7", "number: 7\ncolour: blue", "episode.yaml: colour: this key is not known; remove it or mend its spelling"),
    _mistake("unknown-inner-key", HEAD, "insights: 6}", "insight: 6}", "episode.yaml: standards.insight: this key is not known; remove it or mend its spelling"),
    _mistake("missing-key", HEAD, "number: 7\n", "", "episode.yaml: number: this key is missing; add it"),
    _mistake("mistyped-key", ARRIVAL, "title: What", "titel: What",
             "notes/01-arrival.yaml: [1] (lamp-oil).title: this key is missing; add it",
             "notes/01-arrival.yaml: [1] (lamp-oil).titel: this key is not known; remove it or mend its spelling"),
    _mistake("key-twice", HEAD, "number: 7", "number: 7\nnumber: 8", "episode.yaml: line {next}: key 'number' twice; keep one of them"),
    _mistake("key-twice-in-a-note", ARRIVAL, "  theme: lamp", "  theme: lamp\n  theme: life", "notes/01-arrival.yaml: line {next}: key 'theme' twice; keep one of them"),
    _mistake("key-of-a-list", HEAD, "number: 7", "? [a, b]\n: c", f"episode.yaml: line {{at}}: a key is one word; {SIGN}"),
    _mistake("braces-as-template", HEAD, "number: 7", "number: {{ seven }}", f"episode.yaml: line {{at}}: a key is one word; {SIGN}"),
    _mistake("no-number", HEAD, "number: 7", "number: seven", "episode.yaml: number: write a whole number in digits"),
    _mistake("yes-is-no-number", HEAD, "number: 7", "number: yes", "episode.yaml: number: write a whole number in digits"),
    _mistake("list-for-number", HEAD, "number: 7", "number: [7]", "episode.yaml: number: write a whole number in digits"),
    _mistake("nothing-behind-key", HEAD, "host: Ada Quill", "host:", "episode.yaml: host: nothing to read stands here; write a text"),
    _mistake("empty-text", HEAD, "host: Ada Quill", 'host: "  "', "episode.yaml: host: it is empty; write a text"),
    _mistake("nothing-behind-dash", ARRIVAL, FIRST_ASK, "-", "notes/01-arrival.yaml: [0] (first-night).asks[0]: nothing to read stands here; write a text"),
    _mistake("colon-in-text", ARRIVAL, FIRST_ASK, "- what year: 1981", "notes/01-arrival.yaml: [0] (first-night).asks[0]: quote the text; it holds ': '"),
    _mistake("two-colons-in-text", HEAD, "title: Forty", "title: Forty: ", f"episode.yaml: line {{at}}: mapping values are not allowed in this context; {SIGN}"),
    _mistake("text-for-list", ARRIVAL, "  asks:\n    - when did", "  asks: when did\n  x:\n    - when did",
             "notes/01-arrival.yaml: [0] (first-night).asks: write a list, each entry on a line of its own behind '- '",
             "notes/01-arrival.yaml: [0] (first-night).x: this key is not known; remove it or mend its spelling"),
    _mistake("text-for-note", ARRIVAL, "- id: first-night", "- just a word\n- id: first-night", "notes/01-arrival.yaml: [0]: write keys with their values, such as `name: text`"),
    _mistake("tab", HEAD, "chapters:", "\tchapters:", "episode.yaml: line {at}: found character that cannot start any token; indent with spaces, not tabs, and quote text that starts with a sign"),
    _mistake("control-character", HEAD, "number: 7", "number: \x07", "episode.yaml: no YAML text; save it as plain UTF-8 without control characters"),
    _mistake("two-documents", HEAD, "number: 7", "number: 7\n---\nhost: x", f"episode.yaml: line {{next}}: but found another document; {SIGN}"),
    _mistake("unknown-alias", HEAD, "number: 7", "number: *seven", f"episode.yaml: line {{at}}: found undefined alias; {SIGN}"),
    _mistake("code-tag", HEAD, "number: 7", "number: !!python/object/apply:os.getcwd []",
             "episode.yaml: line {at}: could not determine a constructor for the tag 'tag:yaml.org,2002:python/object/apply:os.getcwd'; quote text that starts with !"),
    _mistake("number-tag", HEAD, "number: 7", "number: !!int x",
             "episode.yaml: line {at}: could not determine a constructor for the tag 'tag:yaml.org,2002:int'; quote text that starts with !"),
)  # fmt: skip
VALUES = (
    _mistake("no-time", HEAD, "duration: 10:00", "duration: ten", "episode.yaml: duration: 'ten' is no time; write it like 1:15:02"),
    _mistake("no-length", HEAD, "duration: 10:00", "duration: 0:00", "episode.yaml: duration: write how long the video is, like 1:15:02"),
    _mistake("seconds-past-59", ARRIVAL, 'start: "1:00"', "start: 1:99", "notes/01-arrival.yaml: [1] (lamp-oil).start: '1:99' is no time; write it like 1:15:02"),
    _mistake("fraction", ARRIVAL, 'start: "1:00"', "start: 60.5", "notes/01-arrival.yaml: [1] (lamp-oil).start: '60.5' is no time; write it like 1:15:02"),
    _mistake("list-for-time", ARRIVAL, 'start: "1:00"', "start: [1, 0]", "notes/01-arrival.yaml: [1] (lamp-oil).start: write a time like 1:15:02"),
    _mistake("date-of-another-land", HEAD, "date: 2025-11-02", "date: 2/11/2025", "episode.yaml: date: '2/11/2025' is no date; write it like 2026-03-23"),
    _mistake("date-of-no-calendar", HEAD, "date: 2025-11-02", "date: 2025-13-45", "episode.yaml: date: '2025-13-45' is no date; write it like 2026-03-23"),
    _mistake("address-for-video-id", HEAD, "video_id: Ab3", "video_id: https://youtu.be/Ab3", "episode.yaml: video_id: write the 11 characters behind v= of the video's address"),
    _mistake("plain-http", HEAD, "https://coastlines.example/harbour-light-transcript/", "http://coastlines.example",
             "episode.yaml: links.transcript: 'http://coastlines.example' does not fit; write an address that starts with https://"),
    _mistake("colour-by-name", HEAD, 'colour: "#d4a017"', "colour: gold", "episode.yaml: themes[0] (lamp).colour: 'gold' does not fit; write a colour like #76b900"),
    _mistake("id-with-space", REFUSED, "id: capitals", "id: Two Capitals", "not_covered.yaml: [1] (Two Capitals).id: 'Two Capitals' does not fit; write lower-case words joined by hyphens"),
    _mistake("long-title", ARRIVAL, "title: What the lamp burned", f"title: {'x' * 61}", "notes/01-arrival.yaml: [1] (lamp-oil).title: 61 characters; write at most 60"),
    _mistake("long-answer", ARRIVAL, "answer: The lamp burned", f"answer: {'x' * 187} The lamp burned", "notes/01-arrival.yaml: [1] (lamp-oil).answer: 297 characters; write at most 280"),
    _mistake("no-question", INSIGHTS, "own calling begin?", "own calling begin", "insights.yaml: [0] (coal-sack).question: 'Where did your own calling begin' does not fit; write a question that ends with ?"),
    _mistake("no-variants", GLOSSARY, "variants: [kerosene, lamp oil]", "variants: []", "glossary.yaml: terms[0].variants: 0 entries; write at least 1"),
    _mistake("lonely-synonym", GLOSSARY, "- [storm, gale, tempest, hurricane]", "- [storm]", "glossary.yaml: synonyms[0]: 1 entries; write at least 2"),
    _mistake("word-for-synonyms", GLOSSARY, "- [storm, gale, tempest, hurricane]", "- storm", "glossary.yaml: synonyms[0]: write a list, each entry on a line of its own behind '- '"),
)  # fmt: skip
AGREEMENT = (
    _mistake("late-first-chapter", HEAD, '{start: "0:00"', '{start: "0:10"', "episode.yaml: chapters[0].start: the first chapter must start at 0:00"),
    _mistake("chapter-backwards", HEAD, '{start: "6:00"', '{start: "2:00"', "episode.yaml: chapters[2].start: 2:00 is not after the chapter before"),
    _mistake("chapter-past-end", HEAD, '{start: "6:00"', '{start: "11:00"', "episode.yaml: chapters: 11:00 is after the end, 10:00"),
    _mistake("note-past-end", HEAD, "duration: 10:00", "duration: 9:00", "notes/03-leaving.yaml: advice-listening.end: 10:00 is after the end, 9:00"),
    _mistake("note-ends-before-start", STORM, 'end: "4:50"', 'end: "3:30"',
             "notes/02-storm.yaml: fog-horn.start: 3:40 is not before its end",
             "notes: nothing covers 3:40 to 4:50; add a note"),
    _mistake("notes-out-of-order", STORM, 'start: "3:40"', 'start: "2:29"', "notes/02-storm.yaml: fog-horn.start: move the note up; notes stand in order of time"),
    _mistake("gap", ARRIVAL, 'end: "1:45"', 'end: "1:40"', "notes: nothing covers 1:40 to 1:45; add a note"),
    _mistake("gap-at-start", ARRIVAL, 'start: "0:00"', 'start: "0:05"', "notes: nothing covers 0:00 to 0:05; add a note"),
    _mistake("gap-at-end", LEAVING, 'end: "10:00"', 'end: "9:59"', "notes: nothing covers 9:59 to the end; add a note"),
    _mistake("mistyped-theme", ARRIVAL, "theme: lamp", "theme: lampp", "notes/01-arrival.yaml: lamp-oil.theme: 'lampp' is not in episode.yaml; did you mean 'lamp'?"),
    _mistake("unknown-speaker", ARRIVAL, "speaker: Tomas Brandt", "speaker: Tomas", "notes/01-arrival.yaml: first-night.speaker: write 'Ada Quill' or 'Tomas Brandt'"),
    _mistake("ask-twice", ARRIVAL, FIRST_ASK, "- Where did he sleep, on day one?!",
             "notes/01-arrival.yaml: first-night.asks: 'where did he sleep on day one' stands already in notes/01-arrival.yaml: first-night.asks; say it in other words or remove it"),
    _mistake("ask-here-and-not-here", ARRIVAL, "how much was the keeper paid", "how high were the waves",
             "notes/01-arrival.yaml: first-night.not_here: 'how high were the waves' stands already in notes/02-storm.yaml: great-storm.asks; say it in other words or remove it"),
    _mistake("ask-and-not-covered", REFUSED, "what is the capital of norway", "could he sleep with that noise?",
             "not_covered.yaml: capitals.asks: 'could he sleep with that noise?' stands already in notes/02-storm.yaml: fog-horn.asks; say it in other words or remove it"),
    _mistake("too-few-asks", ARRIVAL, f"    {FIRST_ASK}\n", "", "notes/01-arrival.yaml: first-night.asks: 3 asks; write at least 4"),
    _mistake("too-few-not-here", ARRIVAL, "  not_here:\n    - topic: what he earned\n      asks: [how much was the keeper paid, what was his first salary]\n", "",
             "notes/01-arrival.yaml: first-night.not_here: 0 groups; write at least 1"),
    _mistake("too-few-phrasings", ARRIVAL, "how much was the keeper paid, ", "", "notes/01-arrival.yaml: first-night.not_here (what he earned): 1 phrasings; write at least 2"),
    _mistake("too-few-notes", HEAD, "notes: 8", "notes: 9", "notes: 8 entries; episode.yaml promises 9"),
    _mistake("too-few-not-covered", HEAD, "not_covered: 2", "not_covered: 3", "not_covered.yaml: 2 entries; episode.yaml promises 3"),
    _mistake("too-few-insights", HEAD, "insights: 6", "insights: 8", "insights.yaml: 7 entries; episode.yaml promises 8"),
    _mistake("insight-of-no-note", INSIGHTS, "note: first-night", "note: first-day", "insights.yaml: coal-sack.note: 'first-day' is no note; did you mean 'first-night'?"),
    _mistake("insight-of-no-theme", INSIGHTS, "theme: life", "theme: weathr",
             "insights.yaml: coal-sack.theme: 'weathr' is unknown; did you mean 'weather'?",
             "insights.yaml: theme life has 1 insights; write at least 2"),
    _mistake("insight-id-twice", INSIGHTS, "id: twelve-litres", "id: coal-sack", "insights.yaml: coal-sack: the id stands 2 times; give each its own"),
    _mistake("insights-alike", INSIGHTS, '"Soap dims a beam that vinegar keeps bright."', '"Twelve litres of paraffin a night kept strangers alive until 1988, he said."',
             "insights.yaml: no-soap says nearly the same as twelve-litres; write another thought"),
    _mistake("theme-without-insight", INSIGHTS, "id: between-blasts, theme: weather", "id: between-blasts, theme: lamp", "insights.yaml: theme weather has 1 insights; write at least 2"),
    _mistake("nearest-no-note", REFUSED, "nearest: first-night", "nearest: first-nigth", "not_covered.yaml: capitals.nearest: 'first-nigth' is no note; did you mean 'first-night'?"),
    _mistake("not-covered-id-twice", REFUSED, "id: capitals", "id: weather-today", "not_covered.yaml: weather-today: the id stands 2 times; give each its own"),
    _mistake("note-id-twice", LEAVING, "id: advice-listening", "id: great-storm", "notes: great-storm: the id stands 2 times; give each its own"),
    _mistake("theme-id-twice", HEAD, "  - {id: lamp, name: The lamp", '  - {id: life, name: Old, emoji: "x", line: Gone., colour: "#111111"}\n  - {id: lamp, name: The lamp',
             "episode.yaml: themes: life: the id stands 2 times; give each its own"),
)  # fmt: skip


def _problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(KnowledgeError) as caught:
        read_episode(folder)
    return caught.value.problems


@pytest.mark.parametrize("mistake", [*SHAPE, *VALUES, *AGREEMENT], ids=lambda mistake: mistake.name)
def test_each_mistake_gets_its_line_and_no_other(folder: Path, mistake: Mistake) -> None:
    """File, place, and what to write instead; nothing that only follows from it."""
    path = folder / mistake.file
    text = path.read_text(encoding="utf-8")
    assert mistake.old in text
    path.write_text(text.replace(mistake.old, mistake.new, 1), encoding="utf-8")
    at = text[: text.index(mistake.old)].count("\n") + 1
    numbered = tuple(line.replace("{at}", str(at)).replace("{next}", str(at + 1)) for line in mistake.lines)
    assert _problems(folder) == numbered


def test_problems_of_all_files_stand_in_one_report(folder: Path) -> None:
    """A curator mends everything in one go; the lines come in the order of the files."""
    for mistake in (
        SHAPE[0],
        next(one for one in SHAPE if one.name == "nothing-behind-dash"),
        next(one for one in AGREEMENT if one.name == "note-ends-before-start"),
        next(one for one in VALUES if one.name == "id-with-space"),
        next(one for one in VALUES if one.name == "lonely-synonym"),
        next(one for one in VALUES if one.name == "no-question"),
    ):
        path = folder / mistake.file
        path.write_text(path.read_text(encoding="utf-8").replace(mistake.old, mistake.new, 1), encoding="utf-8")
    head = folder / HEAD
    assert [line.split(":")[0] for line in _problems(folder)] == [HEAD, ARRIVAL, REFUSED, INSIGHTS, GLOSSARY]
    head.write_text(head.read_text(encoding="utf-8").replace("colour: blue\n", ""), encoding="utf-8")
    assert [line.split(":")[0] for line in _problems(folder)] == [ARRIVAL, REFUSED, INSIGHTS, GLOSSARY, STORM]


def test_a_stretch_without_insights_is_named(folder: Path) -> None:
    """In a longer episode every quarter of an hour gets its share of insights."""
    head = folder / HEAD
    head.write_text(head.read_text().replace("duration: 10:00", "duration: 30:00"), encoding="utf-8")
    leaving = folder / LEAVING
    leaving.write_text(leaving.read_text().replace('end: "10:00"', 'end: "30:00"'), encoding="utf-8")
    assert _problems(folder) == ("insights.yaml: the stretch from 15:00 has 0; write at least 2",)
