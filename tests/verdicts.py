"""What a look at a photo told, for tests that need no photo."""

from __future__ import annotations

from pipeline.types import Box, PortraitVerdict, SeenFace


def make_verdict(faces: int = 1) -> PortraitVerdict:
    """Say that a photo is good and has so many faces, side by side."""
    return PortraitVerdict(
        width_px=600,
        height_px=800,
        faces=tuple(
            SeenFace(
                box=Box(x_px=10 + 110 * place, y_px=10, width_px=100, height_px=100),
                eye_distance_px=90,
                yaw_deg=1,
            )
            for place in range(faces)
        ),
    )
