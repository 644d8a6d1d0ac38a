"""The three points by which LatentSync aligns a face, out of the MediaPipe mesh.

The published code takes them from another finder's 106 points: the centres of both brows and of
the nose. The means of these mesh points lie where its first release took them; tests/bench/
alignment_sheet.py shows the mask over the aligned crop. Knows points; knows no picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.portrait import Landmarks

LEFT_BROW = (71, 63, 105, 66, 107)
"""The brow on the left of the picture."""
RIGHT_BROW = (336, 296, 334, 293, 301)
NOSE = (168, 197, 5, 4, 75, 97, 2, 326, 305)
"""Bridge, back, tip and wings: their mean lies mid-nose."""


def three_points(landmarks: Landmarks) -> NDArray[np.float64]:
    """Return left brow, right brow and nose (3, 2) in pixels."""
    flat = landmarks[:, :2].astype(np.float64)
    return np.stack([flat[list(rows)].mean(axis=0) for rows in (LEFT_BROW, RIGHT_BROW, NOSE)])
