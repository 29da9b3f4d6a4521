"""Knowledge that changes under a running process: taken over whole, or the old goes on and everyone can see why."""

import asyncio
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.answer.model import Answer, Question
from bot.errors import KnowledgeError
from bot.knowledge import build
from bot.knowledge.build import Builder
from bot.knowledge.shelf import Build, Shelf
from bot.retrieval.cache import load_index
from bot.retrieval.index import Index
from bot.telemetry import Telemetry
from tests.app.process import App, running
from tests.made_up import FOLDER

OLD, NEW = "paraffin", "whale oil"
NOTES = "harbour-light/notes"
FUEL = "What fuel did the lantern burn before electricity?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder that may be changed."""
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge" / FOLDER.name)).parent


async def _in_this_process(folder: Path, data: Path) -> Index:
    return load_index(folder, data)


async def _shelf(folder: Path, build: Build = _in_this_process) -> tuple[Shelf, Telemetry]:
    """Opened from what an earlier start kept."""
    telemetry = Telemetry()
    data = folder.parent / "data"
    load_index(folder / FOLDER.name, data)
    return await Shelf.open(folder, data, default=FOLDER.name, telemetry=telemetry, build=build), telemetry


def _answer(shelf: Shelf) -> str:
    outcome = shelf.library.default.ask(Question(text=FUEL))
    assert isinstance(outcome, Answer)
    return outcome.text


def _note_with(knowledge: Path, words: str) -> Path:
    return next(path for path in sorted((knowledge / NOTES).glob("*.yaml")) if words in path.read_text("utf-8"))


def _rewrite(path: Path, old: str, new: str) -> None:
    """In one step, as a careful editor saves."""
    beside = path.with_suffix(".new")
    beside.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    beside.replace(path)


def _value(telemetry: Telemetry, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(telemetry.exposition().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


async def test_a_change_is_served_after_a_reload(folder: Path) -> None:
    """The same library answers from the new files; nobody holds on to old answers."""
    shelf, telemetry = await _shelf(folder)
    assert OLD in _answer(shelf)
    _rewrite(_note_with(folder, OLD), OLD, NEW)
    assert await shelf.reload()
    assert NEW in _answer(shelf)
    assert _value(telemetry, "chapterverse_knowledge_reloads_total", result="served") == 1


async def test_a_broken_file_keeps_the_old_knowledge_and_is_told(folder: Path) -> None:
    """The process stays ready, its line and its metrics say what is broken and where; mended, all is well again."""
    shelf, telemetry = await _shelf(folder)
    note = _note_with(folder, OLD)
    whole = note.read_text("utf-8")
    note.write_text(whole + "\n  - id: [broken", "utf-8")
    assert not await shelf.reload()
    assert OLD in _answer(shelf)
    health = shelf.health()
    assert health.is_ready
    assert "broken change" in health.line
    assert note.name in health.line
    assert _value(telemetry, "chapterverse_knowledge_stale") == 1
    note.write_text(whole, "utf-8")
    assert await shelf.reload()
    assert "broken" not in shelf.health().line
    assert _value(telemetry, "chapterverse_knowledge_stale") == 0


async def test_a_folder_that_is_gone_keeps_the_old_knowledge(folder: Path) -> None:
    """Also when the files are taken away altogether."""
    shelf, _ = await _shelf(folder)
    shutil.rmtree(folder / FOLDER.name)
    assert not await shelf.reload()
    assert OLD in _answer(shelf)
    assert "is gone" in shelf.health().line


async def test_whatever_a_build_does_the_old_knowledge_goes_on(folder: Path) -> None:
    """A bug in the build is named by its kind, and the next change is tried again."""

    async def bursting(folder: Path, data: Path) -> Index:
        raise ZeroDivisionError("the words of an error may hold anything")

    shelf, _ = await _shelf(folder, bursting)
    assert not await shelf.reload()
    assert shelf.health().line.endswith("ZeroDivisionError")
    assert OLD in _answer(shelf)


async def test_what_changes_during_the_first_build_is_not_missed(folder: Path) -> None:
    """A file saved while its index is built is seen at the first look."""

    edits = [(OLD, NEW)]

    async def saved_meanwhile(folder: Path, data: Path) -> Index:
        index = load_index(folder, data)
        while edits:
            old, new = edits.pop()
            _rewrite(_note_with(folder.parent, old), old, new)
        return index

    shelf = await Shelf.open(
        folder, folder.parent / "data", default=FOLDER.name, telemetry=Telemetry(), build=saved_meanwhile
    )
    assert OLD in _answer(shelf)
    looking = asyncio.create_task(shelf.watch(look_seconds=0.01))
    async with asyncio.timeout(10):
        while OLD in _answer(shelf):  # noqa: ASYNC110 - the watch works beside
            await asyncio.sleep(0.01)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    assert NEW in _answer(shelf)


async def test_the_watch_sees_a_change_and_hears_a_request(folder: Path) -> None:
    """A changed file is seen at the next look; a request, such as SIGHUP, does not wait for one."""
    builds = asyncio.Queue[str]()

    async def counted(folder: Path, data: Path) -> Index:
        builds.put_nowait(folder.name)
        return load_index(folder, data)

    shelf, _ = await _shelf(folder, counted)
    patient = asyncio.create_task(shelf.watch(look_seconds=3600))
    shelf.ask_for_reload()
    async with asyncio.timeout(10):
        assert await builds.get() == FOLDER.name
    patient.cancel()
    looking = asyncio.create_task(shelf.watch(look_seconds=0.01))
    _rewrite(_note_with(folder, OLD), OLD, NEW)
    async with asyncio.timeout(10):
        assert await builds.get() == FOLDER.name
    looking.cancel()
    await asyncio.gather(patient, looking, return_exceptions=True)


async def test_an_index_built_aside_is_the_same(folder: Path) -> None:
    """The child's index answers as one built here; its problems arrive whole, the first one first."""
    data = folder.parent / "data"
    built_aside = Builder()
    index = await built_aside(folder / FOLDER.name, data)
    assert index.episode == load_index(folder / FOLDER.name, folder.parent / "other").episode
    note = _note_with(folder, OLD)
    note.write_text("- id: Not An Id\n", "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        await built_aside(folder / FOLDER.name, data)
    assert note.name in caught.value.problems[0]


async def test_a_program_that_was_updated_on_disk_is_not_mixed_with_the_running_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index of other code is not taken over: the line says to restart."""
    monkeypatch.setattr(build, "program_hash", lambda: "another program")
    builder = Builder()
    with pytest.raises(KnowledgeError, match="restart the bot"):
        await builder(folder / FOLDER.name, folder.parent / "data")


async def test_a_build_that_is_cut_short_leaves_no_process(folder: Path) -> None:
    """Stopping the bot in the middle of a build ends the child as well."""
    work = asyncio.create_task(Builder()(folder / FOLDER.name, folder.parent / "data"))
    before = _children()
    async with asyncio.timeout(10):
        while not _children() - before:  # noqa: ASYNC110 - the kernel gives no event
            await asyncio.sleep(0.005)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert _children() <= before


def _children() -> set[str]:
    pid = os.getpid()
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split())


async def test_no_episode_and_an_unknown_one_are_told(tmp_path: Path, folder: Path) -> None:
    """The message names the folder, or the setting and what there is."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(KnowledgeError, match=r"no episode found"):
        await Shelf.open(tmp_path / "empty", tmp_path, default="x", telemetry=Telemetry(), build=_in_this_process)
    with pytest.raises(KnowledgeError, match="EPISODE: 'harbor-light' is none of harbour-light"):
        await Shelf.open(folder, tmp_path, default="harbor-light", telemetry=Telemetry(), build=_in_this_process)
    shutil.copytree(folder / FOLDER.name, folder / "second")
    with pytest.raises(KnowledgeError, match="EPISODE: 'third' is none of harbour-light, second"):
        await Shelf.open(folder, tmp_path, default="third", telemetry=Telemetry(), build=_in_this_process)


async def test_a_running_bot_reloads_on_sighup_and_on_a_change_without_a_stall(tmp_path: Path) -> None:
    """Asked all the while, no question waits for a quarter second; a broken file shows in /readyz, metrics and logs."""
    async with running(tmp_path, QUESTIONS_PER_MINUTE="10000") as app:
        note = _note_with(tmp_path / "knowledge", OLD)
        waits = [await _longest_wait(app, note, OLD, NEW)]
        while min(waits) >= 0.25 and len(waits) < 5:  # a busy machine may hold us up; the build must not
            waits += [await _longest_wait(app, note, NEW, OLD), await _longest_wait(app, note, OLD, NEW)]
        assert min(waits) < 0.25, waits
        whole = note.read_text("utf-8")
        note.write_text(whole + "\n  - id: [broken", "utf-8")
        await app.until_said("knowledge_not_reloaded")
        assert NEW in (await app.ask(FUEL))["text"]
        status, checks = await app.ready()
        assert status == 200
        assert "broken change" in checks["knowledge"]["line"]
        assert "chapterverse_knowledge_stale 1.0" in await app.metrics()
        note.write_text(whole, "utf-8")
        app.process.send_signal(signal.SIGHUP)
        await _until_mended(app)
        assert await app.end() == 0


async def _longest_wait(app: App, note: Path, old: str, new: str) -> float:
    """Change the note, and ask until the answer has changed; the longest a question took."""
    _rewrite(note, old, new)
    app.process.send_signal(signal.SIGHUP)
    longest = 0.0
    async with asyncio.timeout(90):
        while "program was updated" not in app.said:
            began = time.monotonic()
            text = (await app.ask(FUEL))["text"]
            longest = max(longest, time.monotonic() - began)
            if new in text:
                return longest
            await asyncio.sleep(0.01)
    pytest.skip("the program was edited while the test ran")


async def _until_mended(app: App) -> None:
    async with asyncio.timeout(90):
        while "broken" in (await app.ready())[1]["knowledge"]["line"]:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
