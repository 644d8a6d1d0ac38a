"""Metrics: each is used, and what is counted is what happened."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from pipeline import metrics

ROOT = Path(__file__).parents[2]


def test_every_metric_is_used() -> None:
    names = [n for n, value in vars(metrics).items() if isinstance(value, MetricWrapperBase)]
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("bot", "pipeline")
        for path in (ROOT / folder).rglob("*.py")
    ]

    assert len(names) > 15
    unused = [n for n in names if not any(re.search(rf"metrics\.{n}\b", s) for s in sources)]
    assert unused == []


def test_names_say_their_unit_and_whose_they_are() -> None:
    for family in metrics.REGISTRY.collect():
        assert re.match(r"bolti_|process_", family.name), family.name
        assert family.documentation.endswith(".") or family.name.startswith("process_")
