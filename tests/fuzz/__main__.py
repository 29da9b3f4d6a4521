"""Runs each target under atheris in a process of its own, for so many seconds, and says what came of it.

Inputs that broke a promise are kept in artefacts/fuzz; exit 1 when there are any.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

NAMES = ("question", "time", "transcript", "captions", "slack", "discord")
KEPT = Path("artefacts/fuzz")


def main() -> int:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=NAMES, metavar="TARGET", help=f"some of {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if unknown := set(options.targets) - set(NAMES):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if options.inside:
        return _fuzz(options.targets[0], rest)
    KEPT.mkdir(parents=True, exist_ok=True)
    results = [_run(name, options.seconds) for name in options.targets]
    return 0 if all(results) else 1


def _run(name: str, seconds: int) -> bool:
    """One target in a process of its own; whether its promise held."""
    target = import_module(f"tests.fuzz.targets.{name}").TARGET
    with tempfile.TemporaryDirectory() as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        for number, seed in enumerate(target.seeds):
            (corpus / str(number)).write_bytes(seed)
        words.write_text("".join(f'"{_escaped(token)}"\n' for token in target.tokens), encoding="ascii")
        command = [sys.executable, "-m", "tests.fuzz", name, "--inside", f"-max_total_time={seconds}", "-timeout=20"]
        command += [f"-max_len={target.longest}", f"-dict={words}", f"-artifact_prefix={KEPT}/{name}-"]
        done = subprocess.run([*command, str(corpus)], capture_output=True, text=True, errors="replace", check=False)
    ran = re.search(r"Done (\d+) (?:runs )?in (\d+) second", done.stderr)
    count, took = (int(ran[1]), max(1, int(ran[2]))) if ran else (0, 1)
    word = "held" if done.returncode == 0 else "BROKEN"
    print(f"{name:<11} {word:<7} {count:>9} runs {count // took:>7}/s   {target.promise}", flush=True)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:], sep="\n", file=sys.stderr, flush=True)
    return done.returncode == 0


def _escaped(token: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token.encode())


def _fuzz(name: str, arguments: list[str]) -> int:
    """Hand the process over to libFuzzer, which ends it."""
    import logging

    import atheris
    import structlog

    def dropped(*_: object) -> dict[str, object]:
        raise structlog.DropEvent

    with atheris.instrument_imports(include=["bot"], enable_loader_override=False):
        target = import_module(f"tests.fuzz.targets.{name}").TARGET
    structlog.configure(processors=[dropped])
    logging.disable(logging.CRITICAL)
    with target.opened() as check:
        atheris.Setup([sys.argv[0], *arguments], check)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
