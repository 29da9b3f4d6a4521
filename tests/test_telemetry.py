"""Metrics, logs and traces: complete for an operator, and free of what a person typed."""

import importlib.util
import json
import logging
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from bot import traces
from bot.adapters.desk import Asker
from bot.episode.model import Episode
from bot.errors import SettingsError
from bot.telemetry import Note, Telemetry, set_up_logs
from bot.traces import address, open_traces
from tests.adapters.web.served import NoStore, make_desk

FUEL = "What fuel did the lantern burn before electricity?"
HAS_EXTRA = importlib.util.find_spec("opentelemetry") is not None


def _samples(telemetry: Telemetry) -> dict[str, float]:
    """Every sample by its name and label values."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(telemetry.exposition().decode())
        for sample in family.samples
    }


class Kept:
    """Spans in a list, with their ids and how deep they lie."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, str, dict[str, str]]] = []
        self._depth = 0

    @contextmanager
    def span(self, name: str) -> Iterator[Note]:
        ids: dict[str, str] = {}
        self.spans.append((self._depth, name, ids))
        self._depth += 1
        try:
            yield lambda **more: ids.update(more)
        finally:
            self._depth -= 1


def test_a_stage_is_timed_also_when_it_fails() -> None:
    """Time is counted, the span is closed, and the error goes on."""
    kept = Kept()
    telemetry = Telemetry(spans=kept)
    with pytest.raises(KeyError), telemetry.stage("answer", platform="web"):
        raise KeyError("x")
    assert _samples(telemetry)["chapterverse_stage_seconds_count answer"] == 1
    assert kept.spans == [(0, "answer", {"platform": "web"})]


def test_readiness_and_event_age_are_read_when_metrics_are() -> None:
    """The figures follow the adapter; before the first event the age is no number."""
    telemetry = Telemetry()
    now: list[tuple[bool, float | None]] = [(False, None)]
    telemetry.watch("slack", lambda: now[0])
    telemetry.watch("web", lambda: (True, None), has_events=False)
    before = _samples(telemetry)
    assert before["chapterverse_ready slack"] == 0
    assert math.isnan(before["chapterverse_event_age_seconds slack"])
    assert "chapterverse_event_age_seconds web" not in before
    now[0] = (True, 12.5)
    after = _samples(telemetry)
    assert (after["chapterverse_ready slack"], after["chapterverse_event_age_seconds slack"]) == (1, 12.5)


async def test_a_question_is_a_trace_of_ids_and_timings(told_episode: Episode) -> None:
    """Its stages lie below it; platform, outcome and hit are named, question and person are not."""
    desk, kept = make_desk(NoStore(), told_episode), Kept()
    desk.telemetry = Telemetry(spans=kept)
    outcome = await desk.ask(Asker(platform="web", user_id="203.0.113.9"), FUEL)
    assert [(depth, name) for depth, name, _ in kept.spans] == [(0, "ask"), (1, "answer")]
    ids = kept.spans[0][2]
    assert ids["platform"] == "web"
    assert ids["outcome"] == outcome.outcome == "answer"  # type: ignore[union-attr]
    assert ids["hit"]
    assert "fuel" not in str(kept.spans).lower()
    assert "203.0.113.9" not in str(kept.spans)
    theme = outcome.theme.id if outcome.theme else ""  # type: ignore[union-attr]
    assert f'outcome="answer",platform="web",theme="{theme}"}} 1.0' in desk.telemetry.exposition().decode()


@pytest.fixture
def logs() -> Iterator[None]:
    """Logging is put back as it was."""
    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.usefixtures("logs")
def test_our_lines_and_the_libraries_are_json_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line, with time and level; libraries speak from warnings on, whatever our level."""
    set_up_logs("json", "debug")
    structlog.get_logger().debug("ours", hit="a-note")
    logging.getLogger("some.library").debug("chatter")
    logging.getLogger("some.library").warning("theirs")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("ours", "debug"), ("theirs", "warning")]
    assert all(line["timestamp"].endswith("Z") for line in lines)


@pytest.mark.usefixtures("logs")
def test_a_level_keeps_quiet_what_is_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    """At error, a warning is not written, by us or by a library."""
    set_up_logs("console", "error")
    structlog.get_logger().warning("quiet")
    logging.getLogger("some.library").warning("quiet")
    structlog.get_logger().error("loud")
    said = capsys.readouterr().err
    assert "quiet" not in said
    assert "loud" in said


def test_without_an_endpoint_nothing_of_opentelemetry_is_loaded() -> None:
    """Traces cost nothing where nobody wants them."""
    before = set(sys.modules)
    assert open_traces("") is None
    assert set(sys.modules) == before


def test_an_endpoint_that_is_no_address_is_refused() -> None:
    """The line names the setting and shows a good value."""
    with pytest.raises(SettingsError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT: .*http://collector:4318"):
        open_traces("collector:4317")


def test_without_the_extra_the_bot_runs_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint alone does not stop a bot that lacks the extra."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(traces, "import_module", missing)
    with structlog.testing.capture_logs() as lines:
        assert open_traces("http://127.0.0.1:4318") is None
    assert [line["event"] for line in lines] == ["traces_off"]
    assert "chapterverse[traces]" in lines[0]["reason"]


@pytest.mark.parametrize(
    ("endpoint", "full"),
    [
        ("http://c:4318", "http://c:4318/v1/traces"),
        ("http://c:4318/", "http://c:4318/v1/traces"),
        ("https://c/otlp/v1/traces", "https://c/otlp/v1/traces"),
    ],
)
def test_a_base_address_gets_the_path_of_traces(endpoint: str, full: str) -> None:
    """As the specification says for the general endpoint; a full one stays."""
    assert address(endpoint) == full


class Collector(BaseHTTPRequestHandler):
    """A collector that keeps what it is sent."""

    got: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.mark.skipif(not HAS_EXTRA, reason="the extra `traces` is not installed")
@pytest.mark.filterwarnings("default::DeprecationWarning")
async def test_spans_reach_a_collector_without_what_was_typed(told_episode: Episode) -> None:
    """With the extra, a question's span arrives over OTLP when the bot stops, and holds ids only."""
    handler = type("Handler", (Collector,), {"got": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            spans = open_traces(f"http://127.0.0.1:{server.server_port}")
            assert spans is not None
            desk = make_desk(NoStore(), told_episode)
            desk.telemetry = Telemetry(spans=spans)
            await desk.ask(Asker(platform="web", user_id="203.0.113.9"), FUEL)
            with pytest.raises(ValueError, match="lantern"), spans.span("broken"):
                raise ValueError("lantern")
            spans.close()
        finally:
            server.shutdown()
            thread.join()
    sent = b"".join(body for _, body in handler.got)
    assert {path for path, _ in handler.got} == {"/v1/traces"}
    for name in (b"ask", b"answer", b"broken", b"chapterverse.hit", b"ValueError"):
        assert name in sent
    for hidden in (b"lantern", b"203.0.113.9"):
        assert hidden not in sent
