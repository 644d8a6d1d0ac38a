"""Memory does not grow with the length of a video, kept and then played to and fro."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.films import write_film

WIDTH_PX, HEIGHT_PX = 640, 360
FRAME_MB = WIDTH_PX * HEIGHT_PX * 3 / 1e6
PLAY = """
import sys
from pathlib import Path
from pipeline.media.footage import Footage, make_footage
from pipeline.settings import FootageSettings

source = Path(sys.argv[1])
kept = source.with_name("kept.mp4")
make_footage(source, kept, FootageSettings(), fps=25, size_px=640)
with Footage(kept) as footage:
    for order in (range(len(footage)), reversed(range(len(footage)))):
        for place in order:
            assert footage[place].shape == (360, 640, 3)
# Not ru_maxrss: a child inherits its parent's, and the parent has just drawn the film.
print(int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024)
"""


def peak_mb(folder: Path, frames: int) -> float:
    slope = np.linspace(0, 200, WIDTH_PX, dtype=np.uint8)
    picture = np.repeat(np.tile(slope, (HEIGHT_PX, 1))[..., None], 3, axis=2)
    source = write_film(
        folder / "a.mp4",
        (np.roll(picture, 3 * n, axis=1) for n in range(frames)),
        options={"preset": "ultrafast"},
    )
    ended = subprocess.run(
        [sys.executable, "-c", PLAY, str(source)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return float(ended.stdout)


def test_a_longer_video_takes_no_more_memory(tmp_path: Path) -> None:
    short, long = peak_mb(tmp_path, 100), peak_mb(tmp_path, 600)

    assert long - short < 30 < 500 * FRAME_MB / 5
