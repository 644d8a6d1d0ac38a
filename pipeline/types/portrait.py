"""What one look at a photo told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaceFault(StrEnum):
    """Why a face cannot speak. Each is the ``code`` of the error that a photo of it alone gets."""

    TOO_SMALL = "face_too_small"
    TURNED_AWAY = "face_turned_away"
    COVERED = "face_covered"


class FaceNote(StrEnum):
    """Something about a face that can speak; the door has a sentence, ``photo.note.<value>``."""

    TURNED = "turned"
    """It looks so far to the side that one half of the mouth is hardly seen."""
    DRAWN = "drawn"
    """It is drawn or painted, not photographed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels of the picture it was found in."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFace:
    """One face of a photo: where it is, and whether it can speak."""

    box: Box
    """In pixels of the clean picture that the look wrote."""
    eye_distance_px: float
    yaw_deg: float
    fault: FaceFault | None = None
    """None: it can speak."""
    notes: tuple[FaceNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitVerdict:
    """What one look at a photo told: it can be used, and what the user should know."""

    width_px: int
    height_px: int
    faces: tuple[SeenFace, ...]
    """Every face, the largest first; face number n of a request is ``faces[n - 1]``."""
    chosen: int = 1
    """The number of the face that speaks unless somebody chooses: the largest that can."""

    @property
    def speaker(self) -> SeenFace:
        """Give the face that speaks unless somebody chooses."""
        return self.faces[self.chosen - 1]

    @property
    def choices(self) -> tuple[int, ...]:
        """Give the numbers of the faces that can speak."""
        return tuple(n for n, face in enumerate(self.faces, start=1) if face.fault is None)
