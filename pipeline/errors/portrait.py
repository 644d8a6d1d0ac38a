"""The photo cannot be used."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


class PortraitError(BoltiError):
    """The photo cannot be used."""

    code = "portrait_unusable"
    exit_code = 10


class PictureUnreadable(PortraitError):
    """The file is no picture that can be opened."""

    code = "picture_unreadable"
    exit_code = 11

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This file cannot be opened as a photo ({reason}). Send a JPEG, PNG or WEBP."
        )


class PictureTooLarge(PortraitError):
    """The picture is beyond a limit of bytes or pixels, and was not decoded."""

    code = "picture_too_large"
    exit_code = 12

    def __init__(self, what: str, limit: str, *, limit_mb: int = 0) -> None:
        super().__init__(f"The photo has {what}; the limit is {limit}. Send a smaller one.")
        self.what, self.limit, self.limit_mb = what, limit, limit_mb

    def values(self) -> dict[str, str | int | float]:
        """Give what was found and the limit."""
        return {"what": self.what, "limit": self.limit}


class PictureTooSmall(PortraitError):
    """The picture has too few pixels to hold a face."""

    code = "picture_too_small"
    exit_code = 13

    def __init__(self, width_px: int, height_px: int, limit_px: int) -> None:
        super().__init__(
            f"The photo is {width_px} x {height_px} pixels; the shorter side must have {limit_px}."
        )
        self.limit_px = limit_px

    def values(self) -> dict[str, str | int | float]:
        """Give the limit in pixels."""
        return {"limit_px": self.limit_px}


class PictureAnimated(PortraitError):
    """The file holds many frames; a portrait is one."""

    code = "picture_animated"
    exit_code = 14

    def __init__(self) -> None:
        super().__init__("This picture moves. Send one still photo.")


class NoFaceFound(PortraitError):
    """No face was seen in the photo."""

    code = "no_face"
    exit_code = 15

    def __init__(self) -> None:
        super().__init__(
            "No face was found in the photo. "
            "Send one where a face looks at the camera, in good light."
        )


class FaceTooSmall(PortraitError):
    """The face has too few pixels to move its lips well."""

    code = "face_too_small"
    exit_code = 16

    def __init__(self, eye_distance_px: float, limit_px: float) -> None:
        super().__init__(
            f"The face is too small: {eye_distance_px:.0f} px from eye corner to eye corner, "
            f"{limit_px:.0f} px are needed. Send a closer photo."
        )


class FaceCovered(PortraitError):
    """The mouth cannot be seen: something is in front of it."""

    code = "face_covered"
    exit_code = 18

    def __init__(self) -> None:
        super().__init__(
            "The mouth is covered. Send a photo that shows the whole face, without mask or hand."
        )


class FaceTurnedAway(PortraitError):
    """The face looks too far to the side."""

    code = "face_turned_away"
    exit_code = 17

    def __init__(self, yaw_deg: float, limit_deg: float) -> None:
        super().__init__(
            f"The face is turned {abs(yaw_deg):.0f}° to the side; up to {limit_deg:.0f}° works. "
            "Send a photo that looks at the camera."
        )
