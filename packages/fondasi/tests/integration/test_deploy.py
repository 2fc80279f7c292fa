"""The dashboard and the alert rules ask for metrics, labels and words that there are."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from fondasi.kit.cache.cache import Outcome

DEPLOY = Path(__file__).parents[4] / "deploy"
METRIC = re.compile(r"fondasi_[a-z_]+")
LABELS = re.compile(r"(fondasi_[a-z_]+)\{([a-z]+)")
BY = re.compile(r"by \(([a-z, ]+)\)")
FILES = [DEPLOY / "grafana/fondasi.json", DEPLOY / "prometheus/alerts.yml"]


def samples() -> dict[str, set[str]]:
    """The name of each sample that /metrics can have, and its labels."""
    found: dict[str, set[str]] = {}
    for collector, names in REGISTRY._collector_to_names.items():
        labels = set(getattr(collector, "_labelnames", ()))
        found |= dict.fromkeys(names, labels | {"le"})
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_metric_and_label_exists(app, path):
    text = path.read_text()
    known = samples()
    metrics = set(METRIC.findall(text))
    assert len(metrics) >= 4
    assert metrics <= set(known)
    for metric, label in LABELS.findall(text):
        assert label in known[metric], (metric, label)
    expressions = re.findall(r'"expr": "(.*)"', text) or re.findall(
        r"expr: (?:>\n)?((?:.|\n)*?)\n        [a-z]", text
    )
    assert expressions
    for expression in expressions:
        asked = METRIC.findall(expression)
        grouped = {label.strip() for labels in BY.findall(expression) for label in labels.split(",")}
        assert grouped <= set().union(*(known[metric] for metric in asked)), expression


def test_dashboard_can_be_read():
    board = json.loads(FILES[0].read_text())
    places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
    assert len(set(places)) == len(places) == 14
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


def test_outcomes_that_alerts_look_for_exist():
    assert set(re.findall(r'outcome="(\w+)"', FILES[1].read_text())) <= set(Outcome)
