"""The GPU engine: a thin adapter over ``pipeline.latentsync``.

Finds the three points, brings the sound to 16 kHz, keeps the networks loaded between orders, and
says the library's errors in the words of this pipeline. When memory runs out it goes on with the
smaller release where that lies beside, and tells so. Knows a picture that is already framed, or a
film whose face was followed; knows no tensor, no file but the weights and the speech.

Idle motion stands before this engine: a moved still is frames and points, as a video's (``Seen``).
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline import errors
from pipeline.latentsync import devices
from pipeline.latentsync import errors as library
from pipeline.latentsync.releases import Release
from pipeline.lipsync import weights
from pipeline.lipsync.brows import three_points
from pipeline.lipsync.filmed import aligned, points_of
from pipeline.lipsync.seen import Seen, seen_still
from pipeline.lipsync.track import frame_count
from pipeline.media.read import read_wav
from pipeline.media.resample import resampled
from pipeline.portrait import Face, Pixels
from pipeline.portrait.face_track import FaceTrack
from pipeline.settings import LatentSyncSettings
from pipeline.types import EngineName, Motion, Note, Speech

if TYPE_CHECKING:
    from pipeline.latentsync import LatentSync, Recipe

MODEL_RATE_HZ = 16_000
LONGEST_S = 600.0
"""What the model hears takes 0.4 MB per second; ``speech.max_s`` allows no more than this."""
SMALLER = Release.V15
STAY_SMALL = 10
"""So many videos keep to the smaller release before the larger one is tried again."""
INSTALL = "pip install --no-deps -r requirements/latentsync.lock -r requirements/torch-cuda.lock"

Load = Callable[[Release], "LatentSync"]

log = logging.getLogger(__name__)


def why_not(settings: LatentSyncSettings) -> str | None:
    """Return why this engine is not taken by itself here, or None: CUDA and verified weights."""
    found = weights.stock(settings, Release(settings.release))
    if found.state is not weights.State.VERIFIED:
        return f"the weights of {found.release} are {found.state.value} ({found.advice})"
    if "cpu" in settings.devices:
        return "latentsync.devices names the CPU, which takes minutes per second of video"
    return cannot_start(settings)


def cannot_start(settings: LatentSyncSettings) -> str | None:
    """Return why this engine cannot run even when asked for by name, or None.

    Weights need not be verified then: whatever lies there is read without trust.
    """
    release = Release(settings.release)
    if not weights.are_there(weights.folder_of(settings, release), release):
        return f"the weights of {release} are not all here (bolti models pull {release})"
    if package := devices.missing_package():
        return f"{package} is not installed ({INSTALL})"
    if device := devices.absent_device(settings.devices):
        return f"there is no {device} here"
    return None


class LatentSyncEngine:
    """Generates the mouth with LatentSync 1.6 or 1.5."""

    name = EngineName.LATENTSYNC
    is_costly = True

    def __init__(self, settings: LatentSyncSettings, load: Load | None = None) -> None:
        """``settings.weights`` is the folder; ``load`` replaces how a release is loaded."""
        self._settings = settings
        self._load = load or (lambda release: load_release(self._settings, release))
        self._model: tuple[Release, LatentSync] | None = None
        self._small_for = 0

    def tune(self, settings: LatentSyncSettings) -> None:
        """Work by these steps, guidance, caching and seed from the next film on."""
        self._settings = settings

    def sync(
        self,
        picture: Pixels,
        face: Face,
        speech: Speech,
        fps: int,
        motion: Motion = Motion.OFF,
        *,
        first_frame: int = 0,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[Pixels]:
        """Yield exactly ``ceil(speech.duration_s * fps)`` frames, less those before the first.

        No pixel outside the box of the face is touched; silence is a closed mouth. Raises
        ``SoundTooLong`` beyond ten minutes, ``NoSpeechFound`` for a sound of no length,
        ``RenderFailed`` for a face that cannot be aligned, ``EngineUnavailable``,
        ``WeightsUnusable``, ``MemoryExhausted``, ``DeviceFault``.
        """
        seen = seen_still(picture, face, speech, fps, motion)
        yield from self._sync(seen, speech, fps, first_frame, on_note)

    def sync_film(
        self,
        frames: Sequence[Pixels],
        track: FaceTrack,
        speech: Speech,
        fps: int,
        *,
        first_frame: int = 0,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[Pixels]:
        """Yield as many frames as ``sync`` of a film that runs to and fro. Raises as it does.

        Frames in which the face is not seen pass through untouched.
        """
        seen = Seen(frames=frames, points=points_of(track, three_points))
        yield from self._sync(seen, speech, fps, first_frame, on_note)

    def _sync(
        self,
        seen: Seen,
        speech: Speech,
        fps: int,
        first_frame: int,
        on_note: Callable[[Note], None] | None,
    ) -> Iterator[Pixels]:
        if speech.duration_s > LONGEST_S:
            raise errors.SoundTooLong(LONGEST_S)
        count = frame_count(speech.duration_s, fps)
        heard = resampled(read_wav(speech.path), MODEL_RATE_HZ)
        at = first_frame
        for release in self._releases():
            if release is not Release(self._settings.release) and on_note is not None:
                on_note(Note.LOWER_DETAIL)
            try:
                for frame in self._speak(release, seen, heard, fps, count, at, on_note):
                    yield frame
                    at += 1
            except (library.MemoryExhausted, RuntimeError) as e:
                if not devices.is_out_of_memory(e):
                    raise
                log.warning("%s: out of memory at frame %d of %d", release.value, at, count)
            else:
                return
            self._forget()  # after the error is gone: its frames held on to the networks
            self._small_for = STAY_SMALL
        raise errors.MemoryExhausted(self._advice())

    def _releases(self) -> list[Release]:
        """List the releases to try in this order."""
        wanted = Release(self._settings.release)
        if wanted is SMALLER or not self._has_smaller():
            return [wanted]
        if self._small_for:
            self._small_for -= 1
            return [SMALLER]
        return [wanted, SMALLER]

    def _has_smaller(self) -> bool:
        return weights.are_there(weights.folder_of(self._settings, SMALLER), SMALLER)

    def _speak(
        self,
        release: Release,
        seen: Seen,
        heard: NDArray[np.float32],
        fps: int,
        count: int,
        first_frame: int,
        on_note: Callable[[Note], None] | None,
    ) -> Iterator[Pixels]:
        if first_frame >= count:
            return
        with _named():
            model = self._loaded(release)
            matrices = aligned(
                seen.points, lambda points: model.matrices(points, rounded=seen.is_rounded)
            )
            from pipeline.latentsync import Report  # torch is here by now

            report = Report()
            yield from model.sync(
                seen.frames,
                matrices,
                heard,
                fps=fps,
                count=count,
                recipe=self._recipe(),
                first_frame=first_frame,
                report=report,
            )
        for note in report.notes:  # slower, but the very same picture
            log.warning("%s: %s", release.value, note)
        if report.steps_down and on_note is not None:
            on_note(Note.SMALLER_PARTS)

    def _loaded(self, release: Release) -> LatentSync:
        if self._model is None or self._model[0] is not release:
            self._forget()  # two networks at once would not fit
            self._model = release, self._load(release)
        return self._model[1]

    def _forget(self) -> None:
        self._model = None
        gc.collect()

    def _recipe(self) -> Recipe:
        from pipeline.latentsync import Recipe

        return Recipe(
            steps=self._settings.steps,
            guidance=self._settings.guidance_scale,
            seed=self._settings.seed,
            cached=self._settings.step_caching,
        )

    def _advice(self) -> str:
        if self._has_smaller():
            return "Use a device with more memory, or set lipsync.engine to warp."
        return f"The smaller release may fit: bolti models pull {SMALLER.value}."


def load_release(settings: LatentSyncSettings, release: Release) -> LatentSync:
    """Load a release from its folder; whatever lies there is read without trust.

    Raises ``EngineUnavailable``, and the library's errors of weights.
    """
    if reason := cannot_start(settings):
        raise errors.EngineUnavailable(EngineName.LATENTSYNC, reason)
    from pipeline.latentsync import LatentSync, Weights

    folder = weights.folder_of(settings, release)
    return LatentSync.load(Weights.of(folder, release), device=list(settings.devices))


@contextmanager
def _named() -> Iterator[None]:
    """Say the library's errors in the words of this pipeline; memory is the caller's."""
    try:
        yield
    except library.AudioUnusable as e:
        raise errors.NoSpeechFound from e
    except library.FaceUnusable as e:
        raise errors.RenderFailed(f"This face cannot be aligned: {e}.") from e
    except library.WeightsMissing as e:
        raise errors.EngineUnavailable(EngineName.LATENTSYNC, str(e)) from e
    except library.WeightsError as e:
        raise errors.WeightsUnusable(str(e)) from e
    except (library.PrecisionUnsupported, library.ConfigUnsupported) as e:
        raise errors.EngineUnavailable(EngineName.LATENTSYNC, str(e)) from e
    except RuntimeError as e:
        if devices.is_fault(e):
            raise errors.DeviceFault(type(e).__name__) from e
        raise
