"""axe-core, the accessibility checker, fetched once from npm into the person's cache folder."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

VERSION = "4.10.3"


def axe_source() -> str:
    """The script; skips the test where npm is missing or cannot be reached."""
    folder = Path.home() / ".cache" / "chapterverse"
    script = folder / f"axe-{VERSION}.js"
    if not script.exists():
        script.write_text(_fetched(folder), encoding="utf-8")
    return script.read_text(encoding="utf-8")


def _fetched(folder: Path) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core: there is no npm to fetch it with")
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("axe-core: npm cannot be reached")
    archive = folder / f"axe-core-{VERSION}.tgz"
    with tarfile.open(archive) as packed:
        member = packed.extractfile("package/axe.min.js")
        assert member is not None
        source = member.read().decode()
    archive.unlink()
    return source
