"""Knowledge folders that can be read, and files that cannot be."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.episode.files import NoteFile, read_yaml
from bot.episode.loader import read_episode
from bot.episode.model import Chapter, Episode, Moment
from bot.episode.stored import source_files
from bot.errors import KnowledgeError
from tests.made_up import FOLDER

README_HINT = "knowledge/README.md shows what goes in it"


def _problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(KnowledgeError) as caught:
        read_episode(folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_a_folder_becomes_an_episode(episode: Episode) -> None:
    """Everything a curator wrote is there, in order of time, named by the folder."""
    assert (episode.id, episode.number, episode.date, episode.duration_seconds) == (FOLDER.name, 7, "2025-11-02", 600)
    assert [note.start_seconds for note in episode.notes] == [0, 60, 105, 150, 220, 290, 360, 470]
    assert episode.chapters[1] == Chapter(title="The great storm", start_seconds=150, end_seconds=360)
    assert episode.chapters[-1].end_seconds == 600
    assert episode.note("fog-horn").not_here[0].asks == ("how many decibels is the horn", "how far can it be heard")
    assert episode.not_covered[1].nearest == "first-night"
    assert episode.glossary.terms == (("paraffin", ("kerosene", "lamp oil")),)
    assert episode.insights[0].start_seconds == episode.note(episode.insights[0].note).start_seconds
    assert episode.turns == ()


def test_an_episode_finds_its_parts(episode: Episode) -> None:
    """Themes, notes and chapters by id and second; unknown ids raise KeyError."""
    assert episode.theme("lamp").name == "The lamp"
    assert [episode.chapter_at(second).title for second in (0, 149, 150, 599, 700)] == [
        "Arrival", "Arrival", "The great storm", "Leaving the rock", "Leaving the rock",
    ]  # fmt: skip
    assert episode.moment(290, 360) == Moment(video_id="Ab3dEf6hIj_", start_seconds=290, end_seconds=360)
    assert episode.moment(290, 360).url == "https://www.youtube.com/watch?v=Ab3dEf6hIj_&t=290"
    assert episode.moment(290, 360).clock == "4:50"
    with pytest.raises(KeyError):
        episode.theme("nothing")
    with pytest.raises(KeyError):
        episode.note("nothing")


def test_plain_scalars_stay_as_written(folder: Path) -> None:
    """No time turns into a number of base 60, no yes into True, no year into a number."""
    path = folder / "notes/01-arrival.yaml"
    path.write_text(
        path.read_text()
        .replace('start: "1:00"', "start: 1:00")
        .replace("- when did the keeper arrive", "- yes")
        .replace("- how old was he when he started", "- 1981")
        .replace("- what year did brandt come to the island", "- 1:15:04"),
        encoding="utf-8",
    )
    episode = read_episode(folder)
    assert episode.note("lamp-oil").start_seconds == 60
    assert episode.note("first-night").asks == ("yes", "1981", "where did he sleep on day one", "1:15:04")


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    """Editors on Windows write one."""
    path = folder / "episode.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_episode(folder).number == 7


def test_optional_files_may_be_missing(folder: Path) -> None:
    """An episode that promises no insights needs no file for them."""
    for name in ("insights.yaml", "glossary.yaml", "not_covered.yaml"):
        (folder / name).unlink()
    head = folder / "episode.yaml"
    head.write_text(head.read_text().replace("not_covered: 2, insights: 6", "not_covered: 0"), encoding="utf-8")
    episode = read_episode(folder)
    assert (episode.insights, episode.not_covered, episode.glossary.terms) == ((), (), ())
    assert [path.name for path in source_files(folder)] == [
        "episode.yaml", "01-arrival.yaml", "02-storm.yaml", "03-leaving.yaml",
    ]  # fmt: skip


def test_missing_files_are_named(folder: Path) -> None:
    """No episode.yaml is one clear line, and so are promised entries of a file that is gone."""
    (folder / "insights.yaml").unlink()
    assert _problems(folder) == ("insights.yaml: 0 entries; episode.yaml promises 6",)
    (folder / "episode.yaml").unlink()
    assert _problems(folder) == (f"episode.yaml: the file is missing; {README_HINT}",)
    nowhere = folder / "nowhere"
    assert _problems(nowhere) == (f"{nowhere}: no such folder; name another with --knowledge or --episode",)


@pytest.mark.parametrize("content", ["[" * 50_000, "{a: " * 50_000, "- " * 50_000])
def test_what_is_nested_beyond_reason_says_so(folder: Path, content: str) -> None:
    """One line, where the C parser would end the whole process."""
    (folder / "glossary.yaml").write_text(content, encoding="utf-8")
    assert _problems(folder) == ("glossary.yaml: nested beyond reason; write lists and keys as in knowledge/README.md",)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# only a remark\n", b"---\n", b"~\n"])
@pytest.mark.parametrize("name", ["episode.yaml", "notes/02-storm.yaml", "insights.yaml", "glossary.yaml"])
def test_an_empty_file_says_so(folder: Path, name: str, content: bytes) -> None:
    """Of whatever kind, and with nothing that only follows from it."""
    (folder / name).write_bytes(content)
    assert _problems(folder) == (f"{name}: the file is empty; {README_HINT}",)


@pytest.mark.parametrize("content", [b"title: \xff\xfe", "title: Forty".encode("utf-16"), b"\x80"])
def test_a_file_that_is_not_utf_8_says_so(folder: Path, content: bytes) -> None:
    """Instead of guessing an encoding."""
    (folder / "notes/02-storm.yaml").write_bytes(content)
    assert _problems(folder) == ("notes/02-storm.yaml: not UTF-8 text; save it again as UTF-8",)


def test_a_folder_in_place_of_a_file_says_so(folder: Path) -> None:
    """And does not crash."""
    (folder / "glossary.yaml").unlink()
    (folder / "glossary.yaml").mkdir()
    assert _problems(folder) == (
        "glossary.yaml: cannot be read (Is a directory); check what it is and who may read it",
    )


def test_a_file_nobody_would_read_is_reported(folder: Path) -> None:
    """`.yml` is passed over by the loader; a curator must learn of it."""
    (folder / "notes/04-extra.yml").write_text("- id: never-read\n", encoding="utf-8")
    assert _problems(folder) == ("notes/04-extra.yml: is not read; name it 04-extra.yaml",)


@pytest.mark.parametrize("content", ["text", "- a\n- b", "[[[]]]", "7"])
def test_a_file_of_another_shape_says_what_to_write(folder: Path, content: str) -> None:
    """A mapping where a list belongs, and the other way round."""
    (folder / "episode.yaml").write_text(content, encoding="utf-8")
    assert _problems(folder) == ("episode.yaml: file: write keys with their values, such as `name: text`",)
    (folder / "episode.yaml").write_bytes((FOLDER / "episode.yaml").read_bytes())
    (folder / "insights.yaml").write_text("a: b", encoding="utf-8")
    assert _problems(folder) == ("insights.yaml: file: write a list, each entry on a line of its own behind '- '",)


@given(content=st.one_of(st.binary(max_size=200), st.text("-:[]{}&*!|>'\"%@`#,? \n\tab1", max_size=60).map(str.encode)))
def test_any_bytes_are_notes_or_problems(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever stands in a file, the curator gets lines with its name, never a traceback."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    problems: list[str] = []
    found = read_yaml(path, list[NoteFile], problems, shown_as="any.yaml")
    if found is None:
        assert problems
        assert all(line.startswith("any.yaml: ") and "\n" not in line for line in problems)
    else:
        assert TypeAdapter(list[NoteFile]).validate_python(found) == found
        assert not problems
