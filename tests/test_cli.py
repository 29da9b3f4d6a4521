"""The terminal's verbs, as a person and as a program uses them."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from tests.made_up import FOLDER, KNOWLEDGE

ROOT = Path(__file__).parents[1]
BATCH_KEYS = (
    "question outcome answered answer seconds end_seconds url chapter theme confidence source quote speaker related"
).split()


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run a command on the made-up episode; the exit code, what was printed, and what was said beside it."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        folders = ["--knowledge", str(KNOWLEDGE), "--episode", "harbour-light", "--data", str(tmp_path / "data")]
        code = main([*arguments[:1], *folders, *arguments[1:]])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_ask_prints_answer_link_theme_and_chapter(cli) -> None:  # type: ignore[no-untyped-def]
    """One question, one answer with its moment."""
    code, out, _ = cli("ask", "why", "not", "use", "soap?")
    assert code == 0
    for part in (
        "soap leaves streaks",
        "1:45",
        "https://www.youtube.com/watch?v=Ab3dEf6hIj_&t=105",
        "The lamp",
        "Arrival",
    ):
        assert part in out


def test_ask_json_has_every_promised_key(cli) -> None:  # type: ignore[no-untyped-def]
    """The keys programs rely on, in their order."""
    _, out, _ = cli("ask", "--json", "why not use soap")
    assert list(json.loads(out)) == BATCH_KEYS


def test_a_batch_gives_one_object_a_line_in_order(cli) -> None:  # type: ignore[no-untyped-def]
    """Answers, refusals, small talk and an empty line, each with its question."""
    asked = ["why not use soap", "how old did the dog get", "hello", "", "what breed was pilot"]
    code, out, err = cli("ask", "--batch", stdin="\n".join(asked) + "\n")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert err == ""
    assert [one["question"] for one in found] == asked
    assert [one["outcome"] for one in found] == ["answer", "refusal", "smalltalk", "smalltalk", "refusal"]
    assert [one["answered"] for one in found] == [True, False, False, False, False]
    for one in found:
        assert one["answer"]
        assert (one["seconds"] is None) == (not one["answered"])
        assert 0 <= one["confidence"] <= 1
        assert all(list(moment) == ["seconds", "title", "url"] for moment in one["related"])


def test_a_batch_survives_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A line that is not UTF-8 gets its object like any other."""
    run = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--batch", "--knowledge", str(FOLDER), "--data", str(tmp_path)],
        input=b"\xff\xfe\x00\nwhy not use soap\n",
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert [one["answered"] for one in found] == [False, True]


def test_why_shows_which_words_of_which_field_matched(cli) -> None:  # type: ignore[no-untyped-def]
    """A curator sees how a hit came about."""
    _, _, err = cli("ask", "--why", "why not use soap")
    assert "cleaning-lens" in err
    assert "asks: " in err
    assert "soap" in err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("ask",), "Give a question"),
        (("ask", "--theme", "lmap", "x"), "There is no theme 'lmap'; choose one of lamp, weather, life."),
        (("at", "noon"), "no time I can read"),
        (("at", "12:00"), "The video is 10:00 long"),
        (("insight", "cooking"), "There is no theme 'cooking'"),
        (("transcript", "import"), "Name the file"),
        (("run", "--only", "cooking"), "--only: cooking is unknown; choose from web"),
    ],
)
def test_wrong_usage_gets_one_line_and_exit_2(cli, arguments: tuple[str, ...], line: str) -> None:  # type: ignore[no-untyped-def]
    """The line says what to write; nothing goes to stdout."""
    code, out, err = cli(*arguments)
    assert code == 2
    assert line in err
    assert err.count("\n") == 1
    assert out == ""


def test_when_lists_moments(cli) -> None:  # type: ignore[no-untyped-def]
    """The best moment of a topic first."""
    _, out, _ = cli("when", "--json", "fog")
    assert json.loads(out)[0]["seconds"] == 220


@pytest.mark.parametrize("time", ["3:45", "225", "3m45s", "0:03:45"])
def test_at_reads_every_form_of_a_time(cli, time: str) -> None:  # type: ignore[no-untyped-def]
    """The same second, however it is written."""
    _, out, _ = cli("at", "--json", time)
    assert json.loads(out)["seconds"] == 225
    assert "eleven days" in json.loads(out)["answer"]


def test_themes_lists_themes_and_chapters(cli) -> None:  # type: ignore[no-untyped-def]
    """All of both."""
    _, out, _ = cli("themes")
    for name in ("The lamp", "Storms", "Life on the rock", "Arrival", "The great storm", "Leaving the rock"):
        assert name in out


def test_check_is_quiet_about_good_files_and_exact_about_bad_ones(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Exit 0 with counts; exit 1 with every problem, file first."""
    assert cli("check")[0] == 0
    broken = tmp_path / "broken"
    (broken / "notes").mkdir(parents=True)
    for path in FOLDER.glob("*.yaml"):
        (broken / path.name).write_text(path.read_text())
    (broken / "notes" / "01.yaml").write_text("- id: a\n  titel: x\n")
    code = main(["check", "--knowledge", str(broken), "--json"])
    assert code == 1


def test_a_transcript_is_imported_shown_and_used(cli) -> None:  # type: ignore[no-untyped-def]
    """After the import an answer quotes the turn that says it and starts there."""
    code, out, _ = cli("transcript", "import", str(FOLDER / "transcript.html"))
    assert (code, out) == (0, "9 turns, 183 words, 3 chapters, speakers: Tomas Brandt, Ada Quill\n")
    assert cli("transcript", "show") == (0, "9 turns, 183 words, speakers: Tomas Brandt, Ada Quill\n", "")
    found = json.loads(cli("ask", "--json", "why not use soap")[1])
    assert found["seconds"] == 106
    assert found["quote"].startswith("Vinegar and the old newspaper")
    assert found["speaker"] == "Tomas Brandt"


def test_a_bad_transcript_gets_one_line_and_changes_nothing(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The stored transcript stays as it was."""
    cli("transcript", "import", str(FOLDER / "transcript.html"))
    (tmp_path / "empty.vtt").write_text("")
    code, out, err = cli("transcript", "import", str(tmp_path / "empty.vtt"))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "empty.vtt" in err
    assert cli("transcript", "show")[1].startswith("9 turns")


def test_eval_prints_a_table_and_json(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Figures for tuning and final questions, and start-up time and memory."""
    path = tmp_path / "set.yaml"
    path.write_text(
        "- {id: a, question: why not use soap, windows: [[1:45, 2:30]], facts: [[streaks]]}\n"
        "- {id: b, question: what breed was pilot, answerable: false, kind: near_miss, held_back: true}\n"
    )
    _, out, _ = cli("eval", str(path))
    assert "hit@1" in out
    _, out, _ = cli("eval", "--json", str(path))
    found = json.loads(out)
    assert found["tuning"]["hit_at_1"] == 1
    assert found["final"]["rightly_refused"] == 1
    assert found["peak memory, MB"] > 0


def test_chat_answers_and_follows_up(cli) -> None:  # type: ignore[no-untyped-def]
    """A line is a question, a slash a command, a bare follow-up belongs to the answer before."""
    lines = "how high were the waves\nand why?\n/at 3:45\n/when fog\n/themes\n/insight\n/at noon\n/quit\n"
    code, out, _ = cli("chat", stdin=lines)
    assert code == 0
    for part in ("30 metres up", "counted the waves", "eleven days", "Storms", "no time I can read"):
        assert part in out


@pytest.mark.parametrize("word", ["/quit", "/q", "quit", "exit", "EXIT"])
def test_chat_ends_by_any_word_for_it(cli, word: str) -> None:  # type: ignore[no-untyped-def]
    """With or without the slash: nobody is kept in."""
    code, out, _ = cli("chat", stdin=f"{word}\nhow high were the waves\n")
    assert code == 0
    assert "30 metres" not in out


def test_a_knowledge_folder_may_be_the_one_we_stand_in(cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """`--knowledge .` is the episode of that folder's name, with its transcript."""
    cli("transcript", "import", str(FOLDER / "transcript.html"))
    monkeypatch.chdir(FOLDER)
    assert main(["transcript", "show", "--knowledge", ".", "--data", str(tmp_path / "data")]) == 0


def test_make_hands_a_question_over_as_typed() -> None:
    """Quotes, dollars and semicolons in `make ask Q=` reach the bot and no shell."""
    run = subprocess.run(
        ["make", "-n", "ask", """Q=what's $HOME; "x" `y`?"""], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert """ask 'what'\\''s $HOME; "x" `y`?'""" in run.stdout


def test_every_command_has_help() -> None:
    """`--help` names each verb and exits 0."""
    run = subprocess.run([sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, cwd=ROOT, check=True)
    for verb in "run chat ask when at insight themes check eval transcript doctor".split():
        assert verb in run.stdout


def test_an_unknown_command_is_wrong_usage() -> None:
    """Exit 2, and the usage on stderr."""
    run = subprocess.run([sys.executable, "-m", "bot", "dance"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 2
    assert "usage" in run.stderr


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    """`ask --batch | head -1` prints no traceback."""
    command = f"{sys.executable} -m bot ask --batch --knowledge {FOLDER} --data {tmp_path} | head -n 1"
    run = subprocess.run(
        ["bash", "-c", command],
        input="fog\n" * 2000,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env=os.environ,
    )
    assert "Traceback" not in run.stderr
