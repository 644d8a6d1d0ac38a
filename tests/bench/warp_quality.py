"""Print what is measured of the warp engine, one line per face, and save its videos and sheets.

    python -m tests.bench.warp_quality [PHOTO or PACKAGE.tar.gz ...] [--film FILE] [--into FOLDER]
                                       [--size PX]

Without a photo: the two portraits inside installed packages. ``packaged_faces.py`` says which
source packages hold four more people. ``--film FILE`` adds the most
different stills of a person who speaks in it. Look at the sheets too: the mesh that measures also
steers the renderer.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.lipsync.warp import TalkingFace
from pipeline.media.sheet import contact_sheet
from pipeline.portrait import Face, FaceFollower, Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.types import Motion
from tests import faces
from tests.bench import packaged_faces
from tests.bench.mouth_sheet import mouth_sheet
from tests.measure import report, spoken
from tests.measure.stills import stills_of

HEAD = "face                  r   lag   closed  silence  widest  outside  exact  border  ends  A/V"


def main() -> None:
    """Measure every face that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--film", type=Path)
    parser.add_argument("--into", type=Path, default=Path("out/warp"))
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--motion", type=Motion, default=Motion.OFF, choices=list(Motion))
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    speech = spoken.speech(asked.into / "speech.wav")
    mesh = MediaPipeMesh()
    print(HEAD)
    for name, photo in photos_of(asked.photos, asked.film, mesh):
        found = mesh.find(photo)
        if not found:
            print(f"{name:<18}  no face")
            continue
        picture, face = frame_portrait(photo, found[0], asked.size)
        video = asked.into / f"{name}.mp4"
        measured = report.measure(picture, face, speech, mesh, video, asked.motion)
        print(line(name, measured), flush=True)
        contact_sheet(video, video.with_suffix(".png"))
        save_mouths(picture, face, mesh, asked.into / f"{name}-mouths.png")


def photos_of(
    photos: list[Path], film: Path | None, mesh: MediaPipeMesh
) -> Iterator[tuple[str, Pixels]]:
    """Give every picture to measure, with its name."""
    for path in photos or [faces.hopper(), faces.astronaut()]:
        if path.suffix == ".gz":
            yield from packaged_faces.photos_in(path)
        else:
            yield path.stem, faces.pixels(path)
    if film is not None:
        for name, still in stills_of(film, mesh).items():
            yield f"{film.stem}-{name}", still.picture


def line(name: str, seen: report.Report) -> str:
    """Write one row of the table."""
    late_ms = 1000 * (seen.picture_s - seen.sound_s)
    return (
        f"{name[:18]:<18} {seen.sync.r:.3f} {seen.sync.lag:>+4}   {seen.closed:>2} of "
        f"{seen.bilabials:<2} {seen.silence_gap_e:>7.4f} {seen.greatest_gap_e:>7.3f} "
        f"{seen.outside_face_psnr_db:>5.1f} dB {seen.outside_region_is_exact!s:>5} "
        f"{seen.border_step:>6.2f} {seen.ends_error:>5}  {late_ms:+.0f} ms"
    )


def save_mouths(picture: Pixels, face: Face, mesh: FaceFollower, into: Path) -> None:
    """Save the mouth at a large scale, over its whole range."""
    talking = TalkingFace(picture, face)
    talking.rest(mesh)
    sheet = mouth_sheet(talking, picture, face)
    Image.fromarray(np.ascontiguousarray(sheet)).save(into)


if __name__ == "__main__":
    main()
