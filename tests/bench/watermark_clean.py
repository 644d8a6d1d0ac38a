"""Look for marks in clean clips, encoded at all qualities: how many are found where there is none?

    python -m tests.bench.watermark_clean [clips]

Each clip is looked at with its own key too, as other operators' bots would. None may be found.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from pipeline.media.read import read_frames
from pipeline.safety.watermark import SURE
from tests.films import write_film
from tests.measure.clips import clean_clip
from tests.measure.reencoded import found_in

CLIPS, SAY_EVERY = 1000, 100
KEY = bytes(range(32))


def main() -> None:
    """Print the spread of the scores."""
    clips = int(sys.argv[1]) if len(sys.argv) > 1 else CLIPS
    scores = list[float]()
    with tempfile.TemporaryDirectory() as name:
        video = Path(name) / "clip.mp4"
        for number in range(clips):
            options = {"crf": str(18 + number % 20), "preset": "veryfast"}
            write_film(video, clean_clip(number), options=options)
            frames = list(read_frames(video))
            own = number.to_bytes(32)
            scores += [found_in(frames, key).score for key in (KEY, own)]
            if (number + 1) % SAY_EVERY == 0:
                print(f"{number + 1} clips, highest score {max(scores):.2f}", flush=True)
    spread = np.array(scores)
    print(f"{clips} clean clips, two keys each: {int((spread > SURE).sum())} found to be marked")
    print(
        f"scores {spread.mean():.2f} +- {spread.std():.2f}, at most {spread.max():.2f}; ", end=""
    )
    print(f"a mark needs {SURE}: {(SURE - spread.mean()) / spread.std():.1f} deviations more")


if __name__ == "__main__":
    main()
