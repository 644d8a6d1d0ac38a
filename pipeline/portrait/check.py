"""One look at a photo: a clean, upright picture and what to know about it, or a reason.

The rules of a portrait stand here; how a file is read and how a face is found stand next door.
Blocking: it runs in the child.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import assert_never

import numpy as np

from pipeline import errors
from pipeline.portrait import Face, FaceMesh, Landmarks, Pixels
from pipeline.portrait.picture import read_picture, save_picture, shrunk
from pipeline.portrait.pose import pose_of
from pipeline.portrait.surface import Surface, surface_of
from pipeline.settings import PortraitSettings
from pipeline.types import Box, FaceFault, FaceNote, PortraitVerdict, SeenFace

UPRIGHT_DEG = 45.0
"""A face tilted further lies on its side: the photo is turned."""
SURE_SCORE = 0.6
"""Below it a face may stand on its head: the mesh that it then gets looks plausible, its score
does not (.35, against .85 to .92 upright)."""
WORTH_TURNING = 0.1
"""How much better a turned photo must score than one whose face is upright already."""
TRIED_PX = 900
"""Longer side of the copy that is turned to try: most photos without an upright face have none at
all, and four thorough looks would take two seconds."""


def check(
    source: Path,
    into: Path,
    limits: PortraitSettings,
    mesh: FaceMesh,
    chosen: int | None = None,
    look: Callable[[Pixels, Landmarks], Surface] = surface_of,
) -> PortraitVerdict:
    """Write the clean upright picture of a usable photo to ``into``, or raise ``PortraitError``.

    ``chosen`` is the number of the face that must be able to speak; None takes the largest that
    can. ``look`` tells how a face looks. Raises ``NoSuchFace`` too. The source is only read.
    Distances are in pixels of the written picture, whose longer side is at most 2048 px.
    """
    picture, found = _upright(read_picture(source, limits), mesh)
    if not found:
        raise errors.NoFaceFound
    if chosen is not None and not 1 <= chosen <= len(found):
        raise errors.NoSuchFace(chosen, len(found))
    faces = tuple(_seen(face, limits, look(picture, face.landmarks)) for face in found)
    number = chosen or next((n for n, face in enumerate(faces, 1) if face.fault is None), 1)
    _refuse(faces[number - 1], limits)
    save_picture(picture, into)
    return PortraitVerdict(
        width_px=picture.shape[1], height_px=picture.shape[0], faces=faces, chosen=number
    )


def _seen(face: Face, limits: PortraitSettings, surface: Surface) -> SeenFace:
    pose = pose_of(face.landmarks)
    fault: FaceFault | None = None
    if pose.scale_px < limits.min_eye_distance_px:
        fault = FaceFault.TOO_SMALL
    elif abs(pose.yaw_deg) > limits.max_yaw_deg:
        fault = FaceFault.TURNED_AWAY
    elif not surface.shows_mouth:
        fault = FaceFault.COVERED
    notes = {
        FaceNote.TURNED: abs(pose.yaw_deg) > limits.warn_yaw_deg,
        FaceNote.DRAWN: surface.is_drawn,
    }
    return SeenFace(
        box=_box(face.landmarks),
        eye_distance_px=pose.scale_px,
        yaw_deg=pose.yaw_deg,
        fault=fault,
        notes=tuple(note for note, is_so in notes.items() if is_so),
    )


def _refuse(face: SeenFace, limits: PortraitSettings) -> None:
    match face.fault:
        case None:
            return
        case FaceFault.TOO_SMALL:
            raise errors.FaceTooSmall(face.eye_distance_px, limits.min_eye_distance_px)
        case FaceFault.TURNED_AWAY:
            raise errors.FaceTurnedAway(face.yaw_deg, limits.max_yaw_deg)
        case FaceFault.COVERED:
            raise errors.FaceCovered
        case _:
            assert_never(face.fault)


def _upright(picture: Pixels, mesh: FaceMesh) -> tuple[Pixels, Sequence[Face]]:
    """Turn a photo by quarters until its largest face is upright and sure."""
    faces = mesh.find(picture)
    score, turn = _uprightness(faces), 0
    if score >= SURE_SCORE:
        return picture, faces
    small = shrunk(picture, TRIED_PX)
    for quarters in (1, 2, 3):
        turned_score = _uprightness(mesh.find(_turned(small, quarters)))
        if turned_score > score + (0.0 if turn else WORTH_TURNING):
            score, turn = turned_score, quarters
    if not turn:
        return picture, faces
    turned = _turned(picture, turn)
    return turned, mesh.find(turned)


def _turned(picture: Pixels, quarters: int) -> Pixels:
    return np.ascontiguousarray(np.rot90(picture, quarters))


def _uprightness(faces: Sequence[Face]) -> float:
    """Give the score of the largest face; 0 for one that lies on its side."""
    if not faces or abs(pose_of(faces[0].landmarks).roll_deg) > UPRIGHT_DEG:
        return 0.0
    return faces[0].score


def _box(landmarks: Landmarks) -> Box:
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    return Box(
        x_px=float(low[0]),
        y_px=float(low[1]),
        width_px=float(high[0] - low[0]),
        height_px=float(high[1] - low[1]),
    )
