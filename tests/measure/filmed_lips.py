"""The lips of a real person in a film, as curves, and the sound that they made.

For comparing drivers with real lips. Knows films; knows no driver.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.lipsync.track import Curve, smooth
from pipeline.media.read import Sound, decode_speech, read_frames
from pipeline.portrait import Face, Pixels
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.portrait.pose import pose_of

DRIFT_FRAMES = 25
"""Slower changes are smiles and moods; what is compared is speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmedLips:
    """One value per frame, in E, with the pose of the head removed."""

    gap: Curve
    width: Curve
    sound: Sound


def filmed_lips(film: Path, mesh: MediaPipeMesh) -> FilmedLips:
    """Follow the lips of the only face of a film; frames without it are bridged."""
    rows, face = list[tuple[float, float]](), None
    for frame in read_frames(film):
        face = (mesh.follow(frame, face.landmarks) if face else None) or _first(mesh, frame)
        rows.append(_lips(face) if face else (np.nan, np.nan))
    gap, width = (_bridged(curve) for curve in np.array(rows).T)
    return FilmedLips(gap=gap, width=width, sound=decode_speech(film.read_bytes()))


def agreement(driven: Curve, real: Curve) -> float:
    """Return the correlation of two curves, slow drift taken off both."""
    n = min(len(driven), len(real))
    a, b = (curve[:n] - smooth(curve[:n], DRIFT_FRAMES) for curve in (driven, real))
    return float(np.corrcoef(a, b)[0, 1])


def _first(mesh: MediaPipeMesh, frame: Pixels) -> Face | None:
    return next(iter(mesh.find(frame)), None)


def _lips(face: Face) -> tuple[float, float]:
    pose = pose_of(face.landmarks)
    straight = (face.landmarks - pose.origin_px) @ pose.rotation / pose.scale_px
    gap = straight[14, 1] - straight[13, 1]
    return float(gap), float(np.linalg.norm(straight[61, :2] - straight[291, :2]))


def _bridged(curve: Curve) -> Curve:
    seen = np.isfinite(curve)
    result: Curve = np.interp(np.arange(len(curve)), np.flatnonzero(seen), curve[seen])
    return result
