"""The image, built and run step by step in a chroot, as no container engine may be at hand."""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest
import yaml

from tests.deploy.dockerfile import Stage, read_dockerfile
from tests.deploy.image import Image, why_not

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"
USER = "10001:10001"
pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Built:
    """The final image and the stage it was made from."""

    image: Image
    stage: Stage

    def entry(self, *words: str) -> list[str]:
        """The entry point with other words than CMD's."""
        return [*self.stage.last("ENTRYPOINT").words, *(words or self.stage.last("CMD").words)]

    def inside(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command as the container would run it: its user, read-only."""
        full = self.image.command(command, environment=environment, user=USER, is_read_only=True)
        return subprocess.run(full, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every stage of the Dockerfile carried out."""
    if reason := why_not():
        pytest.skip(reason)
    made: dict[str, Image] = {}
    for stage in read_dockerfile(DOCKERFILE):
        root = tmp_path_factory.mktemp(stage.name) / "root"
        image = Image(root, context=ROOT, ignore=DOCKERFILE.with_name("Dockerfile.dockerignore"))
        image.build(stage, made)
        made[stage.name] = image
    return Built(image=made["final"], stage=read_dockerfile(DOCKERFILE)[-1])


@dataclass(frozen=True, kw_only=True)
class Running:
    """The container's process and where it listens."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def bot(self) -> psutil.Process:
        """The bot itself: process 1 of its own namespace."""
        return psutil.Process(self.process.pid).children()[0]

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of one request."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
            return response.status, response.read().decode()


@pytest.fixture
def running(built: Built) -> Iterator[Running]:
    """ENTRYPOINT and CMD as they stand, on a free port, with nothing of the network but the loopback asked for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"PORT": str(port), "HOST": "127.0.0.1", "TRANSCRIPT_AUTOFETCH": "0"}
    command = built.image.command(built.entry(), environment=environment, user=USER, is_read_only=True)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        running = Running(process=process, port=port)
        try:
            _wait_until_alive(running)
            yield running
        finally:
            process.kill()


def _wait_until_alive(running: Running) -> None:
    end = time.monotonic() + 45
    while time.monotonic() < end and running.process.poll() is None:
        try:
            running.get("/livez")
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the container never answered")


def test_the_container_serves_answers_as_nobody_in_particular(running: Running) -> None:
    """It is ready with an empty data volume, answers a question, and its process is user 10001."""
    assert running.get("/readyz")[0] == 200
    status, text = running.get("/api/ask?q=Why%20did%20CUDA%20win%3F")
    assert status == 200
    assert "youtube.com/watch" in text
    assert running.bot.uids().real == 10001


def test_the_health_check_tells_a_living_container_from_a_dead_one(built: Built, running: Running) -> None:
    """HEALTHCHECK's own command exits 0 beside the running bot, and not 0 where nothing listens."""
    command = built.stage.last("HEALTHCHECK").words
    assert built.inside(*command, PORT=str(running.port)).returncode == 0
    dead = built.inside(*command, PORT="1")
    assert dead.returncode == 1
    assert dead.stderr == "/livez gives no answer: ConnectionRefusedError\n"


def test_stop_signal_ends_process_one_in_time(running: Running) -> None:
    """As process 1 there are no default handlers: the bot itself must hear SIGTERM, and say goodbye with 0."""
    running.bot.terminate()
    assert running.process.wait(timeout=20) == 0


def test_nothing_but_the_data_volume_can_be_written(built: Built) -> None:
    """Neither code nor knowledge nor the environment can be changed by whoever gets in."""
    places = ["/app", "/app/bot", "/app/knowledge", "/opt/venv", "/etc", "/", "/data"]
    script = f"for at in {' '.join(places)}; do touch $at/x 2>/dev/null && echo $at; done; true"
    assert built.inside("sh", "-c", script).stdout == "/data\n"


def test_the_image_has_what_it_needs_and_nothing_that_installs_or_tells(built: Built) -> None:
    """No pip, no tests, no .env, no transcript; the code comes compiled."""
    root = built.image.root
    assert not list(root.glob("opt/venv/bin/pip*"))
    assert built.inside("python", "-c", "import pip").returncode != 0
    names = {path.name for path in (root / "app").rglob("*")}
    assert names & {".env", "tests", ".git", "transcript.json", "transcript.html", "page.html"} == set()
    sources = list((root / "app/bot").rglob("*.py"))
    assert sources
    assert all(list(path.parent.glob(f"__pycache__/{path.stem}.*.pyc")) for path in sources)


@pytest.mark.parametrize("words", [("check",), ("themes",), ("ask", "why did CUDA win?"), ("slack", "manifest")])
def test_the_other_entry_commands_work_in_it(built: Built, words: tuple[str, ...]) -> None:
    """What an operator types after `docker run chapterverse`."""
    done = built.inside(*built.entry(*words))
    assert (done.returncode, done.stdout != "") == (0, True)


def test_the_pods_import_of_a_transcript_works_in_it(built: Built) -> None:
    """The init container's own command: content without a page, one line and a failure for what is no page."""
    command = _init_command()
    assert built.inside(*command).returncode == 0
    page = built.image.root / "transcript/page.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text("<html></html>", encoding="utf-8")
    done = built.inside(*command)
    page.unlink()
    assert done.returncode == 1
    assert done.stderr.startswith("page.html: no turns found")


def _init_command() -> list[str]:
    manifest = next(yaml.safe_load_all((ROOT / "deploy/kubernetes/web.yaml").read_text(encoding="utf-8")))
    command: list[str] = manifest["spec"]["template"]["spec"]["initContainers"][0]["command"]
    return command
