"""Shows that an engine works, before anybody needs it: a few frames of a sample portrait.

They are thrown away. What a first film waits for is done then: networks read and on their device,
kernels compiled, steps recorded.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipeline import errors
from pipeline.lipsync import LipSyncEngine
from pipeline.portrait import FaceFollower
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.picture import read_picture
from pipeline.sample import public_portrait
from pipeline.settings import PortraitSettings
from pipeline.speech.wav import write_wav
from pipeline.types import Speech, Timing

FRAMES = 16
"""One chunk of LatentSync."""
RATE_HZ = 16_000
HUM_HZ = 150
LOUDNESS = 8_000


def rehearse(engine: LipSyncEngine, mesh: FaceFollower, size_px: int, fps: int) -> None:
    """Find the face of the sample portrait and make one chunk of frames of it.

    Raises what the engine raises, and ``EngineUnavailable`` where mesh or portrait are at fault.
    """
    photo = public_portrait()
    if photo is None:
        raise errors.EngineUnavailable(engine.name, "there is no sample portrait to try it on")
    whole = read_picture(photo, PortraitSettings())
    faces = mesh.find(whole)
    if not faces:
        raise errors.EngineUnavailable(engine.name, "no face is found in the sample portrait")
    picture, face = frame_portrait(whole, faces[0], size_px)
    with TemporaryDirectory() as folder:
        made = sum(1 for _ in engine.sync(picture, face, _hum(Path(folder), FRAMES / fps), fps))
    if made != FRAMES:
        raise errors.EngineUnavailable(engine.name, f"it made {made} frames instead of {FRAMES}")


def _hum(folder: Path, duration_s: float) -> Speech:
    """Write a sound that no engine takes for silence, and say that it is a vowel."""
    at_s = np.arange(int(duration_s * RATE_HZ)) / RATE_HZ
    path = folder / "hum.wav"
    write_wav(
        path, (LOUDNESS * np.sign(np.sin(2 * np.pi * HUM_HZ * at_s))).astype(np.int16), RATE_HZ
    )
    whole_s = len(at_s) / RATE_HZ
    return Speech(
        path=path,
        duration_s=whole_s,
        sample_rate_hz=RATE_HZ,
        phones=(Timing(start_s=0.0, end_s=whole_s, text="a"),),
        provider="rehearsal",
        voice_id=None,
    )
