"""How firmly lips that were open in the photo are pressed while they rest, so that they look shut.

Where lips met teeth in the photo a dark line can stay between them. It is thin, and still reads as
a mouth ajar: to a face mesh, which stands in for the eye here. So the resting mouth is drawn,
looked at, and pressed until it is seen shut; most need no pressing at all. Knows what a mesh sees;
draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.portrait import Face, FaceFollower, Landmarks, Pixels

FIRMER = (0.0, 0.5, 1.0, 1.5)
"""Tried one after the other: 1 is as firm as p, b and m."""
SHUT_E = 0.003
"""A gap that a mesh also sees between lips that touch in a photo."""
NOISE_E = 0.0005
"""What is gained by less than this is not worth pressing for."""
PAIRS = ((13, 14), (82, 87), (312, 317))
EYE_CORNERS = (33, 263)


def press_at_rest(draw: Callable[[float], Pixels], face: Face, mesh: FaceFollower) -> float:
    """Return the least pressing that shuts the lips, or shuts them as well as any does.

    ``draw`` gives the resting mouth, pressed so firmly; ``face`` says where it is looked for.
    """
    seen = dict[float, float]()
    for press in FIRMER:
        found = mesh.follow(draw(press), face.landmarks)
        if found is None:
            break
        seen[press] = gap_e(found.landmarks)
        if seen[press] < SHUT_E:
            break
    enough = min(seen.values(), default=0.0) + NOISE_E
    return next((press for press, gap in seen.items() if gap <= enough), 0.0)


def gap_e(landmarks: Landmarks) -> float:
    """Return the gap in the middle of the inner lips, in distances of the outer eye corners."""
    points = landmarks[:, :2].astype(np.float64)
    left, right = points[list(EYE_CORNERS)]
    gaps = [np.linalg.norm(points[upper] - points[lower]) for upper, lower in PAIRS]
    return float(np.mean(gaps) / np.linalg.norm(right - left))
