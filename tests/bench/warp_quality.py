"""Print what is measured of the warp engine, one line per face, and save its videos and sheets.

    python -m tests.bench.warp_quality [PHOTO ...] [--into FOLDER] [--size PX]

Without a photo: the two portraits inside installed packages. Look at the sheets too: the mesh that
measures also steers the renderer.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.lipsync.warp import TalkingFace
from pipeline.media.sheet import contact_sheet
from pipeline.portrait import Face, Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.types import Motion
from tests import faces
from tests.bench.mouth_sheet import mouth_sheet
from tests.measure import report, spoken

HEAD = "face                  r   lag   closed  silence  widest  outside  exact  border  A/V"


def main() -> None:
    """Measure every face that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--into", type=Path, default=Path("out/warp"))
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--motion", type=Motion, default=Motion.OFF, choices=list(Motion))
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    speech = spoken.speech(asked.into / "speech.wav")
    mesh = MediaPipeMesh()
    print(HEAD)
    for path in asked.photos or [faces.hopper(), faces.astronaut()]:
        photo = faces.pixels(path)
        found = mesh.find(photo)
        if not found:
            print(f"{path.stem:<18}  no face")
            continue
        picture, face = frame_portrait(photo, found[0], asked.size)
        video = asked.into / f"{path.stem}.mp4"
        print(line(path.stem, report.measure(picture, face, speech, mesh, video, asked.motion)))
        contact_sheet(video, video.with_suffix(".png"))
        save_mouths(picture, face, asked.into / f"{path.stem}-mouths.png")


def line(name: str, seen: report.Report) -> str:
    """Write one row of the table."""
    return (
        f"{name[:18]:<18} {seen.sync.r:.3f} {seen.sync.lag:>+4}   {seen.closed:>2} of "
        f"{seen.bilabials:<2} {seen.silence_gap_e:>7.4f} {seen.greatest_gap_e:>7.3f} "
        f"{seen.outside_face_psnr_db:>5.1f} dB {seen.outside_region_is_exact!s:>5} "
        f"{seen.border_step:>6.2f}  {1000 * (seen.picture_s - seen.sound_s):+.0f} ms"
    )


def save_mouths(picture: Pixels, face: Face, into: Path) -> None:
    """Save the mouth at a large scale, over its whole range."""
    sheet = mouth_sheet(TalkingFace(picture, face), picture, face)
    Image.fromarray(np.ascontiguousarray(sheet)).save(into)


if __name__ == "__main__":
    main()
