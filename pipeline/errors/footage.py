"""The video that shall speak cannot be used."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


class FootageError(BoltiError):
    """The video cannot be used."""

    code = "video_unusable"
    exit_code = 70


class VideoUnreadable(FootageError):
    """The file is no video that can be opened."""

    code = "video_unreadable"
    exit_code = 71

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This file cannot be opened as a video ({reason}). Send an MP4, MOV or WEBM."
        )


class VideoTooLarge(FootageError):
    """The video is beyond a limit of bytes, pixels or frames."""

    code = "video_too_large"
    exit_code = 72

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(f"The video has {what}; the limit is {limit}. Send a smaller one.")
        self.what, self.limit = what, limit

    def values(self) -> dict[str, str | int | float]:
        """Give what was found and the limit."""
        return {"what": self.what, "limit": self.limit}


class VideoTooSmall(FootageError):
    """The video has too few pixels to hold a face."""

    code = "video_too_small"
    exit_code = 73

    def __init__(self, width_px: int, height_px: int, limit_px: int) -> None:
        super().__init__(
            f"The video is {width_px} x {height_px} pixels; the shorter side must have {limit_px}."
        )
        self.limit_px = limit_px

    def values(self) -> dict[str, str | int | float]:
        """Give the limit in pixels."""
        return {"limit_px": self.limit_px}


class NoFaceInVideo(FootageError):
    """No face was seen in the video."""

    code = "no_face_in_video"
    exit_code = 74

    def __init__(self) -> None:
        super().__init__(
            "No face was found in the video. "
            "Send one where a face looks at the camera, in good light."
        )


class FilmedFaceTooSmall(FootageError):
    """The face in the video has too few pixels to move its lips well."""

    code = "filmed_face_too_small"
    exit_code = 75

    def __init__(self, eye_distance_px: float, limit_px: float) -> None:
        super().__init__(
            f"The face in the video is too small: {eye_distance_px:.0f} px from eye corner to "
            f"eye corner, {limit_px:.0f} px are needed. Send a closer one."
        )


class NoSuchFace(FootageError):
    """A face was asked for by a number that no face has."""

    code = "no_such_face"
    exit_code = 76

    def __init__(self, asked: int, faces: int) -> None:
        super().__init__(
            f"Face {asked} was asked for, and {faces} can be seen. "
            "They are numbered from the largest, which is 1."
        )
        self.asked, self.faces = asked, faces

    def values(self) -> dict[str, str | int | float]:
        """Give both numbers."""
        return {"asked": self.asked, "faces": self.faces}
