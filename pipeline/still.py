"""The best still of a video: for engines that move one picture, for people who film themselves.

The video is re-encoded in its own process first, as every stranger's video; then a few frames of
ours are looked at like photos, and the clearest face that looks at the camera wins. Knows no job
and no door.
"""

from __future__ import annotations

import asyncio
import math
import shutil
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline import errors
from pipeline.footage.desk import FootageDesk
from pipeline.media.footage import Footage
from pipeline.portrait.desk import PortraitDesk
from pipeline.settings import LipsyncSettings
from pipeline.types import PortraitVerdict

LOOKS = 5
"""So many frames are looked at, evenly over the video, its very ends apart."""
MOST_S = 20.0
"""A face that will do is found in the beginning, or not at all."""
FPS = 10
"""Enough to choose a picture from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """The picture that was chosen, and the footage that it is from."""

    verdict: PortraitVerdict
    footage: Path
    at: int
    """Its frame in the footage, counted from 0."""


async def best_still(
    source: Path,
    into: Path,
    scratch: Path,
    footage: FootageDesk,
    portraits: PortraitDesk,
    video: LipsyncSettings | None = None,
) -> Still:
    """Write the clearest picture of a video to ``into``, checked and clean as any photo.

    The footage stays in ``scratch``: all of it and fit for a ``video`` of that kind, or only as
    much as it takes to choose a picture. Raises ``FootageError``, and the ``PortraitError`` of
    the last frame when none will do.
    """
    ours, fps = scratch / "footage.mp4", FPS
    if video is None:
        await footage.check(source, ours, fps=fps, most_s=MOST_S)
    else:
        fps = video.fps
        await footage.check(source, ours, fps=fps, size_px=video.best_size_px)
    frames = await asyncio.to_thread(_frames_of, ours, scratch, round(MOST_S * fps))
    best: tuple[float, Still, Path] | None = None
    refusal: errors.PortraitError | None = None
    for place, frame in frames.items():
        clean = scratch / f"clean-{place}.png"
        try:
            verdict = await portraits.check(frame, clean)
        except errors.PortraitError as e:
            refusal = e
            continue
        score = _score(verdict)
        if best is None or score > best[0]:
            best = score, Still(verdict=verdict, footage=ours, at=place), clean
    if best is None:
        raise refusal or errors.NoFaceInVideo
    await asyncio.to_thread(shutil.copyfile, best[2], into)
    return best[1]


def _score(verdict: PortraitVerdict) -> float:
    """Prefer a large face that looks at the camera."""
    face = verdict.speaker
    return face.eye_distance_px * math.cos(math.radians(face.yaw_deg))


def _frames_of(video: Path, folder: Path, most: int) -> dict[int, Path]:
    with Footage(video, most=most) as footage:
        count = len(footage)
        evenly = {round(count * (k + 0.5) / LOOKS - 0.5) for k in range(LOOKS)}
        paths = dict[int, Path]()
        for place in sorted(min(max(place, 0), count - 1) for place in evenly):
            paths[place] = folder / f"frame-{place:05d}.png"
            Image.fromarray(footage[place]).save(paths[place], compress_level=1)
    return paths
