"""Metrics: each is used, and what is counted is what happened."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from pipeline import metrics
from pipeline.gauges import show_cards
from pipeline.gpus import Gpu

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


def test_a_card_shows_what_it_tells_and_no_more() -> None:
    show_cards(
        [
            Gpu(index=0, name="A", memory_used_bytes=5, memory_total_bytes=9, temperature_c=60),
            Gpu(index=1, name="B", load_pct=70),
        ]
    )

    assert sample("bolti_gpu_memory_bytes", gpu="0", kind="used") == 5
    assert sample("bolti_gpu_memory_bytes", gpu="0", kind="total") == 9
    assert sample("bolti_gpu_temperature_celsius", gpu="0") == 60
    assert sample("bolti_gpu_load_percent", gpu="0") is None
    assert sample("bolti_gpu_load_percent", gpu="1") == 70
    assert sample("bolti_gpu_memory_bytes", gpu="1", kind="used") is None


def sample(name: str, **labels: str) -> float | None:
    return metrics.REGISTRY.get_sample_value(name, labels)
