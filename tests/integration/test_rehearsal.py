"""The rehearsal in the studio's own process: a network that is loaded, and one that is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.child import Child, Message
from pipeline.latentsync.releases import Release
from pipeline.settings import Settings, child_environment
from pipeline.studio import STUDIO_MODULE, WARM_UP, StudioWarmUp, studio_child
from pipeline.types import EngineName
from tests import tiny_latentsync
from tests.integration import tiny_studio

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def studio_of(weights: Path, module: str) -> AsyncIterator[tuple[Child, Message]]:
    """Give a studio, and the request that warms it with the networks in this folder."""
    tiny_latentsync.write_releases(weights, Release.V16)
    wish = StudioWarmUp(
        engines=(EngineName.LATENTSYNC,),
        latentsync=tiny_latentsync.settings_for(weights, steps=2),
        size_px=192,
        fps=25,
    )
    settings = Settings(data_dir=weights.parent / "data", latentsync=wish.latentsync)
    environment = child_environment() | {"PYTHONPATH": str(ROOT)}
    studio = studio_child("studio", settings, environment, settings.scratch_dir, module)
    try:
        yield studio, WARM_UP.dump_python(wish, mode="json")
    finally:
        await studio.close()


async def test_a_rehearsal_loads_the_network_and_makes_a_chunk(tmp_path: Path) -> None:
    async with studio_of(tmp_path, tiny_studio.NAME) as (studio, warm_up):
        assert not studio.has_answered

        await studio.ask(warm_up, limit_s=60)

        assert (tmp_path / "begun.txt").read_text() == "0\n"
        assert studio.has_answered


async def test_a_network_that_cannot_be_used_is_found_by_the_rehearsal(tmp_path: Path) -> None:
    async with studio_of(tmp_path, STUDIO_MODULE) as (studio, warm_up):
        with pytest.raises(errors.WeightsUnusable):
            await studio.ask(warm_up, limit_s=60)

        assert not studio.has_answered
