"""What LatentSync sees of a face: the aligned crop, with what it will generate marked.

    python -m tests.bench.alignment_sheet into.png [photo or video ...]

Per face two tiles: the crop with the three points of the template (white) and where those of the
face came to lie (red); the crop with what is generated tinted, the mesh's mouth (green) and chin
(yellow). What to look for: the nose lies in the notch of the mask, mouth and chin in the tinted
part. Of a video, every fiftieth frame is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch

from pipeline.latentsync import align, crop
from pipeline.latentsync.mask import keep_mask
from pipeline.lipsync.brows import three_points
from pipeline.media.read import read_frames
from pipeline.portrait import Face, Pixels
from pipeline.portrait.mesh import MediaPipeMesh
from tests import faces

RESOLUTION = 256
MOUTH = (61, 291, 0, 17, 13, 14)
CHIN = (152, 148, 377, 176, 400)
VIDEO_STEP = 50
ACROSS = 6


def main() -> None:
    """Write the sheet, and print where mouth and chin lie."""
    into, *paths = sys.argv[1:]
    mesh = MediaPipeMesh()
    tiles = []
    for name, picture in pictures([Path(path) for path in paths]):
        for face in mesh.find(picture)[:1]:
            tiles += [*pair(name, picture, face)]
    blank = np.zeros_like(tiles[0])
    tiles += [blank] * (-len(tiles) % ACROSS)
    rows = [np.hstack(tiles[i : i + ACROSS]) for i in range(0, len(tiles), ACROSS)]
    cv2.imwrite(into, np.vstack(rows)[..., ::-1])


def pictures(paths: list[Path]) -> Iterator[tuple[str, Pixels]]:
    """Give the two portraits of the tests, then what was named."""
    yield "hopper", faces.pixels(faces.hopper())
    yield "astronaut", faces.pixels(faces.astronaut())
    for path in paths:
        if path.suffix in (".mp4", ".mkv"):
            for number, frame in enumerate(read_frames(path)):
                if number % VIDEO_STEP == 0:
                    yield f"{path.stem} {number}", frame
        else:
            yield path.stem, faces.pixels(path)


def pair(name: str, picture: Pixels, face: Face) -> tuple[Pixels, Pixels]:
    """Draw one face twice."""
    points = three_points(face.landmarks)
    matrix = align.matrices(points[None], RESOLUTION)[0]
    canvas = crop.align_crops([picture], [matrix], RESOLUTION, torch.device("cpu"))
    square = crop.to_squares(canvas, RESOLUTION)[0].permute(1, 2, 0).byte().numpy()
    stretch = RESOLUTION / np.array(align.canvas_size(RESOLUTION))

    def placed(rows: tuple[int, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        flat = face.landmarks[list(rows), :2]
        on_canvas = flat @ matrix[:, :2].T + matrix[:, 2]
        return np.asarray(on_canvas * stretch, np.float64)

    mouth, chin = placed(MOUTH), placed(CHIN)
    print(
        f"{name}: mouth centre x {mouth[:2, 0].mean():.0f} y {mouth[:, 1].mean():.0f}, "
        f"chin y {chin[:, 1].max():.0f}, of {RESOLUTION}"
    )
    plain, masked = square.copy(), square.copy()
    hidden = keep_mask(RESOLUTION) < 0.5
    tinted = 0.65 * square[hidden] + 0.35 * np.array((40, 90, 255))
    masked[hidden] = tinted.astype(np.uint8)
    template = np.array(align.TEMPLATE) * align.canvas_ratio(RESOLUTION) * stretch
    fitted = (points @ matrix[:, :2].T + matrix[:, 2]) * stretch
    for marks, colour, tile in (
        (template, (255, 255, 255), plain),
        (fitted, (255, 60, 60), plain),
        (mouth, (60, 255, 60), masked),
        (chin, (255, 255, 60), masked),
    ):
        for x, y in np.round(marks).astype(int):
            cv2.circle(tile, (int(x), int(y)), 3, colour, -1)
    cv2.putText(plain, name, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 0), 1)
    return plain, masked


if __name__ == "__main__":
    main()
