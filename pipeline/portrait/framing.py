"""From the whole photo to the picture of the video: the face large enough, the sides even.

A photo whose face already fills enough of it stays whole. Otherwise an upright part of it is cut,
as a photographer would: a little more room above the face than the mesh shows, more below.
Knows pixels and one face; knows no file, no limit and no engine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.portrait import Face, Pixels

WHOLE_FROM = 0.30
"""Share of the photo's longer side from which a face is large enough. Of the longer side, not of
the height: that is the side which becomes ``size_px``, so the lips get their pixels in a wide
photo too."""
CUT_SHARE = 0.40
"""Share of the cut's height that its face takes; then E is about 0.22 of the height."""
NARROWEST, WIDEST = 0.75, 1.0
"""Width over height of a cut; in between it keeps the photo's own."""
FACE_AT = 0.47
"""Where the middle of the face stands in a cut, from above. The mesh ends below the hair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    left_px: int
    top_px: int
    width_px: int
    height_px: int


def frame_portrait(pixels: Pixels, face: Face, size_px: int) -> tuple[Pixels, Face]:
    """Crop and scale to a longer side of ``size_px``, and move the landmarks along.

    Both sides are even; ``size_px`` must be.
    """
    cut = _cut_of(pixels, face)
    width_px, height_px = _even_size(cut, size_px)
    part = pixels[
        cut.top_px : cut.top_px + cut.height_px, cut.left_px : cut.left_px + cut.width_px
    ]
    scale = np.array([width_px / cut.width_px, height_px / cut.height_px])
    origin = np.array([cut.left_px, cut.top_px])
    landmarks = np.empty_like(face.landmarks)
    landmarks[:, :2] = (face.landmarks[:, :2] - origin) * scale
    landmarks[:, 2] = face.landmarks[:, 2] * scale.mean()
    return _scaled(part, width_px, height_px), Face(landmarks=landmarks, score=face.score)


def _cut_of(pixels: Pixels, face: Face) -> _Cut:
    photo_height, photo_width = pixels.shape[:2]
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    face_width, face_height = (float(v) for v in high - low)
    if face_height >= WHOLE_FROM * max(photo_height, photo_width):
        return _Cut(left_px=0, top_px=0, width_px=photo_width, height_px=photo_height)
    height = min(photo_height, max(face_height / CUT_SHARE, face_width / CUT_SHARE))
    aspect = min(max(photo_width / photo_height, NARROWEST), WIDEST)
    width = min(photo_width, height * aspect)
    centre_x, centre_y = (float(v) for v in (low + high) / 2)
    left = min(max(centre_x - width / 2, 0), photo_width - width)
    top = min(max(centre_y - FACE_AT * height, 0), photo_height - height)
    return _Cut(
        left_px=int(left),
        top_px=int(top),
        width_px=max(2, int(width)),
        height_px=max(2, int(height)),
    )


def _even_size(cut: _Cut, size_px: int) -> tuple[int, int]:
    scale = size_px / max(cut.width_px, cut.height_px)
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (cut.width_px, cut.height_px))
    return width, height


def _scaled(part: Pixels, width_px: int, height_px: int) -> Pixels:
    import cv2  # only the render child and tests pay for it

    shrinks = width_px * height_px < part.shape[0] * part.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (width_px, height_px), interpolation=way), np.uint8)
