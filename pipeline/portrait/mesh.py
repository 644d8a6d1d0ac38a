"""The MediaPipe adapter of the port ``FaceMesh``.

One look at the whole picture loses small faces and invents wrong ones. So overlapping tiles
follow, finer ones while nothing was seen. Every face gets a second look, close up and turned
upright: that makes its lips more exact, scores it, and drops it when it is no face after all. A
picture that stands on its head keeps a wrong mesh with a low score; ``check.py`` turns it.

Knows pixels; knows no file and no limit. Needs MediaPipe 0.10.14 to 0.10.21 with its attention
model; the plain mesh follows lips too badly to fall back to. Another finder is another class here.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Face, Landmarks, Pixels
from pipeline.portrait.pose import pose_of

MAX_FACES = 5
CLOSE_UP = 2.2
"""Side of the second look's square, in heights of the face."""
CLOSE_UP_PX = 640
"""The same side as it is shown to the models."""
GRIDS = (2, 4, 7)
"""Tiles per side; half of a tile overlaps the next. A face is seen from about 9 % of what is
shown: two tiles find one of 6 % of the photo's longer side, seven one of 2.5 %."""
TILE_PX = 384
"""Longer side of a tile as it is shown to the models."""
MIN_TILE_PX = 256
"""Smaller parts of a picture hold no usable face."""
MIN_SCORE = 0.3
"""Mean confidence of the two detectors from which a mesh is a face. Measured: clear faces .78 to
.92, noisy or covered ones .35 and more, meshes laid over no face .26 at most."""
SAME_FACE = 0.5
"""Share of the smaller of two meshes that the other covers from which they are one face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """A part of the picture, as it is shown to the models."""

    pixels: Pixels
    to_picture: NDArray[np.float64]
    """(2, 3) affine: shown pixels to picture pixels."""


class MediaPipeMesh:
    """Finds faces with MediaPipe's attention mesh. Takes a second to make: keep it."""

    def __init__(self) -> None:
        with _quiet(), _without_plots():
            import mediapipe

            self._mesh = mediapipe.solutions.face_mesh.FaceMesh(
                static_image_mode=True, refine_landmarks=True, max_num_faces=MAX_FACES
            )
            self._detectors = [
                mediapipe.solutions.face_detection.FaceDetection(
                    model_selection=selection, min_detection_confidence=0.3
                )
                for selection in (0, 1)  # trained for faces within 2 m and within 5 m
            ]
            # The models load, and print, on their first picture.
            blank = np.zeros((64, 96, 3), np.uint8)
            self._look(blank)
            self._score(blank)

    def find(self, picture: Pixels) -> Sequence[Face]:
        """Return up to five faces, the largest first; empty when there is none."""
        faces = self._confirmed(picture, self._look(picture))
        for grid in GRIDS:
            done = faces and grid != GRIDS[0]  # the first tiles also show who stands beside
            if done or 2 * max(picture.shape[:2]) // (grid + 1) < MIN_TILE_PX:
                break
            seen = [
                _placed(landmarks, tile)
                for tile in _tiles(picture, grid)
                for landmarks in self._look(tile.pixels)
            ]
            new = [points for points in seen if _is_new(points, faces)]
            faces = _distinct([*faces, *self._confirmed(picture, new)])
        return faces[:MAX_FACES]

    def follow(self, picture: Pixels, near: Landmarks) -> Face | None:
        """Look once, close up, where the face was: a quarter of the work of ``find``."""
        return self._second_look(picture, near)

    def close(self) -> None:
        """Free the models."""
        self._mesh.close()
        for detector in self._detectors:
            detector.close()

    def _confirmed(self, picture: Pixels, seen: Sequence[Landmarks]) -> list[Face]:
        looks = [self._second_look(picture, landmarks) for landmarks in seen]
        return _distinct([face for face in looks if face is not None])

    def _second_look(self, picture: Pixels, landmarks: Landmarks) -> Face | None:
        window = _close_up(picture, landmarks)
        middle = CLOSE_UP_PX / 2
        faces = [points for points in self._look(window.pixels) if _holds(points, middle)]
        score = self._score(window.pixels)
        if not faces or score < MIN_SCORE:
            return None
        nearest = min(faces, key=lambda points: np.abs(_centre(points) - middle).max())
        return Face(landmarks=_placed(nearest, window), score=score)

    def _look(self, pixels: Pixels) -> list[Landmarks]:
        height, width = pixels.shape[:2]
        unit = np.array([width, height, width], np.float32)  # z comes in widths too
        found = self._mesh.process(np.ascontiguousarray(pixels)).multi_face_landmarks or []
        return [
            np.array([(p.x, p.y, p.z) for p in face.landmark], np.float32) * unit for face in found
        ]

    def _score(self, pixels: Pixels) -> float:
        sure = [_confidence(detector.process(pixels)) for detector in self._detectors]
        return float(np.mean(sure))


def _confidence(answer: Any) -> float:
    """Read how sure a detector is of a face over the middle; 0 where it sees none."""
    sure = [0.0]
    for found in answer.detections or []:
        box = found.location_data.relative_bounding_box
        if 0 <= 0.5 - box.xmin <= box.width and 0 <= 0.5 - box.ymin <= box.height:
            sure.append(float(found.score[0]))
    return max(sure)


# --------------------------------------------------------------------------- parts of a picture


def _tiles(picture: Pixels, grid: int) -> Iterator[_Window]:
    """Cut grid x grid tiles, each overlapping the next by half."""
    import cv2

    scale = TILE_PX * (grid + 1) / (2 * max(picture.shape[:2]))
    height, width = (max(grid + 1, round(side * scale)) for side in picture.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    whole = np.asarray(cv2.resize(picture, (width, height), interpolation=way), np.uint8)
    step_y, step_x = height // (grid + 1), width // (grid + 1)
    back = np.diag([picture.shape[1] / width, picture.shape[0] / height])
    for y in range(0, grid * step_y, step_y):
        for x in range(0, grid * step_x, step_x):
            yield _Window(
                pixels=whole[y : y + 2 * step_y, x : x + 2 * step_x],
                to_picture=np.column_stack([back, back @ (x, y)]),
            )


def _close_up(picture: Pixels, landmarks: Landmarks) -> _Window:
    """Cut an upright square around a face; beyond the picture its edge is repeated."""
    import cv2

    scale = CLOSE_UP * float(np.ptp(landmarks[:, :2], axis=0).max()) / CLOSE_UP_PX
    roll = np.radians(pose_of(landmarks).roll_deg)
    turn = scale * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    to_picture = np.column_stack([turn, _centre(landmarks) - turn @ ([CLOSE_UP_PX / 2] * 2)])
    source, shrink = picture, np.ones(2)
    if scale > 1:  # average first: the warp itself takes single pixels
        size = [max(1, round(side / scale)) for side in picture.shape[1::-1]]
        source = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        shrink = np.divide(size, picture.shape[1::-1])
    # The models count from pixel edges, OpenCV from pixel centres: half a pixel at each end.
    matrix = to_picture * shrink[:, None]
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    shown = cv2.warpAffine(
        source,
        matrix,
        (CLOSE_UP_PX, CLOSE_UP_PX),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _Window(pixels=np.asarray(shown, np.uint8), to_picture=to_picture)


def _placed(points: Landmarks, window: _Window) -> Landmarks:
    """Move landmarks from a window to where they are in the picture."""
    turn, offset = window.to_picture[:, :2], window.to_picture[:, 2]
    depth = points[:, 2:] * np.sqrt(np.linalg.det(turn))
    placed: Landmarks = np.hstack([points[:, :2] @ turn.T + offset, depth]).astype(np.float32)
    return placed


# --------------------------------------------------------------------------- boxes of faces


def _centre(landmarks: Landmarks) -> NDArray[np.float32]:
    centre: NDArray[np.float32] = (landmarks.min(axis=0) + landmarks.max(axis=0))[:2] / 2
    return centre


def _holds(landmarks: Landmarks, at_px: float) -> bool:
    low, high = landmarks.min(axis=0)[:2], landmarks.max(axis=0)[:2]
    return bool((low < at_px).all() and (high > at_px).all())


def _area(landmarks: Landmarks) -> float:
    return float(np.ptp(landmarks[:, :2], axis=0).prod())


def _distinct(faces: Sequence[Face]) -> list[Face]:
    """Sort by size, and of those that overlap keep the one with the best score."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if _is_new(face.landmarks, kept):
            kept.append(face)
    return sorted(kept, key=lambda face: -_area(face.landmarks))


def _is_new(landmarks: Landmarks, faces: Sequence[Face]) -> bool:
    return all(_overlap(landmarks, face.landmarks) < SAME_FACE for face in faces)


def _overlap(a: Landmarks, b: Landmarks) -> float:
    low = np.maximum(a.min(axis=0), b.min(axis=0))[:2]
    high = np.minimum(a.max(axis=0), b.max(axis=0))[:2]
    shared = float(np.clip(high - low, 0, None).prod())
    return shared / max(min(_area(a), _area(b)), 1e-6)


# --------------------------------------------------------------------------- silence, thrift


@contextmanager
def _without_plots() -> Iterator[None]:
    """Keep MediaPipe's drawing helpers from loading matplotlib: 31 MB and half a second.

    They want it to plot landmarks, which nobody here does.
    """
    names = [name for name in ("matplotlib", "matplotlib.pyplot") if name not in sys.modules]
    sys.modules.update({name: ModuleType(name) for name in names})
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what MediaPipe prints on descriptor 2; show it after an exception."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as printed:
        os.dup2(printed.fileno(), 2)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # protobuf 4 deprecates what MediaPipe calls
                yield
        except BaseException:
            printed.seek(0)
            os.write(kept, printed.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
