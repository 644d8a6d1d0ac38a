"""What the cards tell is read; a library that is silent, or lacks a verb, means no cards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.gpus import Gpu, read_gpus

NOT_SUPPORTED = 3


class FakeNvml:
    """Two cards; the second tells neither its heat nor its load."""

    def nvmlInit_v2(self) -> int:
        return 0

    def nvmlShutdown(self) -> int:
        return 0

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:
        count._obj.value = 2
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, card: Any) -> int:
        card._obj.value = index + 1
        return 0

    def nvmlDeviceGetName(self, card: Any, name: Any, size: int) -> int:
        name.value = b"NVIDIA Test"
        return 0

    def nvmlDeviceGetMemoryInfo(self, card: Any, memory: Any) -> int:
        memory._obj.total, memory._obj.used = 80_000_000_000, 12_000_000_000
        return 0

    def nvmlDeviceGetUtilizationRates(self, card: Any, load: Any) -> int:
        load._obj.gpu = 97
        return 0 if card.value == 1 else NOT_SUPPORTED

    def nvmlDeviceGetTemperature(self, card: Any, sensor: int, heat: Any) -> int:
        heat._obj.value = 54
        return 0 if card.value == 1 else NOT_SUPPORTED


def test_every_card_tells_what_it_knows() -> None:
    second = Gpu(
        index=1,
        name="NVIDIA Test",
        memory_used_bytes=12_000_000_000,
        memory_total_bytes=80_000_000_000,
    )

    cards = read_gpus(FakeNvml())

    assert cards == (replace(second, index=0, temperature_c=54, load_pct=97), second)


def test_a_library_that_does_not_start_means_no_cards() -> None:
    class Silent(FakeNvml):
        def nvmlInit_v2(self) -> int:
            return 9

    assert read_gpus(Silent()) == ()


def test_a_library_of_another_version_means_no_cards() -> None:
    class Older:
        def nvmlInit_v2(self) -> int:
            return 0

        def nvmlShutdown(self) -> int:
            return 0

    assert read_gpus(Older()) == ()
