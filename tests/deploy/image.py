"""Carries a Dockerfile out in a chroot of its own: no container engine, no registry of images.

The base image's place is taken by this machine's system, read-only, with this Python as /usr/local. Needs root.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from tests.deploy.dockerfile import Instruction, Stage

SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
ETC = (
    *("passwd", "group", "shadow", "gshadow", "login.defs"),
    *("ld.so.conf", "ld.so.conf.d", "resolv.conf", "hosts", "nsswitch.conf", "pip.conf", "localtime"),
    *("ssl", "alternatives"),
)
HANDED_ON = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT")


def why_not() -> str:
    """Why a chroot cannot be had here; empty where it can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "a chroot needs Linux and root"
    if not (Path(sys.base_prefix) / "bin/python").exists() or sys.base_prefix.startswith("/usr"):
        return "this Python is the system's own, not one that can be put at /usr/local"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"], check=False
    )
    return "" if tried.returncode == 0 else "no mounts are allowed here"


def is_let_through(ignore: Path, name: str) -> bool:
    """Whether the build context has that path: the last line of the ignore file that matches decides."""
    let = True
    for line in ignore.read_text(encoding="utf-8").splitlines():
        pattern = line.strip().removeprefix("!").removeprefix("**/")
        if not pattern or pattern.startswith("#"):
            continue
        parts = Path(name).parts
        heads = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        anywhere = parts if line.strip().startswith("**/") else heads
        if any(fnmatch(part, pattern) for part in anywhere):
            let = line.strip().startswith("!")
    return let


class Image:
    """One stage being built in `root`. Source files come from `context`, minus what its ignore file names."""

    def __init__(self, root: Path, *, context: Path, ignore: Path) -> None:
        self.root = root
        self._context = context
        self._ignore = ignore
        self._directory = "/"
        self.environment: dict[str, str] = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        for name in ("proc", "dev", "tmp", "etc", "root", *SYSTEM):
            (root / name).mkdir(parents=True)
        for name in ETC:
            source = Path("/etc") / name
            if source.is_dir():
                shutil.copytree(source, root / "etc" / name, symlinks=True)
            elif source.exists():
                shutil.copy2(source, root / "etc" / name)
        self.run(["/sbin/ldconfig"])  # so that our Python finds its own library before the system's

    def build(self, stage: Stage, earlier: Mapping[str, "Image"]) -> None:
        """Carry out every instruction of the stage. Raises CalledProcessError for a step that fails."""
        for one in stage.instructions:
            if one.name == "RUN":
                self.run(["sh", "-ec", one.text], environment=_handed_on())
            elif one.name == "COPY":
                self._copy(one, earlier)
            elif one.name == "WORKDIR":
                self._directory = one.words[0]
                (self.root / self._directory.lstrip("/")).mkdir(parents=True, exist_ok=True)
            elif one.name == "ENV":
                self.environment.update(word.split("=", 1) for word in one.words)

    def run(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> str:
        """The output of a command inside, as root, with everything writable but the system."""
        done = subprocess.run(
            self.command(command, environment=environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"{shlex.join(command)} gave {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def command(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        user: str = "0:0",
        is_read_only: bool = False,
    ) -> list[str]:
        """The host's command that runs another one inside, as process 1 of its own, its mounts gone afterwards."""
        root = shlex.quote(str(self.root))
        lines = [f"mount --bind {root} {root}"]
        for name in SYSTEM:
            if (source := Path("/") / name).exists():
                lines += [f"mount --rbind {source} {root}/{name}", f"mount -o remount,bind,ro {root}/{name}"]
        lines += [
            f"mount --bind {shlex.quote(sys.base_prefix)} {root}/usr/local",
            f"mount -o remount,bind,ro {root}/usr/local",
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
        ]
        if is_read_only:
            lines += [
                f"mount --bind {root}/data {root}/data",
                f"mount -o remount,bind,ro {root}",
                f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp",
            ]
        variables = {**self.environment, **(environment or {})}
        inner = ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), *command]
        change = f"cd {shlex.quote(self._directory)} && exec {shlex.join(inner)}"
        lines.append(f"exec chroot --userspec={user} {root} /bin/sh -c {shlex.quote(change)}")
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", "\n".join(lines)]

    def _copy(self, one: Instruction, earlier: Mapping[str, "Image"]) -> None:
        *sources, target = one.words
        for source in sources:
            goal = self.root / target.lstrip("/")
            goal.parent.mkdir(parents=True, exist_ok=True)
            if "from" in one.flags:
                _copied(earlier[one.flags["from"]].root / source.lstrip("/"), goal)
            else:
                assert is_let_through(self._ignore, source), f"{source} is kept out of the build"
                _copied(self._context / source, goal, unwanted=self._unwanted)

    def _unwanted(self, folder: str, names: list[str]) -> set[str]:
        inside = Path(folder).relative_to(self._context)
        return {name for name in names if not is_let_through(self._ignore, (inside / name).as_posix())}


def _copied(source: Path, goal: Path, unwanted: object = None) -> None:
    if source.is_dir():
        shutil.copytree(source, goal, symlinks=True, ignore=unwanted, dirs_exist_ok=True)  # type: ignore[arg-type]
    else:
        shutil.copy2(source, goal)


def _handed_on() -> dict[str, str]:
    """How this machine reaches its package index; an engine would be given the same at build."""
    unusable = {"PIP_FIND_LINKS"}  # names a folder of the host
    return {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON) and name not in unusable}
