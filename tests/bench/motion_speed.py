"""Print what idle motion costs: whole clips with encoding, motion off beside on, in one run.

    python -m tests.bench.motion_speed [--size PX ...]

On a busy machine all slow down alike: compare the columns, not two days.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from pipeline.lipsync.warp import WarpEngine
from pipeline.media.read import read_wav
from pipeline.media.write import VideoWriter
from pipeline.portrait import Face, Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.types import Motion, Speech
from tests import faces
from tests.measure import spoken

FPS = 25
SIZES_PX = (512, 768, 1024)
ROUNDS = 2
"""The best of so many counts: what disturbs only slows down."""


def main() -> None:
    """Time every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=SIZES_PX)
    asked = parser.parse_args()
    photo = faces.pixels(faces.hopper())
    mesh = MediaPipeMesh()
    found = mesh.find(photo)[0]
    print("times real time, with encoding      off   subtle   lively   subtle costs")
    with tempfile.TemporaryDirectory() as folder:
        speech = spoken.speech(Path(folder) / "speech.wav")
        for size_px in asked.size:
            picture, face = frame_portrait(photo, found, size_px)
            took_s = dict.fromkeys(Motion, float("inf"))
            for _ in range(ROUNDS):
                for amount in Motion:
                    once_s = seconds(picture, face, speech, amount, Path(folder) / "out.mp4")
                    took_s[amount] = min(took_s[amount], once_s)
            rates = "".join(f"{speech.duration_s / took_s[a]:>9.1f}" for a in Motion)
            more = took_s[Motion.SUBTLE] / took_s[Motion.OFF] - 1
            print(f"{size_px:>5} px                       {rates}{100 * more:>12.0f} %")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"at most {peak_mb:.0f} MB resident, face mesh included")


def seconds(picture: Pixels, face: Face, speech: Speech, amount: Motion, into: Path) -> float:
    """Make one clip and return how long it took."""
    started = time.perf_counter()
    height, width = picture.shape[:2]
    with VideoWriter(
        into,
        width_px=width,
        height_px=height,
        fps=FPS,
        sound=read_wav(speech.path),
        max_bytes=100_000_000,
    ) as video:
        for frame in WarpEngine().sync(picture, face, speech, FPS, amount):
            video.add(frame)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
