"""The best still of a video: for engines that move one picture, for people who film themselves.

The video is re-encoded in its own process first, as every stranger's video; then a few frames of
ours are looked at like photos, and the clearest face that looks at the camera wins. Knows no job
and no door.
"""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from pipeline import errors
from pipeline.footage.desk import FootageDesk
from pipeline.media.footage import Footage
from pipeline.portrait.desk import PortraitDesk
from pipeline.types import PortraitVerdict

LOOKS = 5
"""So many frames are looked at, evenly over the video, its very ends apart."""
MOST_S = 20.0
"""A face that will do is found in the beginning, or not at all."""
FPS = 10


async def best_still(
    source: Path, into: Path, scratch: Path, footage: FootageDesk, portraits: PortraitDesk
) -> PortraitVerdict:
    """Write the clearest picture of a video to ``into``, checked and clean as any photo.

    Raises ``FootageError``, and the ``PortraitError`` of the last frame when none will do.
    """
    ours = scratch / "footage.mp4"
    await footage.check(source, ours, fps=FPS, most_s=MOST_S)
    frames = await asyncio.to_thread(_frames_of, ours, scratch)
    best: tuple[float, PortraitVerdict, Path] | None = None
    refusal: errors.PortraitError | None = None
    for number, frame in enumerate(frames):
        clean = scratch / f"clean-{number}.png"
        try:
            verdict = await portraits.check(frame, clean)
        except errors.PortraitError as e:
            refusal = e
            continue
        score = _score(verdict)
        if best is None or score > best[0]:
            best = score, verdict, clean
    if best is None:
        raise refusal or errors.NoFaceInVideo
    await asyncio.to_thread(shutil.copyfile, best[2], into)
    return best[1]


def _score(verdict: PortraitVerdict) -> float:
    """Prefer a large face that looks at the camera."""
    face = verdict.speaker
    return face.eye_distance_px * math.cos(math.radians(face.yaw_deg))


def _frames_of(video: Path, folder: Path) -> Sequence[Path]:
    with Footage(video) as footage:
        count = len(footage)
        places = sorted({round(count * (k + 0.5) / LOOKS - 0.5) for k in range(LOOKS)})
        paths: list[Path] = []
        for place in places:
            path = folder / f"frame-{place:05d}.png"
            Image.fromarray(footage[min(max(place, 0), count - 1)]).save(path, compress_level=1)
            paths.append(path)
    return paths
