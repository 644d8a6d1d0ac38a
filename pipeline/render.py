"""Portrait + script -> labelled video. The product, in running order: speak, then film.

``VideoMaker`` works on files, for the command line and for jobs alike; ``Renderer`` wraps it
for jobs: artifacts in, artifacts out, a scratch folder that goes away with the job. Knows no
queue, no door and no codec.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import assert_never

from pipeline import errors
from pipeline.child import Child, Message
from pipeline.safety.seal import ROOM_BYTES, Seal
from pipeline.scratch import JOURNAL, JobFolders
from pipeline.settings import Settings
from pipeline.speech import Synthesizer
from pipeline.speech.kept import kept_speech
from pipeline.speech.text import check_script
from pipeline.store import ArtifactStore
from pipeline.studio import ANSWER, ORDER, PROGRESS, StudioOrder
from pipeline.types import (
    ArtifactKey,
    ConsentId,
    EngineChoice,
    JobId,
    Motion,
    Note,
    Progress,
    RecordedScript,
    RenderRequest,
    RenderResult,
    SourceKind,
    Speech,
    Stage,
    TextScript,
    Utterance,
    Video,
    VoiceId,
)

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A file that is the speech."""

    path: Path


def local_job() -> JobId:
    """Name a render that no queue knows."""
    return JobId(f"local-{secrets.token_hex(6)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOrder:
    """One video to make of files."""

    portrait: Path
    """What the check of the photo or video wrote."""
    script: TextScript | Recording
    voice_id: VoiceId | None
    engine: EngineChoice
    size_px: int
    max_bytes: int
    consent: ConsentId
    """Who asks has agreed; see ``safety.consent``."""
    scratch: Path
    """A folder of this order alone; the video is left in it."""
    motion: Motion | None = None
    """None: as the settings say."""
    journal: Path | None = None
    """Where the speech and finished frames are kept for a second try; None keeps none."""
    source: SourceKind = SourceKind.PHOTO
    face: int = 1
    """Which of several faces speaks, counted from the largest."""
    job_id: JobId = field(default_factory=local_job)
    """What the signature names; for a render without a job something that is only known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeVideo:
    """The video, who spoke, and why and how long."""

    video: Video
    speech: Speech
    engine_reason: str
    timings_s: dict[Stage, float]
    notes: tuple[Note, ...]


class VideoMaker:
    """Speaks the script, has the studio film it, then signs the video."""

    def __init__(self, speaker: Synthesizer, studio: Child, settings: Settings) -> None:
        self._speaker, self._studio, self._settings = speaker, studio, settings
        self._seal = Seal(settings.provenance_in_place)

    async def make(self, order: VideoOrder, on_progress: OnProgress) -> MadeVideo:
        """Make the video in the scratch folder; a cancelled task kills the studio.

        Raises ``ScriptError``, ``SpeechError``, ``EngineError`` (``VideoNotSigned`` is one),
        ``PortraitError``, ``DiskFull``, ``SettingsInvalid``.
        """
        watch = _Watch(on_progress)
        await self._require_disk(order.scratch)
        watch(Progress(stage=Stage.SPEAKING))
        speech = await self._speak(order)
        sealing = await self._seal.begin(order.job_id)
        studio_order = StudioOrder(
            portrait=order.portrait,
            speech=speech,
            into=order.scratch / "out.mp4",
            thumbnail=order.scratch / "thumb.jpg",
            engine=order.engine,
            motion=order.motion or self._settings.lipsync.motion,
            size_px=order.size_px,
            fps=self._settings.lipsync.fps,
            max_bytes=order.max_bytes - ROOM_BYTES,
            label=self._settings.label.text,
            latentsync=self._settings.latentsync_in_place,
            journal=order.journal and order.journal / "frames",
            source=order.source,
            face=order.face,
        )

        def on_message(message: Message) -> None:
            progress = PROGRESS.validate_python(message)
            watch(Progress(stage=progress.stage, fraction=progress.fraction))

        answer = ANSWER.validate_python(
            await self._studio.ask(
                ORDER.dump_python(studio_order, mode="json"),
                limit_s=self._settings.lipsync.limit_s,
                silence_s=self._settings.lipsync.silence_s,
                on_progress=on_message,
            )
        )
        size_bytes = await self._seal.sign(answer.video.path, sealing, answer.video.made_by)
        if size_bytes > order.max_bytes:
            raise errors.RenderFailed(
                f"The signed video has {size_bytes / 1e6:.1f} MB; the limit is "
                f"{order.max_bytes / 1e6:.1f} MB. Choose a smaller size or a shorter script."
            )
        return MadeVideo(
            video=replace(answer.video, size_bytes=size_bytes),
            speech=speech,
            engine_reason=answer.engine_reason,
            timings_s=watch.end(),
            notes=answer.notes,
        )

    async def _speak(self, order: VideoOrder) -> Speech:
        settings = self._settings.speech
        into = order.scratch / "speech.wav"
        match order.script:
            case TextScript(text=text):
                plan = check_script(text, settings)
                voice_id = order.voice_id or settings.voice
                utterance = Utterance(text=plan.text, voice_id=voice_id)
                if order.journal is None:
                    return await self._speaker.synthesize(utterance, into)
                return await kept_speech(
                    order.journal / "speech",
                    utterance,
                    lambda into: self._speaker.synthesize(utterance, into),
                )
            case Recording(path=path):
                # PyAV comes with it, and only where it is needed.
                from pipeline.speech.recorded import recorded_speech

                return await recorded_speech(path, into, settings)
            case _:
                assert_never(order.script)

    async def _require_disk(self, folder: Path) -> None:
        free_bytes = (await asyncio.to_thread(shutil.disk_usage, folder)).free
        if free_bytes < self._settings.store.min_free_bytes:
            raise errors.DiskFull(f"a video (only {free_bytes / 1e6:.0f} MB are free)")


class Renderer:
    """Renders requests of jobs: from the store, to the store."""

    def __init__(
        self,
        speaker: Synthesizer,
        studio: Child,
        store: ArtifactStore,
        settings: Settings,
        is_stopping: Callable[[], bool] = lambda: False,
        *,
        sketcher: Child | None = None,
    ) -> None:
        self._maker = VideoMaker(speaker, studio, settings)
        self._sketching = VideoMaker(speaker, sketcher or studio, settings)
        self._store, self._settings = store, settings
        tries = settings.jobs.attempts
        self._folders = JobFolders(settings.scratch_dir, tries, is_stopping)

    async def render(
        self, request: RenderRequest, job_id: JobId, on_progress: OnProgress
    ) -> RenderResult:
        """Render one request; safe to repeat. Raises as ``make`` does, and ``StoreError``.

        Frames that a try finished are kept for the next one, and go with the last. A preview is
        made beside the video: its folder and its keys are its own.
        """
        name = f"{job_id}-preview" if request.preview else job_id
        maker = self._sketching if _is_quick(request) else self._maker
        async with self._folders.open(JobId(name)) as scratch:
            order = await self._order(request, job_id, scratch)
            made = await maker.make(order, on_progress)
            prefix = "preview-" if request.preview else ""
            video = ArtifactKey(f"jobs/{job_id}/{prefix}out.mp4")
            thumbnail = ArtifactKey(f"jobs/{job_id}/{prefix}thumb.jpg")
            await self._store.put(made.video.thumbnail, thumbnail)
            await self._store.put(made.video.path, video)
        return RenderResult(
            video=video,
            thumbnail=thumbnail,
            width_px=made.video.width_px,
            height_px=made.video.height_px,
            duration_s=made.video.duration_s,
            size_bytes=made.video.size_bytes,
            made_by=made.video.made_by,
            engine_reason=made.engine_reason,
            voice_id=made.speech.voice_id,
            requested_voice_id=made.speech.requested_voice_id,
            voice_change=made.speech.voice_change,
            timings_s=made.timings_s,
            notes=made.notes,
        )

    async def _order(self, request: RenderRequest, job_id: JobId, scratch: Path) -> VideoOrder:
        script: TextScript | Recording
        match request.script:
            case TextScript():
                script = request.script
            case RecordedScript(recording=key):
                script = Recording(path=await self._store.fetch(key, scratch / "recording"))
            case _:
                assert_never(request.script)
        lipsync = self._settings.lipsync
        return VideoOrder(
            portrait=await self._store.fetch(request.portrait, scratch / "portrait.png"),
            script=script,
            voice_id=request.voice_id,
            engine=EngineChoice.WARP if request.preview else request.engine,
            motion=request.motion,
            size_px=lipsync.preview_size_px if request.preview else request.size_px,
            max_bytes=request.max_bytes,
            consent=request.consent,
            scratch=scratch,
            journal=scratch / JOURNAL,
            face=request.face,
            job_id=job_id,
        )


def _is_quick(request: RenderRequest) -> bool:
    return request.preview or request.engine is EngineChoice.WARP


class _Watch:
    """Passes progress on and keeps how long each stage took."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._stage: Stage | None = None
        self._since_s = time.monotonic()
        self._timings_s: dict[Stage, float] = {}

    def __call__(self, progress: Progress) -> None:
        if progress.stage is not self._stage:
            self.end()
            self._stage = progress.stage
        self._on_progress(progress)

    def end(self) -> dict[Stage, float]:
        now_s = time.monotonic()
        if self._stage is not None:
            taken_s = self._timings_s.get(self._stage, 0.0) + now_s - self._since_s
            self._timings_s[self._stage] = round(taken_s, 3)
        self._since_s = now_s
        return self._timings_s
