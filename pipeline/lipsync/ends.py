"""The film begins and ends on the photo itself, whatever its mouth does there.

What is drawn starts from a closed mouth, so a smile would jump. Over a few frames the drawn mouth
is held as open as the photo's and the photo shines through, wholly in the first and last frame. So
the first picture that a chat shows is the one that was sent, and the film loops. Knows frames and
tracks; knows no face.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from pipeline.lipsync.track import FADE_FRAMES, Curve, MouthTrack
from pipeline.portrait import Pixels

WIDEST_E = 0.20
"""A mouth that is further open in the photo is drawn this far open."""


def photo_shares(frames: int) -> Curve:
    """Return, per frame, how much of it is the photo: 1 at both ends, 0 between."""
    index = np.arange(frames)
    away = np.minimum(index, index[::-1]) / FADE_FRAMES
    result: Curve = np.clip(1.0 - away, 0.0, 1.0)
    return result


def from_the_photo(track: MouthTrack, photo_gap_e: float) -> MouthTrack:
    """Hold the mouth as open at both ends as it is in the photo."""
    return replace(track, gap=track.gap + photo_shares(len(track)) * min(photo_gap_e, WIDEST_E))


def toward(photo: Pixels, frame: Pixels, share: float) -> Pixels:
    """Let the photo shine through a frame."""
    if share <= 0.0:
        return frame
    if share >= 1.0:
        return photo.copy()
    return np.asarray(cv2.addWeighted(photo, share, frame, 1.0 - share, 0.0), np.uint8)
