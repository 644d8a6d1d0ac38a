"""Print how fast the warp engine draws, beside the one operation that it cannot do without.

    python -m tests.bench.warp_speed

On a busy machine both slow down alike: compare the two columns, not two days.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from pipeline.lipsync.layers import NO_MAP, Grid
from pipeline.lipsync.track import MouthTrack
from pipeline.lipsync.warp import TalkingFace
from pipeline.portrait import Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.portrait.pose import pose_of
from tests import faces
from tests.bench.mouth_sheet import STATES, every_state

SIZES_PX = (384, 512, 768, 1024)
FRAMES = 100


def main() -> None:
    """Time every size."""
    photo = faces.pixels(faces.hopper())
    mesh = MediaPipeMesh()
    found = mesh.find(photo)[0]
    mesh.close()
    track = every_state()
    print("size    E   prepare  frames/s  of them remap alone")
    for size_px in SIZES_PX:
        picture, face = frame_portrait(photo, found, size_px)
        started = time.perf_counter()
        talking = TalkingFace(picture, face)
        prepared_s = time.perf_counter() - started
        at = talking.region.pixels_px() + np.float32(0.4)

        drawn = seconds(partial(draw, talking, track))
        alone = seconds(partial(remap, picture, at))
        e_px = pose_of(face.landmarks).scale_px
        share = 100 * alone / drawn
        per_s = FRAMES / drawn
        print(f"{size_px:>4} {e_px:>4.0f} {prepared_s:>7.2f} s {per_s:>9.0f} {share:>8.0f} %")


def draw(talking: TalkingFace, track: MouthTrack, index: int) -> None:
    """Draw one frame."""
    talking.draw(track, index % len(STATES))


def remap(picture: Pixels, at: Grid, _: int) -> None:
    """Do the least that a frame needs."""
    cv2.remap(picture, at, NO_MAP, cv2.INTER_CUBIC)


def seconds(once: Callable[[int], None]) -> float:
    """Return how long ``FRAMES`` frames take."""
    started = time.perf_counter()
    for index in range(FRAMES):
        once(index)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
