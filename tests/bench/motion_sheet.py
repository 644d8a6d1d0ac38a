"""A still in idle motion, as pictures to look at: the head's travels, and the eyes in a blink."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.lipsync.motion import IdleMotion, idle_motion
from pipeline.lipsync.warp import TalkingFace, mouth_track
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of
from pipeline.types import Motion, Speech

FPS = 25
FARTHEST = 5
EYES_PX = 620
ACROSS = 3
BLINK_FRAMES = 120
"""Long enough for a first blink."""


def heads(picture: Pixels, face: Face, speech: Speech) -> Pixels:
    """Draw one row per amount of motion."""
    return np.vstack([head_row(picture, face, speech, amount) for amount in Motion])


def head_row(picture: Pixels, face: Face, speech: Speech, amount: Motion) -> Pixels:
    """Draw the photo, the frames farthest from it, and the change of the last of them."""
    talking, track = TalkingFace(picture, face), mouth_track(speech, FPS)
    motion = idle_motion(picture, face, speech, FPS, amount)
    tiles = [named(picture, amount.value)]
    for index in farthest(motion, face):
        frame = motion.over(talking.draw(track, index), index)
        tiles.append(named(frame, f"frame {index}"))
    change = np.abs(motion.move(picture, index).astype(int) - picture)
    tiles.append(named(np.clip(4 * change, 0, 255).astype(np.uint8), "change x 4"))
    return np.hstack(tiles)


def farthest(motion: IdleMotion, face: Face) -> list[int]:
    """Return frames in which landmarks are far away, apart from each other, in order of time."""
    points = face.landmarks[:, :2].astype(np.float64)
    away = np.array(
        [np.abs(motion.moved_points(i, points) - points).max() for i in range(len(motion))]
    )
    chosen: list[int] = []
    for index in np.argsort(-away, kind="stable"):
        if all(abs(index - other) > FPS // 2 for other in chosen):
            chosen.append(int(index))
    return sorted(chosen[:FARTHEST])


def blinks(framed: dict[str, tuple[Pixels, Face]]) -> Pixels:
    """Draw the same blink on the same photo at several sizes, each with its name."""
    return np.vstack([blink(picture, face, name) for name, (picture, face) in framed.items()])


def blink(picture: Pixels, face: Face, name: str) -> Pixels:
    """Draw the eyes in every frame of the first blink, from open to open."""
    calm = np.zeros(BLINK_FRAMES)
    motion = IdleMotion(picture, face, emphasis=calm, fps=FPS, seed=1, amount=Motion.SUBTLE)
    first = int(np.argmax(motion.closed > 0)) - 1
    tiles = []
    for index in range(first, first + 3 * ACROSS):
        frame = picture.copy()
        motion.blink(frame, index)
        tiles.append(named(eyes(frame, face), f"{name}: {motion.closed[index]:.2f}"))
    rows = [np.hstack(tiles[i : i + ACROSS]) for i in range(0, len(tiles), ACROSS)]
    return np.vstack(rows)


def eyes(frame: Pixels, face: Face) -> Pixels:
    """Cut both eyes out, at one scale for all faces."""
    e_px = pose_of(face.landmarks).scale_px
    x, y = face.landmarks[[33, 133, 362, 263], :2].mean(axis=0)
    scale = EYES_PX / (1.45 * e_px)
    height_px = round(0.42 * EYES_PX)
    to_tile: NDArray[np.float64] = np.array(
        [[scale, 0, EYES_PX / 2 - scale * x], [0, scale, height_px / 2 - scale * y]]
    )
    tile = cv2.warpAffine(frame, to_tile, (EYES_PX, height_px), flags=cv2.INTER_CUBIC)
    return np.asarray(tile, np.uint8)


def named(tile: Pixels, name: str) -> Pixels:
    """Write its name into a tile."""
    copy = np.array(tile)
    cv2.putText(copy, name, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1)
    return copy


def save(sheet: Pixels, into: Path) -> None:
    """Save a sheet and say where."""
    Image.fromarray(np.ascontiguousarray(sheet)).save(into)
    print(into)
