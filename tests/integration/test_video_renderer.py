"""A render of a job: artifacts in, artifacts out, and nothing left behind whatever happens."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import errors
from pipeline.bootstrap import Workshop, open_workshop
from pipeline.media.read import read_frames
from pipeline.records import Records, open_records
from pipeline.render import Renderer
from pipeline.settings import Settings, StoreSettings
from pipeline.speech.transcribing import Transcript
from pipeline.types import (
    ArtifactKey,
    EngineChoice,
    EngineName,
    JobId,
    Note,
    Progress,
    RecordedScript,
    RenderRequest,
    Script,
    Stage,
    TextScript,
    VoiceId,
)
from tests import faces, offline
from tests.agreed import CONSENT

JOB = JobId("tg-000000000001")
PORTRAIT = ArtifactKey(f"jobs/{JOB}/portrait.png")
WAIT_S = 30.0
SAID = "This is my own voice, but the bus to Pune was full."


class World:
    """A renderer on real parts, in a folder of its own."""

    def __init__(self, settings: Settings, workshop: Workshop, records: Records) -> None:
        self.settings, self.store, self.studio = settings, records.store, workshop.studio
        self.speaker = workshop.speaker
        self.renderer = Renderer(workshop.speaker, workshop.studio, records.store, settings)
        self.said: list[Progress] = []
        self.syncing = asyncio.Event()

    def request(self, script: Script, *, preview: bool = False) -> RenderRequest:
        """Ask for a small video."""
        return RenderRequest(
            consent=CONSENT, portrait=PORTRAIT, script=script, size_px=256, preview=preview
        )

    async def render(self, request: RenderRequest) -> str:
        """Render, and give the key of the video."""
        return (await self.renderer.render(request, JOB, self.on_progress)).video

    def on_progress(self, progress: Progress) -> None:
        """Keep it, and tell who waits."""
        self.said.append(progress)
        if progress.stage is Stage.SYNCING:
            self.syncing.set()

    def scratch(self) -> list[str]:
        """List what lies in the scratch folder."""
        folder = self.settings.scratch_dir
        return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


@asynccontextmanager
async def world(folder: Path, store: StoreSettings | None = None) -> AsyncIterator[World]:
    """Open one, with a portrait in its store."""
    settings = Settings(
        data_dir=folder / "data", store=store or StoreSettings(), speech=offline.SPEECH
    )
    async with open_workshop(settings) as workshop, open_records(settings) as records:
        picture = folder / "portrait.png"
        await asyncio.to_thread(_save_portrait, picture)
        await records.store.put(picture, PORTRAIT)
        yield World(settings, workshop, records)


def _save_portrait(into: Path) -> None:
    Image.fromarray(faces.pixels(faces.hopper())).save(into)


async def test_a_request_becomes_a_video_and_a_thumbnail_in_the_store(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        result = await here.renderer.render(
            here.request(TextScript(text="Good morning.")), JOB, here.said.append
        )

        video = await here.store.fetch(result.video, tmp_path / "video.mp4")
        assert result.video == f"jobs/{JOB}/out.mp4"
        assert result.thumbnail == f"jobs/{JOB}/thumb.jpg"
        assert len(await here.store.read(result.thumbnail)) > 1000
        assert result.cover == f"jobs/{JOB}/cover.jpg"
        assert len(await here.store.read(result.cover)) > 1000
        frames = len(list(read_frames(video)))
        assert result.duration_s == pytest.approx(frames / 25)
        assert result.size_bytes == video.stat().st_size
        assert max(result.width_px, result.height_px) == 256
        assert result.made_by is EngineName.WARP
        assert result.voice_id == result.requested_voice_id == "embedded-en-in-f"
        assert set(result.timings_s) == {Stage.SPEAKING, Stage.LOOKING, Stage.SYNCING}
        assert here.scratch() == []


async def test_the_face_of_the_request_is_the_one_that_shall_speak(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        second = replace(here.request(TextScript(text="Good morning.")), face=2)

        with pytest.raises(errors.NoSuchFace, match="Face 2 was asked for, and 1 can be seen"):
            await here.render(second)


async def test_a_render_may_be_repeated(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        stale = here.settings.scratch_dir / JOB
        stale.mkdir(parents=True)
        (stale / "out.mp4").write_bytes(b"of a process that died")

        request = here.request(TextScript(text="Good morning."))
        assert await here.render(request) == await here.render(request)
        assert here.scratch() == []


async def test_a_recording_drives_the_lips_and_is_the_sound(
    tmp_path: Path, make_speech: Path
) -> None:
    key = ArtifactKey(f"jobs/{JOB}/recording")
    async with world(tmp_path) as here:
        await here.store.put(make_speech, key)

        result = await here.renderer.render(
            here.request(RecordedScript(recording=key)), JOB, here.said.append
        )

        assert result.voice_id is None
        assert result.duration_s > 0.5
        assert not result.may_have_captions
        assert here.said[0].stage is Stage.HEARING


async def test_a_recording_is_written_down_where_somebody_can_and_its_words_can_be_shown(
    tmp_path: Path, make_speech: Path
) -> None:
    async def write_down(recording: Path) -> Transcript:
        return Transcript(text=SAID, language="en")

    key = ArtifactKey(f"jobs/{JOB}/recording")
    async with world(tmp_path) as here:
        await here.store.put(make_speech, key)
        renderer = Renderer(
            here.speaker, here.studio, here.store, here.settings, write_down=write_down
        )
        request = replace(here.request(RecordedScript(recording=key)), captions=True)

        result = await renderer.render(request, JOB, here.said.append)

        assert result.may_have_captions
        assert Note.NO_CAPTIONS not in result.notes


@pytest.fixture
async def make_speech(tmp_path: Path) -> Path:
    """Record somebody: the embedded voice, as a file that a user might send."""
    from pipeline.types import Utterance

    async with open_workshop(Settings(speech=offline.SPEECH)) as workshop:
        utterance = Utterance(text=SAID, locale="en-IN", voice_id=VoiceId("embedded-en-in-m"))
        return (await workshop.speaker.synthesize(utterance, tmp_path / "me.wav")).path


async def test_a_preview_is_small_and_quick(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        request = RenderRequest(
            consent=CONSENT,
            portrait=PORTRAIT,
            script=TextScript(text="Hello."),
            engine=EngineChoice.LATENTSYNC,
            preview=True,
        )

        result = await here.renderer.render(request, JOB, here.said.append)

        assert max(result.width_px, result.height_px) == here.settings.lipsync.preview_size_px
        assert result.made_by is EngineName.WARP


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (TextScript(text="😀🎉"), errors.ScriptEmpty),
        (TextScript(text="word " * 700), errors.ScriptTooLong),
        (RecordedScript(recording=ArtifactKey("jobs/x/gone")), errors.ArtifactMissing),
        (RecordedScript(recording=PORTRAIT), errors.SoundUnreadable),
    ],
)
async def test_what_cannot_be_spoken_is_an_error_of_the_tree_and_leaves_nothing(
    tmp_path: Path, script: Script, error: type[errors.BoltiError]
) -> None:
    async with world(tmp_path) as here:
        with pytest.raises(error):
            await here.render(here.request(script))

        assert here.scratch() == []
        with pytest.raises(errors.ArtifactMissing):
            await here.store.read(ArtifactKey(f"jobs/{JOB}/out.mp4"))


async def test_an_unknown_voice_and_an_engine_that_cannot_run_are_named(tmp_path: Path) -> None:
    words = TextScript(text="Hello.")
    unknown = RenderRequest(
        consent=CONSENT, portrait=PORTRAIT, script=words, voice_id=VoiceId("nobody")
    )
    diffusion = RenderRequest(
        consent=CONSENT, portrait=PORTRAIT, script=words, engine=EngineChoice.LATENTSYNC
    )
    async with world(tmp_path) as here:
        with pytest.raises(errors.VoiceUnknown, match="nobody"):
            await here.render(unknown)
        with pytest.raises(errors.EngineUnavailable, match="latentsync"):
            await here.render(diffusion)

        assert here.studio.pid is not None, "an error that the studio can name leaves it warm"


async def test_a_picture_without_a_face_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        blank = tmp_path / "blank.png"
        Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(blank)
        await here.store.put(blank, PORTRAIT)

        with pytest.raises(errors.NoFaceFound):
            await here.render(here.request(TextScript(text="Hello.")))


async def test_too_little_disk_is_told_before_any_work(tmp_path: Path) -> None:
    async with world(tmp_path, StoreSettings(min_free_bytes=10**18)) as here:
        with pytest.raises(errors.DiskFull, match="MB are free"):
            await here.render(here.request(TextScript(text="Hello.")))

        assert here.said == []
        assert here.scratch() == []


async def test_the_scratch_folder_is_private_and_goes_when_the_render_is_cancelled(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as here:
        request = here.request(TextScript(text="I have a very long story to tell you. " * 15))
        task = asyncio.create_task(here.render(request))
        await asyncio.wait_for(here.syncing.wait(), WAIT_S)
        pid = here.studio.pid
        assert pid is not None
        mode = stat.S_IMODE((here.settings.scratch_dir / JOB).stat().st_mode)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert mode == 0o700
        assert here.scratch() == []
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
