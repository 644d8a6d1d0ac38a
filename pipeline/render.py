"""Portrait + script -> labelled video. The product, in running order: speak, then film.

``VideoMaker`` works on files, for the command line and for jobs alike; ``Renderer`` wraps it
for jobs: artifacts in, artifacts out, a scratch folder that goes away with the job. Knows no
queue, no door and no codec.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from pipeline import errors
from pipeline.child import Child, Message
from pipeline.safety.seal import ROOM_BYTES, Seal
from pipeline.scratch import JOURNAL, JobFolders
from pipeline.settings import LatentSyncSettings, Settings
from pipeline.speech import Synthesizer
from pipeline.speech.kept import kept_speech
from pipeline.speech.known_words import KnownWords, WriteDown, find_words
from pipeline.speech.text import check_script
from pipeline.stopwatch import OnProgress, Watch
from pipeline.store import ArtifactStore
from pipeline.studio import ANSWER, ORDER, PROGRESS, StudioOrder
from pipeline.types import (
    ArtifactKey,
    EngineChoice,
    JobId,
    Progress,
    Quality,
    RecordedScript,
    RenderRequest,
    RenderResult,
    Speech,
    Stage,
    TextScript,
    Utterance,
)
from pipeline.video_order import FilmOfFace, MadeVideo, Recording, VideoOrder

__all__ = ["MadeVideo", "Recording", "Renderer", "VideoMaker", "VideoOrder"]


class VideoMaker:
    """Speaks the script, has the studio film it, then signs the video."""

    def __init__(
        self,
        speaker: Synthesizer,
        studio: Child,
        settings: Settings,
        write_down: WriteDown | None = None,
        *,
        lips_follow_words: bool = True,
    ) -> None:
        """``write_down`` writes down what a recording says, where it is not known.

        ``lips_follow_words``: the engine that ``auto`` takes here moves lips by words; else they
        are asked for only where they are to be read.
        """
        self._speaker, self._studio, self._settings = speaker, studio, settings
        self._write_down, self._lips_follow_words = write_down, lips_follow_words
        self._seal = Seal(settings.provenance_in_place)

    async def make(self, order: VideoOrder, on_progress: OnProgress) -> MadeVideo:
        """Make the video in the scratch folder; a cancelled task kills the studio.

        Raises ``ScriptError``, ``SpeechError``, ``EngineError`` (``VideoNotSigned`` is one),
        ``PortraitError``, ``DiskFull``, ``SettingsInvalid``.
        """
        watch = Watch(on_progress)
        await self._require_disk(order.scratch)
        is_recorded = isinstance(order.script, Recording)
        watch(Progress(stage=Stage.HEARING if is_recorded else Stage.SPEAKING))
        speech, text = await self._speak(order)
        sealing = await self._seal.begin(order.job_id)
        studio_order = StudioOrder(
            portrait=order.portrait,
            speech=speech,
            into=order.scratch / "out.mp4",
            thumbnail=order.scratch / "thumb.jpg",
            cover=order.scratch / "cover.jpg",
            engine=order.engine,
            motion=order.motion or self._settings.lipsync.motion,
            size_px=order.size_px,
            fps=self._settings.lipsync.fps,
            max_bytes=order.max_bytes - ROOM_BYTES,
            label=self._settings.label.text,
            language=order.language,
            mark_key=sealing.mark_key.hex(),
            mark_id=sealing.mark_id,
            latentsync=self._latentsync(order.quality),
            journal=order.journal and order.journal / "frames",
            source=order.source,
            face=order.face,
            film=order.film.path if order.film else None,
            still_at=order.film.still_at if order.film else 0,
            shape=order.shape,
            captions=(text or "") if order.captions else None,
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
            may_have_captions=bool(speech.words) or self._left_words_unknown(order),
        )

    async def _speak(self, order: VideoOrder) -> tuple[Speech, str | None]:
        """Make the speech; give its words too, where they are known."""
        settings = self._settings.speech
        into = order.scratch / "speech.wav"
        match order.script:
            case TextScript(text=text):
                plan = check_script(text, settings, order.rate_pct)
                voice_id = order.voice_id or settings.voice
                utterance = Utterance(
                    text=plan.text,
                    voice_id=voice_id,
                    rate_pct=order.rate_pct,
                    pitch_hz=order.pitch_hz,
                )
                if order.journal is None:
                    return await self._speaker.synthesize(utterance, into), plan.text
                speech = await kept_speech(
                    order.journal / "speech",
                    utterance,
                    lambda into: self._speaker.synthesize(utterance, into),
                )
                return speech, plan.text
            case Recording() as recording:
                known = await self._heard(recording, order, into)
                return known.speech, known.text
            case _:
                assert_never(order.script)

    async def _heard(self, recording: Recording, order: VideoOrder, into: Path) -> KnownWords:
        """Take a recording as the speech; its words, where they are known, get their times."""
        # PyAV comes with it, and only where it is needed.
        from pipeline.speech.recorded import ready_speech, recorded_speech

        settings = self._settings.speech
        if recording.is_ready:
            speech = await ready_speech(recording.path)
        else:
            speech = await recorded_speech(recording.path, into, settings)
        write_down = self._write_down if order.needs_words(self._lips_follow_words) else None
        return await find_words(
            speech, recording.words, write_down, self._speaker, settings, into.parent
        )

    def _left_words_unknown(self, order: VideoOrder) -> bool:
        """Tell whether nobody wrote down what a recording says, though somebody could."""
        can = self._write_down is not None and isinstance(order.script, Recording)
        return can and not order.needs_words(self._lips_follow_words)

    def _latentsync(self, quality: Quality) -> LatentSyncSettings:
        """Say how the GPU engine works: the best quality takes no short cut."""
        settings = self._settings.latentsync_in_place
        if quality is not Quality.BEST:
            return settings
        return settings.model_copy(update={"step_caching": False})

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
        write_down: WriteDown | None = None,
        lips_follow_words: bool = True,
    ) -> None:
        self._maker, self._sketching = (
            VideoMaker(speaker, child, settings, write_down, lips_follow_words=lips_follow_words)
            for child in (studio, sketcher or studio)
        )
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
        is_quick = request.preview or request.engine is EngineChoice.WARP
        maker = self._sketching if is_quick else self._maker
        async with self._folders.open(JobId(name)) as scratch:
            order = await self._order(request, job_id, scratch)
            made = await maker.make(order, on_progress)
            prefix = "preview-" if request.preview else ""
            video, thumbnail, cover = (
                ArtifactKey(f"jobs/{job_id}/{prefix}{name}")
                for name in ("out.mp4", "thumb.jpg", "cover.jpg")
            )
            await self._store.put(made.video.thumbnail, thumbnail)
            await self._store.put(made.video.cover, cover)
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
            shape=request.shape,
            captions=request.captions,
            quality=request.quality,
            may_have_captions=made.may_have_captions,
            cover=cover,
        )

    async def _order(self, request: RenderRequest, job_id: JobId, scratch: Path) -> VideoOrder:
        script: TextScript | Recording
        match request.script:
            case TextScript():
                script = request.script
            case RecordedScript(recording=key, is_ready=is_ready, words=words):
                path = await self._store.fetch(key, scratch / "recording.wav")
                script = Recording(path=path, is_ready=is_ready, words=words)
            case _:
                assert_never(request.script)
        lipsync, film = self._settings.lipsync, None
        if request.film is not None and not request.preview:
            path = await self._store.fetch(request.film.footage, scratch / "film.mp4")
            film = FilmOfFace(path=path, still_at=request.film.still_at)
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
            film=film,
            job_id=job_id,
            rate_pct=request.rate_pct,
            pitch_hz=request.pitch_hz,
            quality=request.quality,
            shape=request.shape,
            captions=request.captions,
            is_sketch=request.preview,
            language=request.language,
        )
