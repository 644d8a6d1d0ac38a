"""One look at a stranger's video: clean footage and what to know about it, or a reason.

The rules of a video stand here; how a file is read and how a face is found stand below. Looks at
one picture a second: enough to promise something, quick enough to wait for. Blocking: it runs in
the child.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipeline import errors
from pipeline.footage import FootageOrder, FootageVerdict
from pipeline.media.footage import Footage, make_footage
from pipeline.portrait import FaceMesh, Pixels
from pipeline.portrait.pose import eye_distance_px

LOOKS_PER_S = 1.0
FEWEST_LOOKS = 12
"""A short video is looked at this often."""


def check(order: FootageOrder, mesh: FaceMesh) -> FootageVerdict:
    """Write footage of a usable video to ``order.into``, or raise ``FootageError``.

    The source is only read. Distances are in pixels of the footage. Nothing is left behind where
    the video cannot be used.
    """
    facts = make_footage(
        order.source, order.into, order.limits, fps=order.fps, size_px=order.size_px
    )
    try:
        with Footage(order.into) as frames:
            faces, distances_px = _look(frames, mesh, order.fps)
        if not any(faces):
            raise errors.NoFaceInVideo
        eyes_px = median(distances_px)
        if eyes_px < order.limits.min_eye_distance_px:
            raise errors.FilmedFaceTooSmall(eyes_px, order.limits.min_eye_distance_px)
    except errors.FootageError:
        order.into.unlink(missing_ok=True)
        raise
    return FootageVerdict(
        width_px=facts.width_px,
        height_px=facts.height_px,
        duration_s=facts.frames / facts.fps,
        is_cut=facts.is_cut,
        faces=max(faces),
        visible=sum(number > 0 for number in faces) / len(faces),
        eye_distance_px=eyes_px,
    )


def _look(frames: Sequence[Pixels], mesh: FaceMesh, fps: int) -> tuple[list[int], list[float]]:
    """Count the faces of some pictures, and measure the largest of each."""
    looks = max(FEWEST_LOOKS, round(LOOKS_PER_S * len(frames) / fps))
    stride = max(1, len(frames) // looks)
    counts, distances_px = list[int](), list[float]()
    for place in range(0, len(frames), stride):
        faces = mesh.find(frames[place])
        counts.append(len(faces))
        if faces:
            distances_px.append(eye_distance_px(faces[0].landmarks))
    return counts, distances_px
