"""The mouth of one photo at a large scale, from closed to wide, as one picture to look at."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.lipsync.track import MouthTrack
from pipeline.lipsync.warp import TalkingFace
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of

# name: gap, width, up, press, rounding, tongue
STATES: dict[str, tuple[float, float, float, float, float, float]] = {
    "closed": (0, 0, 0, 0, 0, 0),
    "p b m": (0, 0, 0, 1, 0, 0),
    "f v": (0.022, 0.005, 0.020, 0, 0, 0),
    "s": (0.040, 0.030, 0.010, 0, 0, 0.4),
    "ee": (0.060, 0.055, 0.008, 0, 0, 0.3),
    "l": (0.062, 0.012, 0.003, 0, 0, 1),
    "oo": (0.055, -0.075, 0, 0, 0.020, 0),
    "oh": (0.125, -0.045, 0, 0, 0.014, 0),
    "aa": (0.155, 0.012, 0.004, 0, 0, 0),
    "smile": (0.030, 0.085, 0.012, 0, 0, 0.2),
    "widest": (0.20, 0.020, 0.004, 0, 0, 0),
}
ACROSS = 4
TILE_PX = 360


def every_state() -> MouthTrack:
    """Return a track of one frame per state."""
    gap, width, up, press, rounding, tongue = np.array(list(STATES.values()), float).T
    return MouthTrack(gap=gap, width=width, up=up, press=press, rounding=rounding, tongue=tongue)


def mouth_sheet(talking: TalkingFace, picture: Pixels, face: Face) -> Pixels:
    """Draw the photo's mouth and every state of it, with its name."""
    track = every_state()
    drawn = {"photo": picture} | {
        name: talking.draw(track, index) for index, name in enumerate(STATES)
    }
    tiles = [_tile(frame, face, name) for name, frame in drawn.items()]
    rows = [np.hstack(tiles[i : i + ACROSS]) for i in range(0, len(tiles), ACROSS)]
    return np.vstack(rows)


def _tile(frame: Pixels, face: Face, name: str) -> Pixels:
    e_px = pose_of(face.landmarks).scale_px
    x, y = face.landmarks[[61, 291, 13, 14], :2].mean(axis=0)
    scale = TILE_PX / (1.1 * e_px)
    to_tile = np.array(
        [
            [scale, 0, TILE_PX / 2 - scale * x],
            [0, scale, 0.4 * TILE_PX - scale * y],
        ]
    )
    tile = cv2.warpAffine(frame, to_tile, (TILE_PX, TILE_PX), flags=cv2.INTER_CUBIC)
    cv2.putText(tile, name, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
    return np.asarray(tile, np.uint8)
