"""Idle motion: a still that breathes life between its words. Both engines use it.

Two verbs are the whole interface. ``frame`` gives, per frame, the photo with its lids and head
moved (``over`` the same of a picture that lies as the photo does: warp lays it over its mouths);
``moved_points`` gives the exact transform: where any point of the photo went, from which
LatentSync takes its alignment. Knows a picture, one face and the sound's emphasis; knows no lips
and no engine.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import eye as eyes
from pipeline.lipsync.blink import blink_track
from pipeline.lipsync.eyelid import Eyelid
from pipeline.lipsync.head import HeadField
from pipeline.lipsync.lashes import is_covered, is_hidden
from pipeline.lipsync.layers import Points
from pipeline.lipsync.sway import emphasis, head_track
from pipeline.lipsync.track import Curve, frame_count
from pipeline.media.read import read_wav
from pipeline.portrait import Face, Pixels
from pipeline.portrait.pose import pose_of
from pipeline.types import Motion, Speech

GRAIN_E = 0.09
"""Half the side of the patch of cheek whose texture a lid gets."""
FINEST_E_PX = 24.0
"""Of a smaller face no lid can be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Temper:
    """How much of everything."""

    head: float
    """Of the drifts and nods of a lively speaker."""
    blink_every_s: float


def temper_of(amount: Motion) -> Temper | None:
    """Return what an amount means; None is no motion at all."""
    match amount:
        case Motion.OFF:
            return None
        case Motion.SUBTLE:
            return Temper(head=0.6, blink_every_s=3.8)
        case Motion.LIVELY:
            return Temper(head=1.15, blink_every_s=3.0)
        case _:
            assert_never(amount)


class IdleMotion:
    """One photo, ready to move. The first and the last frame are the photo itself."""

    def __init__(
        self,
        picture: Pixels,
        face: Face,
        *,
        emphasis: Curve,
        fps: int,
        seed: int,
        amount: Motion,
    ) -> None:
        """Prepare in a fraction of a second.

        ``emphasis``: one number per frame, see ``sway.emphasis``; its length is the clip's.
        The same seed moves the same way.
        """
        temper = temper_of(amount)
        frames = len(emphasis)
        rng = np.random.default_rng(seed)
        self._picture = picture
        self.is_still = temper is None
        self.closed: Curve = np.zeros(frames)
        self.head: NDArray[np.float32] = np.zeros((frames, 5), np.float32)
        self._lids: tuple[Eyelid, ...] = ()
        pose = pose_of(face.landmarks)
        self._field = HeadField(face.landmarks, pose, (picture.shape[1], picture.shape[0]))
        if temper is not None:
            self.head = head_track(emphasis, fps, temper.head, rng).rows
            self.closed = blink_track(frames, fps, temper.blink_every_s, rng)
            self._lids = _lids(picture, face, pose.scale_px)

    def __len__(self) -> int:
        return len(self.closed)

    @property
    def can_blink(self) -> bool:
        """False when no lid can be drawn: eyes shut, covered, behind glare, or too small."""
        return bool(self._lids)

    @property
    def box(self) -> tuple[slice, slice]:
        """The part of the picture that may change, as an index into it."""
        return self._field.box

    def blink(self, frame: Pixels, index: int) -> None:
        """Draw the lids of this frame, in place, onto a picture that lies as the photo does."""
        for lid in self._lids:
            lid.close(frame, float(self.closed[index]))

    def move(self, frame: Pixels, index: int) -> Pixels:
        """Return a new picture: this one, which lies as the photo does, with its head moved."""
        return self._field.move(frame, self.head[index])

    def frame(self, index: int) -> Pixels:
        """Return a new picture: the photo with lids and head as they are in this frame."""
        return self.over(self._picture.copy(), index)

    def over(self, frame: Pixels, index: int) -> Pixels:
        """Return a new picture: this one, which lies as the photo does, with lids and head moved.

        The lids are drawn onto the picture that is given.
        """
        self.blink(frame, index)
        return self.move(frame, index)

    def moved_points(self, index: int, points_px: Points) -> Points:
        """Return where points of the photo, (n, 2) x and y, lie in this frame. Lids aside."""
        return self._field.moved_points(self.head[index], points_px)


def idle_motion(
    picture: Pixels, face: Face, speech: Speech, fps: int, amount: Motion
) -> IdleMotion:
    """Make the motion of one clip; the same photo and length always move the same way.

    Raises ``SoundUnreadable``.
    """
    frames = frame_count(speech.duration_s, fps)
    beats = np.zeros(frames)
    if amount is not Motion.OFF:
        sound = read_wav(speech.path)
        beats = emphasis(sound.samples, sound.sample_rate_hz, frames, fps)
    seed = zlib.crc32(np.ascontiguousarray(picture).data, frames)
    return IdleMotion(picture, face, emphasis=beats, fps=fps, seed=seed, amount=amount)


def _lids(picture: Pixels, face: Face, e_px: float) -> tuple[Eyelid, ...]:
    """Make the lids that can be drawn: of open eyes before which nothing lies.

    None at all if glass hides one of the eyes.
    """
    if e_px < FINEST_E_PX:
        return ()
    made = []
    for lids in (eyes.LEFT, eyes.RIGHT):
        eye = eyes.eye_shape(face.landmarks, lids, e_px, picture.shape)
        if eye is None or not eye.is_open:
            continue
        cheek = _cheek(picture, face, lids, e_px)
        if is_hidden(picture, eye, cheek):
            return ()
        if is_covered(picture, eye, cheek):
            continue
        made.append(Eyelid(picture, eye, cheek))
    return tuple(made)


def _cheek(picture: Pixels, face: Face, lids: eyes.Lids, e_px: float) -> Pixels:
    reach = max(4, round(GRAIN_E * e_px))
    height, width = picture.shape[:2]
    x = int(np.clip(face.landmarks[lids.cheek, 0], reach, max(reach, width - reach)))
    y = int(np.clip(face.landmarks[lids.cheek, 1], reach, max(reach, height - reach)))
    return picture[y - reach : y + reach, x - reach : x + reach]
