"""The systemd unit: accepted by systemd itself, hardened, and in step with what the bot needs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy/chapterverse.service"
MOST_EXPOSED = 2.0
analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def _lines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@analyze
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say, once the interpreter it names is one that is here."""
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/chapterverse/.venv/bin/python", sys.executable)
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@analyze
def test_systemd_calls_it_hardly_exposed() -> None:
    """Its own score, 0 (locked away) to 10 (open), stays under 2."""
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", UNIT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_it_runs_the_bot_and_holds_no_secret() -> None:
    """Settings come from a file of root's; a reload is the signal the bot reads its knowledge on."""
    lines = _lines()
    assert lines["ExecStart"] == ["/opt/chapterverse/.venv/bin/python -m bot run"]
    assert lines["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert lines["EnvironmentFile"] == ["/etc/chapterverse/env"]
    assert not any("TOKEN" in value or "SECRET" in value for value in lines["Environment"])


def test_its_data_folder_is_the_one_systemd_makes() -> None:
    """DATA_DIR lies in the state directory, which belongs to the dynamic user alone."""
    lines = _lines()
    assert f"DATA_DIR=/var/lib/{lines['StateDirectory'][0]}" in lines["Environment"][0].split()
    assert lines["StateDirectoryMode"] == ["0700"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux's")
def test_the_bot_lives_without_writable_executable_memory() -> None:
    """MemoryDenyWriteExecute would kill what makes code at run time; every library loads and answers without."""
    script = (
        "import ctypes, os, sys\n"
        "if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0): sys.exit(77)\n"  # PR_SET_MDWE, Linux 6.3 and newer
        "os.execv(sys.executable, [sys.executable, '-c', 'import bot.app, bot.adapters.discord.adapter, "
        "bot.adapters.slack.adapter, bot.picture.draw, asyncpg, Stemmer, selectolax.lexbor'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE")
    assert (done.returncode, done.stderr) == (0, "")
