"""Logs and metrics: what an operator sees from outside.

Takes ids, names and timings only: no question text, no token, no user id in clear.
"""

import logging
import math
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

STAGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class _ToStderr(logging.StreamHandler[Any]):
    """Writes to what `sys.stderr` is when a line comes."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def set_up_logs(log_format: str, level: str) -> None:
    """Send structured lines to stderr, as JSON or for people; the libraries' own loggers go the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    is_json = log_format == "json"
    renderer: Any = structlog.processors.JSONRenderer() if is_json else structlog.dev.ConsoleRenderer(colors=False)
    threshold = getattr(logging, level.upper())
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the stderr of the moment, not of this call
        cache_logger_on_first_use=False,
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(max(threshold, logging.WARNING))


Note = Callable[..., None]
"""Adds ids to the running span: `note(outcome="answer")`. Never what a person typed, never who they are."""


class Spans(Protocol):
    """Where traces go, if anywhere."""

    def span(self, name: str) -> AbstractContextManager[Note]:
        """A span around what happens inside."""
        ...


class NoSpans:
    """Traces are off."""

    @contextmanager
    def span(self, name: str) -> Iterator[Note]:
        """Nothing is kept."""
        yield lambda **ids: None


class Telemetry:
    """The metrics of one process, in a registry of its own so that tests can have many; `spans` takes traces."""

    def __init__(self, *, spans: Spans | None = None) -> None:
        self._spans = spans or NoSpans()
        self.registry = CollectorRegistry()
        self.questions = Counter(
            "chapterverse_questions", "Questions answered", ["platform", "outcome", "theme"], registry=self.registry
        )
        self.seconds = Histogram(
            "chapterverse_stage_seconds", "Time spent by stage", ["stage"], buckets=STAGES, registry=self.registry
        )
        self.deliveries = Counter(
            "chapterverse_deliveries", "Daily insights by result", ["platform", "result"], registry=self.registry
        )
        self.failures = Counter(
            "chapterverse_failures", "Failures a person was told of", ["platform", "kind"], registry=self.registry
        )
        self.reconnects = Counter(
            "chapterverse_reconnects", "Connections taken up again", ["platform"], registry=self.registry
        )
        self.in_flight = Gauge("chapterverse_in_flight", "Work under way", ["platform"], registry=self.registry)
        self.knowledge_stale = Gauge(
            "chapterverse_knowledge_stale",
            "1 while a broken change of the knowledge is not served",
            registry=self.registry,
        )
        self.knowledge_reloads = Counter(
            "chapterverse_knowledge_reloads", "Changes of the knowledge by result", ["result"], registry=self.registry
        )
        self.ready = Gauge("chapterverse_ready", "1 while a part can serve", ["part"], registry=self.registry)
        self.event_age = Gauge(
            "chapterverse_event_age_seconds",
            "Since a platform's last event; NaN before the first",
            ["platform"],
            registry=self.registry,
        )
        self.schedule_late = Gauge(
            "chapterverse_schedule_late_seconds", "How long the oldest due insight waits", registry=self.registry
        )

    def watch(self, part: str, look: Callable[[], tuple[bool, float | None]], *, has_events: bool = True) -> None:
        """Show, whenever metrics are read, whether a part is ready and the seconds since its last event."""
        self.ready.labels(part).set_function(lambda: float(look()[0]))
        if has_events:
            self.event_age.labels(part).set_function(lambda: _or_nan(look()[1]))

    @contextmanager
    def stage(self, name: str, **ids: str) -> Iterator[Note]:
        """Time what happens inside; in a trace it is a span with these ids. Gives a `Note` for ids known later."""
        began = perf_counter()
        try:
            with self._spans.span(name) as note:
                note(**ids)
                yield note
        finally:
            self.seconds.labels(name).observe(perf_counter() - began)

    def exposition(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)


def place_of(error: BaseException | None) -> str:
    """Where it broke, such as `service.py:71`; never the error's own text, which may hold what a person typed."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
