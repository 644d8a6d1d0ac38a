"""LatentSync through the product's own processes, on a tiny seeded network."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import SecretStr

from pipeline import errors
from pipeline.bootstrap import Workshop, open_workshop
from pipeline.child import Child
from pipeline.latentsync.releases import UNET_NAME, Release
from pipeline.media.footage import Footage
from pipeline.media.read import read_frames
from pipeline.records import open_records
from pipeline.render import Renderer
from pipeline.settings import JobsSettings, Settings, child_environment
from pipeline.settings.safety import ProvenanceSettings
from pipeline.still import best_still
from pipeline.store import ArtifactStore
from pipeline.studio import STUDIO_MODULE, studio_child
from pipeline.types import (
    ArtifactKey,
    EngineChoice,
    EngineName,
    Film,
    JobId,
    Progress,
    RecordedScript,
    RenderRequest,
    RenderResult,
    Script,
    Stage,
    TextScript,
)
from tests import faces, films, offline, tiny_latentsync
from tests.agreed import CONSENT
from tests.integration import tiny_studio
from tests.measure import spoken

ROOT = Path(__file__).parents[2]
JOB = JobId("tg-000000000001")
PORTRAIT = ArtifactKey(f"jobs/{JOB}/portrait.png")
RECORDING = ArtifactKey(f"jobs/{JOB}/recording")
WORDS = TextScript(text="Good morning. I have a story to tell.")
TRIES = 2
KILL_AT = 0.5


class World:
    """A renderer whose studio speaks with a tiny LatentSync."""

    def __init__(
        self, settings: Settings, workshop: Workshop, studio: Child, store: ArtifactStore
    ) -> None:
        self.settings, self.workshop, self.store = settings, workshop, store
        self.speaker = workshop.speaker
        self.renderer = Renderer(workshop.speaker, studio, store, settings)
        self.folder = Path(settings.latentsync.weights)
        self.on_progress: Callable[[Progress], None] = lambda progress: None

    async def render(self, script: Script = WORDS, film: Film | None = None) -> RenderResult:
        request = RenderRequest(
            consent=CONSENT,
            portrait=PORTRAIT,
            script=script,
            film=film,
            engine=EngineChoice.LATENTSYNC,
            size_px=192,
        )
        return await self.renderer.render(request, JOB, lambda step: self.on_progress(step))

    async def frames(
        self, result: RenderResult
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        video = await self.store.fetch(result.video, self.folder / "video.mp4")
        return np.stack(list(read_frames(video)))

    def begun(self) -> list[int]:
        """List the frames at which the engine began."""
        path = self.folder / "begun.txt"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def scratch(self) -> list[str]:
        folder = self.settings.scratch_dir / JOB
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@asynccontextmanager
async def world(
    folder: Path, module: str = tiny_studio.NAME, releases: tuple[Release, ...] = (Release.V16,)
) -> AsyncIterator[tuple[World, Child]]:
    weights = tiny_latentsync.write_releases(folder / "weights", *releases)
    settings = Settings(
        data_dir=folder / "data",
        latentsync=tiny_latentsync.settings_for(weights, steps=6),
        jobs=JobsSettings(attempts=TRIES),
        provenance=ProvenanceSettings(mark_key=SecretStr("the same in every world")),
        speech=offline.SPEECH,
    )
    environment = child_environment() | {"PYTHONPATH": str(ROOT)}
    studio = studio_child("studio", settings, environment, settings.scratch_dir, module)
    async with open_workshop(settings) as workshop, open_records(settings) as records:
        try:
            picture = folder / "portrait.png"
            Image.fromarray(faces.pixels(faces.hopper())).save(picture)
            await records.store.put(picture, PORTRAIT)
            spoken.speech(folder / "speech.wav", spoken.phones(spoken.PANGRAM)[:36])
            await records.store.put(folder / "speech.wav", RECORDING)
            yield World(settings, workshop, studio, records.store), studio
        finally:
            await studio.close()


async def test_a_photo_speaks_with_latentsync(tmp_path: Path) -> None:
    async with world(tmp_path) as (here, _):
        result = await here.render()

        frames = await here.frames(result)
        assert result.made_by is EngineName.LATENTSYNC
        assert result.engine_reason == "asked for"
        assert result.notes == ()
        assert len(frames) == round(result.duration_s * 25)
        assert here.scratch() == []


async def test_a_film_speaks_with_latentsync_where_the_face_of_its_still_is(
    tmp_path: Path,
) -> None:
    footage = ArtifactKey(f"jobs/{JOB}/film.mp4")
    film = films.write_film(tmp_path / "film.mp4", map(films.speaker, range(40)))
    async with world(tmp_path) as (here, _):
        still = await best_still(
            film,
            tmp_path / "still.png",
            tmp_path,
            here.workshop.footage,
            here.workshop.portraits,
            here.settings.lipsync,
        )
        await here.store.put(tmp_path / "still.png", PORTRAIT)
        await here.store.put(still.footage, footage)

        result = await here.render(film=Film(footage=footage, still_at=still.at))

        assert (result.made_by, result.notes) == (EngineName.LATENTSYNC, ())
        assert (result.width_px, result.height_px) == films.SIZE_PX
        made = await here.frames(result)
        with Footage(still.footage) as shown:
            for number in (0, 30):
                off = [float(np.median(np.abs(made[number].astype(int) - at))) for at in shown]
                assert abs(int(np.argmin(off)) - number) <= 1, "the film moves around the face"


async def test_a_killed_studio_goes_on_where_it_was_with_the_same_result(tmp_path: Path) -> None:
    script = RecordedScript(recording=RECORDING)  # a voice would not say it twice the same way
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    async with world(tmp_path / "whole") as (here, _):
        whole = await here.frames(await here.render(script))

    async with world(tmp_path / "killed") as (here, studio):

        def kill(progress: Progress) -> None:
            if progress.stage is Stage.SYNCING and (progress.fraction or 0) >= KILL_AT:
                assert studio.pid is not None
                os.kill(studio.pid, signal.SIGKILL)

        here.on_progress = kill
        with pytest.raises(errors.ChildDied):
            await here.render(script)
        assert here.scratch() == ["journal"], "finished frames, and nothing else"

        here.on_progress = lambda progress: None
        again = await here.frames(await here.render(script))

        first, second = here.begun()
        assert first == 0
        assert second % 16 == 0
        assert second >= KILL_AT * len(whole) - 17, "no finished chunk is made again"
        np.testing.assert_array_equal(again, whole)
        assert here.scratch() == []


async def test_finished_frames_go_with_the_last_try(tmp_path: Path) -> None:
    async with world(tmp_path) as (here, studio):

        def kill(progress: Progress) -> None:
            if progress.stage is Stage.SYNCING and progress.fraction and studio.pid is not None:
                os.kill(studio.pid, signal.SIGKILL)

        here.on_progress = kill
        for _ in range(TRIES):
            with pytest.raises(errors.ChildDied):
                await here.render()

        assert here.scratch() == []


async def test_finished_frames_go_when_the_job_is_cancelled(tmp_path: Path) -> None:
    async with world(tmp_path) as (here, _):
        syncing = asyncio.Event()
        here.on_progress = lambda progress: syncing.set() if progress.fraction else None
        task = asyncio.create_task(here.render())
        await asyncio.wait_for(syncing.wait(), 60)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert here.scratch() == []


async def test_a_render_cut_off_by_a_stop_goes_on_in_the_next_process(tmp_path: Path) -> None:
    async with world(tmp_path) as (here, studio):
        request = RenderRequest(
            consent=CONSENT,
            portrait=PORTRAIT,
            script=WORDS,
            engine=EngineChoice.LATENTSYNC,
            size_px=192,
        )
        halfway = asyncio.Event()

        def on_progress(progress: Progress) -> None:
            if (progress.fraction or 0) >= KILL_AT:
                halfway.set()

        stopping = Renderer(here.speaker, studio, here.store, here.settings, lambda: True)
        task = asyncio.create_task(stopping.render(request, JOB, on_progress))
        await asyncio.wait_for(halfway.wait(), 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert here.scratch() == ["journal"]

        await here.render()

        first, second = here.begun()
        assert first < second
        assert here.scratch() == []


async def test_a_broken_device_ends_the_studio_not_the_job(tmp_path: Path) -> None:
    async with world(tmp_path) as (here, studio):
        (here.folder / "fault").touch()
        with pytest.raises(errors.ChildDied, match="status 70") as caught:
            await here.render()
        assert caught.value.retryable
        assert studio.pid is None

        result = await here.render()

        assert here.begun() == [0, 32], "the frames before the fault are kept"
        assert len(await here.frames(result)) == round(result.duration_s * 25)


async def test_weights_that_cannot_be_used_end_one_order_and_leave_the_studio_warm(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, module=STUDIO_MODULE) as (here, studio):
        network = here.folder / Release.V16 / UNET_NAME
        with pytest.raises(errors.WeightsUnusable, match=r"latentsync_unet\.pt"):
            await here.render()  # it is another network than the release wants
        warm = studio.pid
        assert warm is not None

        for kept in (4096, 0):
            os.truncate(network, kept)
            with pytest.raises(errors.WeightsUnusable, match="Pull it again"):
                await here.render()

        network.unlink()
        with pytest.raises(errors.EngineUnavailable, match=r"bolti models pull latentsync-1\.6"):
            await here.render()

        assert studio.pid == warm
        assert here.scratch() == []
