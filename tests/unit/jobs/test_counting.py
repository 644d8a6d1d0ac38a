"""The metrics tell what the GPU engine had to give up for want of memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline import metrics
from pipeline.jobs.counting import Degraded, count_degraded, count_video
from pipeline.types import EngineName, JobId, Note
from tests.integration.jobs_world import result_of

BY_GPU = replace(result_of(JobId("tg-1")), made_by=EngineName.LATENTSYNC)


@pytest.mark.parametrize(
    ("notes", "level"),
    [
        ((), 0),
        ((Note.SMALLER_PARTS,), 1),
        ((Note.SMALLER_PARTS, Note.LOWER_DETAIL), 2),
        ((Note.STILL_SPOKE,), 0),
    ],
)
def test_the_last_video_of_the_gpu_shows_its_level(notes: tuple[Note, ...], level: int) -> None:
    count_degraded(Degraded.REFUSED)
    before = sample("bolti_out_of_memory_total")

    count_video(replace(BY_GPU, notes=notes), took_s=1.0)

    assert sample("bolti_degrade_level") == level
    assert sample("bolti_out_of_memory_total") - before == (level > 0)


def test_a_video_of_the_quick_engine_says_nothing_about_the_gpu() -> None:
    count_degraded(Degraded.REFUSED)

    count_video(result_of(JobId("tg-1")), took_s=1.0)

    assert sample("bolti_degrade_level") == 3


def sample(name: str) -> float:
    value = metrics.REGISTRY.get_sample_value(name)
    assert value is not None
    return value
