"""What covers mouths, painted over real photos, and photos made into drawings."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of

JAW = (
    234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361,
    323, 454, 347, 330, 5, 101, 118,
)  # fmt: skip
MASKS = {"blue": (120, 170, 210), "white": (235, 235, 230), "black": (30, 30, 32)}


def masked(photo: Pixels, face: Face, colour: tuple[int, int, int]) -> Pixels:
    """Put a mask of cloth over nose and mouth: lighter in the middle, a little rough."""
    hull = cv2.convexHull(np.round(face.landmarks[list(JAW), :2]).astype(np.int32))
    cover = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(cover, [hull], (1,))
    e_px = pose_of(face.landmarks).scale_px
    deep = np.clip(cv2.distanceTransform(cover, cv2.DIST_L2, 5) / (0.35 * e_px), 0, 1)
    rough = 3 * np.random.default_rng(1).normal(size=photo.shape[:2])
    cloth = np.array(colour) * (0.75 + 0.25 * deep)[..., None] + rough[..., None]
    return _over(photo, cover, cloth)


def behind_a_hand(photo: Pixels, face: Face) -> Pixels:
    """Lay four fingers over the mouth."""
    e_px = pose_of(face.landmarks).scale_px
    x, y = face.landmarks[[13, 14], :2].mean(axis=0)
    cover, round_ = np.zeros(photo.shape[:2], np.uint8), np.zeros(photo.shape[:2])
    for beside in (-0.36, -0.12, 0.12, 0.36):
        finger = np.zeros(photo.shape[:2], np.uint8)
        ends = [(x + (beside + lean) * e_px, y + down * e_px) for lean, down in ENDS]
        start, end = ((round(a), round(b)) for a, b in ends)
        cv2.line(finger, start, end, (1,), round(0.23 * e_px))
        cover |= finger
        depth = cv2.distanceTransform(finger, cv2.DIST_L2, 5) / (0.115 * e_px)
        round_ = np.maximum(round_, depth)
    rows = face.landmarks[[50, 280, 9], :2].astype(int)
    skin = np.median([photo[b, a] for a, b in rows], axis=0)
    return _over(photo, cover, skin * (0.72 + 0.33 * round_)[..., None])


ENDS = ((-0.1, -0.35), (0.12, 0.6))
"""Where a finger starts and ends, aside and down, in eye distances."""


def posterised(photo: Pixels, levels: int = 8) -> Pixels:
    """Make a drawing of a photo: even areas of few colours."""
    even = cv2.pyrMeanShiftFiltering(np.ascontiguousarray(photo), 20, 40)
    step = 256 // levels
    return np.asarray(even // step * step + step // 2, np.uint8)


def _over(photo: Pixels, cover: Pixels, paint: np.ndarray) -> Pixels:
    soft = cv2.GaussianBlur(cover.astype(np.float64), (0, 0), 1)[..., None]
    return np.asarray((photo * (1 - soft) + paint * soft).clip(0, 255), np.uint8)
