"""Draw how the warp engine looks on real faces, as sheets to look at severely.

    python -m tests.bench.face_sheets [PHOTO, FOLDER or PACKAGE.tar.gz ...] [--film FILE]
                                      [--into out/faces] [--size 1024]

Without an argument: the portraits inside installed packages, and what ``face_variants.py`` makes
of them. ``packaged_faces.py`` says which packages hold four more people; ``--film`` adds the most
different stills of somebody filmed.

Four sheets a face: ``NAME-mouths.png`` every state of the mouth, ``NAME-blink.png`` the eyes
through a blink at 512 and 1024 px, ``NAME-head.png`` head motion in three amounts (the photo, the
frames farthest from it, and what changed, four times as strong: the collar must be black), and
``NAME-lines.png`` the head in motion before straight lines, with how far those move.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from pipeline.lipsync.warp import TalkingFace
from pipeline.portrait import Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from tests import faces
from tests.bench import face_variants, lines_sheet, motion_sheet, packaged_faces
from tests.bench.mouth_sheet import mouth_sheet
from tests.measure import spoken
from tests.measure.stills import stills_of

SIZES_PX = (512, 1024)
PHOTOS = (".jpg", ".jpeg", ".png", ".webp")


def main() -> None:
    """Draw the sheets of every face that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--film", type=Path)
    parser.add_argument("--into", type=Path, default=Path("out/faces"))
    parser.add_argument("--size", type=int, default=1024, help="of the mouths, in pixels")
    parser.add_argument("--only", nargs="*", choices=("mouths", "blink", "head", "lines"))
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    speech = spoken.speech(asked.into / "speech.wav")
    wanted = asked.only or ("mouths", "blink", "head", "lines")
    mesh = MediaPipeMesh()
    for name, photo in chosen(asked.photos, asked.film, mesh):
        found = mesh.find(photo)
        if not found:
            print(f"{name}: no face")
            continue
        into = asked.into / name
        small = frame_portrait(photo, found[0], SIZES_PX[0])
        if "mouths" in wanted:
            picture, face = frame_portrait(photo, found[0], asked.size)
            talking = TalkingFace(picture, face)
            talking.rest(mesh)
            sheet = mouth_sheet(talking, picture, face)
            motion_sheet.save(sheet, into.with_name(f"{name}-mouths.png"))
        if "blink" in wanted:
            framed = {f"{size} px": frame_portrait(photo, found[0], size) for size in SIZES_PX}
            motion_sheet.save(motion_sheet.blinks(framed), into.with_name(f"{name}-blink.png"))
        if "head" in wanted:
            motion_sheet.save(
                motion_sheet.heads(*small, speech), into.with_name(f"{name}-head.png")
            )
        if "lines" in wanted:
            sheet, moved_px = lines_sheet.lines(*small, speech)
            motion_sheet.save(sheet, into.with_name(f"{name}-lines.png"))
            print(f"{name}: straight lines move by at most {moved_px:.1f} px of {SIZES_PX[0]}")
    mesh.close()


def chosen(
    asked: list[Path], film: Path | None, mesh: MediaPipeMesh
) -> Iterator[tuple[str, Pixels]]:
    """Give every photo its name: those asked for, or those inside packages and their variants."""
    if not asked and film is None:
        yield from face_variants.every()
    if film is not None:
        for name, still in stills_of(film, mesh).items():
            yield f"{film.stem}-{name}", still.picture
    for path in asked:
        if path.suffix == ".gz":
            yield from packaged_faces.photos_in(path)
            continue
        found = sorted(path.iterdir()) if path.is_dir() else [path]
        for file in found:
            if file.suffix.lower() in PHOTOS:
                yield file.stem, faces.pixels(file)


if __name__ == "__main__":
    main()
