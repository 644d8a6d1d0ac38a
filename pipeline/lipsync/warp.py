"""The CPU engine: a photo is warped in two smooth layers, the inner mouth is painted between them.

Without idle motion nothing but the lower face is touched: every other pixel of a frame is the
photo's. The state is always "closed, plus opening", so silence is the photo with its mouth closed.
Lids and head move in steps of their own (``motion.py``), after the mouth. Knows a picture that is
already framed, its landmarks and the motion of the mouth; finds no face, reads no text, writes no
file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lipsync import lip_motion as lips
from pipeline.lipsync import listening, visemes
from pipeline.lipsync.corners import Corners
from pipeline.lipsync.ends import from_the_photo, photo_shares, toward
from pipeline.lipsync.folds import Folds
from pipeline.lipsync.layers import NO_MAP, Layer, Points, region_around, strength_within
from pipeline.lipsync.motion import idle_motion
from pipeline.lipsync.mouth import InnerMouth, Place
from pipeline.lipsync.mouth_axes import MouthAxes, Plane
from pipeline.lipsync.neutral import CLOSED, PRESS, LayerPoints, basis_weights, neutral_mouth
from pipeline.lipsync.palette import palette_of
from pipeline.lipsync.rest import press_at_rest
from pipeline.lipsync.seam import Seam
from pipeline.lipsync.track import MouthTrack
from pipeline.media.read import read_wav
from pipeline.portrait import Face, FaceFollower, Pixels
from pipeline.portrait.pose import pose_of
from pipeline.types import EngineName, Motion, Note, Speech

MARGINS_E = (0.30, 0.30, 0.55)
"""How far the region reaches beyond the lower face: beside, above, below."""


class WarpEngine:
    """Moves the lips of a still on a CPU, without weights."""

    name = EngineName.WARP
    is_costly = False

    def __init__(self, mesh: FaceFollower | None = None) -> None:
        """``mesh`` looks at the resting mouth of an open one; without it nobody does."""
        self._mesh = mesh

    def sync(
        self,
        picture: Pixels,
        face: Face,
        speech: Speech,
        fps: int,
        motion: Motion = Motion.OFF,
        *,
        first_frame: int = 0,
        on_note: Callable[[Note], None] | None = None,
    ) -> Iterator[Pixels]:
        """Yield exactly ``ceil(speech.duration_s * fps)`` frames. Raises ``NoSpeechFound``."""
        del on_note  # it has nothing to tell
        talking = TalkingFace(picture, face)
        if self._mesh is not None:
            talking.rest(self._mesh)
        track = talking.from_the_photo(mouth_track(speech, fps))
        idle = idle_motion(picture, face, speech, fps, motion)
        for index in range(first_frame, len(track)):
            yield idle.over(talking.frame(track, index), index)


def mouth_track(speech: Speech, fps: int) -> MouthTrack:
    """Find the motion of the mouth: from the phones if they are known, else from the sound."""
    if speech.phones:
        return visemes.mouth_track(speech.phones, speech.duration_s, fps)
    sound = read_wav(speech.path)
    return listening.mouth_track(sound.samples, sound.sample_rate_hz, speech.duration_s, fps)


class TalkingFace:
    """One photo, prepared once; draws any state of its mouth."""

    def __init__(self, picture: Pixels, face: Face) -> None:
        """Solve the layers. Takes a fraction of a second."""
        pose = pose_of(face.landmarks)
        self._picture, self._face = np.ascontiguousarray(picture), face
        self._press_at_rest = 0.0
        e_px = self._e_px = pose.scale_px
        bounds = face.landmarks[list(lips.LOWER_FACE), :2].astype(np.float64)
        size_px = (picture.shape[1], picture.shape[0])
        self.region = region_around(bounds, e_px, MARGINS_E, size_px)
        self._folds = Folds(self._picture, face.landmarks, self.region, e_px)
        neutral = self._neutral = neutral_mouth(face.landmarks, pose, self._folds.laxity)
        open_e = neutral.photo_gap_e if neutral.was_open else 0.0
        self._corners = Corners(self._picture, face.landmarks, self.region, e_px, open_e=open_e)
        strength = strength_within(face.landmarks[:, :2].astype(np.float64), self.region, e_px)
        self._upper, self._lower = (
            Layer(side.points_px, side.moves, self.region, e_px, strength)
            for side in (neutral.upper, neutral.lower)
        )
        self._pixels = self.region.pixels_px()
        self._axes = MouthAxes(_moved(neutral.upper_inner, CLOSED, e_px), pose)
        x, y, straight_y = self._axes.planes(self._pixels)
        palette = palette_of(picture, face.landmarks, e_px, neutral.photo_gap_e)
        is_toned = palette.tone is not None
        self._seam = Seam(x, y, e_px, was_open=neutral.was_open, is_toned=is_toned)
        place = Place(x=x, y=straight_y, e_px=e_px, photo=picture[self.region.window])
        self._inner = InnerMouth(place, palette.within(self.region.window))

    def rest(self, mesh: FaceFollower) -> None:
        """Press lips that were open in the photo until the mesh sees them shut at rest."""
        if self._neutral.was_open:
            self._press_at_rest = press_at_rest(self._resting, self._face, mesh)

    def _resting(self, press: float) -> Pixels:
        return self._drawn(CLOSED + np.float32(press) * PRESS, tongue=0.0)

    def from_the_photo(self, track: MouthTrack) -> MouthTrack:
        """Begin and end a track with the mouth of the photo, if that is open."""
        was_open = self._neutral.was_open
        return from_the_photo(track, self._neutral.photo_gap_e) if was_open else track

    def frame(self, track: MouthTrack, frame: int) -> Pixels:
        """Return one frame of a film; the first and the last are the photo."""
        share = float(photo_shares(len(track))[frame])
        if share >= 1.0:
            return self._picture.copy()
        return toward(self._picture, self.draw(track, frame), share)

    def draw(self, track: MouthTrack, frame: int) -> Pixels:
        """Return a new picture: the photo with its mouth as the track has it in this frame."""
        weights = basis_weights(track, frame, self._neutral.smile_e, self._press_at_rest)
        return self._drawn(weights, float(track.tongue[frame]))

    def _drawn(self, weights: NDArray[np.float32], tongue: float) -> Pixels:
        upper_px, lower_px = _apart(
            _moved(self._neutral.upper_inner, weights, self._e_px),
            _moved(self._neutral.lower_inner, weights, self._e_px),
            self._axes.down,
        )
        ends_px = _moved(self._neutral.outer_corners, weights, self._e_px)
        upper, lower = self._axes.at(upper_px), self._axes.at(lower_px)
        ends = self._axes.at(ends_px)
        middle = np.concatenate([ends[:1], (upper + lower) / 2, ends[1:]])
        corners = (float(upper[0, 0]), float(upper[-1, 0]))
        gap_e = float((lower - upper)[:, 1].max())

        below = self._seam.below(middle)
        region = self._warped(weights, self._seam.upper_share(below, corners))
        self._seam.finish(region, below, corners, gap_e)
        origin = (self.region.x_px, self.region.y_px)
        self._inner.paint(
            region,
            (upper_px - origin, lower_px - origin),
            (self._axes.straight(upper), self._axes.straight(lower)),
            tongue,
        )
        result = self._picture.copy()
        result[self.region.window] = region
        return result

    def _warped(self, weights: NDArray[np.float32], upper_share: Plane) -> Pixels:
        """Return the region with both layers moved."""
        size = (self.region.width_px, self.region.height_px)
        # Displacements are enlarged, not positions: enlarging holds the edge, which would pinch.
        upper, lower = (
            cv2.resize(layer.backward(weights), size, interpolation=cv2.INTER_LINEAR)
            for layer in (self._upper, self._lower)
        )
        source = np.asarray(upper, np.float32)  # in place: these are large
        source -= lower
        source *= upper_share[..., None]
        source += lower
        source += self._pixels
        photo = self._folds.of(self._picture, weights)
        warped = cv2.remap(
            self._corners.of(photo, float(weights[1])),
            source,
            NO_MAP,
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        return warped.astype(np.uint8, copy=False)


def _moved(points: LayerPoints, weights: NDArray[np.float32], e_px: float) -> Points:
    """Return where control points lie for these weights, in pixels."""
    result: Points = points.points_px + e_px * np.einsum("nkc,k->nc", points.moves, weights)
    return result


def _apart(upper: Points, lower: Points, down: NDArray[np.float64]) -> tuple[Points, Points]:
    """Let contours that crossed meet in their middle."""
    crossed = np.maximum((upper - lower) @ down, 0.0)[:, None] / 2 * down
    return upper - crossed, lower + crossed
