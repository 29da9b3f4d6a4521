"""The dashboard asks for metrics that the bot has, with labels that they carry."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from bot.telemetry import Telemetry

BOARD: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "deploy/grafana/chapterverse.json").read_text(encoding="utf-8")
)
PANELS = BOARD["panels"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.fixture(scope="module")
def labels() -> dict[str, set[str]]:
    """Every series of a process that did a little of everything, and the labels it has."""
    telemetry = Telemetry()
    for metric in vars(telemetry).values():
        if isinstance(metric, MetricWrapperBase) and metric._labelnames:
            metric.labels(*("x" for _ in metric._labelnames))
    found: dict[str, set[str]] = {}
    for family in _families(telemetry):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def _families(telemetry: Telemetry) -> Iterator[Metric]:
    return text_string_to_metric_families(telemetry.exposition().decode())


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_panel_asks_for_what_there_is(expression: str, labels: dict[str, set[str]]) -> None:
    """Names and labels, those selected by and those grouped by."""
    names = re.findall(r"chapterverse_\w+", expression)
    assert names
    assert set(names) <= labels.keys()
    known = {"job", "instance"}.union(*(labels[name] for name in names))
    used = re.findall(r"(\w+)=~?\"", expression)
    used += [one for group in re.findall(r"by \(([^)]*)\)", expression) for one in group.replace(",", " ").split()]
    assert set(used) <= known


def test_every_metric_is_shown(labels: dict[str, set[str]]) -> None:
    """A new metric gets a panel."""
    shown = {name for expression in EXPRESSIONS for name in re.findall(r"chapterverse_\w+", expression)}
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in labels}
    assert families == {re.sub(r"_(total|bucket)$", "", name) for name in shown}


def test_panels_do_not_overlap_and_say_what_they_are() -> None:
    """Each has its place on the 24 columns, a title, a description, and an id of its own."""
    cells = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)
    assert all(panel["title"] and panel["description"] for panel in PANELS)
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_no_rate_is_taken_of_a_gauge(labels: dict[str, set[str]]) -> None:
    """`rate` and `increase` only over what only grows."""
    for expression in EXPRESSIONS:
        for name in re.findall(r"(?:rate|increase)\((chapterverse_\w+)", expression):
            assert name.endswith(("_total", "_bucket"))
