"""OpenTelemetry traces, where the extra `traces` is installed and an endpoint is set.

Loads none of it otherwise. Spans hold names, ids and timings: no question text, no user id, no error text.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import structlog

from bot import __version__
from bot.errors import SettingsError
from bot.telemetry import Note

TRACES_PATH = "/v1/traces"
log = structlog.get_logger()


class Traces:
    """Spans sent in the background. `provider` is OpenTelemetry's; `close` sends what is left."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("chapterverse", __version__)

    @contextmanager
    def span(self, name: str) -> Iterator[Note]:
        """A span below the running one. An exception leaves its kind in it, not its text."""
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:

            def note(**ids: str) -> None:
                for key, value in ids.items():
                    span.set_attribute(f"chapterverse.{key}", value)

            try:
                yield note
            except BaseException as error:
                note(error=type(error).__name__)
                raise

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        self._provider.shutdown()


def open_traces(endpoint: str) -> Traces | None:
    """Spans for a collector that speaks OTLP over HTTP; None without an endpoint. Raises SettingsError."""
    if not endpoint:
        return None
    if not endpoint.startswith(("http://", "https://")):
        raise SettingsError(["OTEL_EXPORTER_OTLP_ENDPOINT: write an address such as http://collector:4318"])
    try:
        exporting = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        resources = import_module("opentelemetry.sdk.resources")
        sdk = import_module("opentelemetry.sdk.trace")
        processing = import_module("opentelemetry.sdk.trace.export")
    except ImportError:
        log.warning("traces_off", reason="install the extra: pip install 'chapterverse[traces]'")
        return None
    resource = resources.Resource.create({"service.name": "chapterverse", "service.version": __version__})
    provider = sdk.TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = exporting.OTLPSpanExporter(endpoint=address(endpoint), timeout=3)
    provider.add_span_processor(processing.BatchSpanProcessor(exporter))
    return Traces(provider)


def address(endpoint: str) -> str:
    """Where traces go below a collector's base address, as the specification of OTLP says."""
    base = endpoint.rstrip("/")
    return base if base.endswith(TRACES_PATH) else base + TRACES_PATH
