"""Everything that is measured of one face, rendered, encoded and seen again."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from pipeline.lipsync.ends import photo_shares
from pipeline.lipsync.motion import idle_motion
from pipeline.lipsync.warp import TalkingFace, mouth_track
from pipeline.media.read import read_frames, read_wav
from pipeline.media.write import VideoWriter
from pipeline.portrait import Face, FaceFollower, Pixels
from pipeline.types import Motion, Speech
from tests.measure import lips, spoken, stillness

FPS = 25
LOOKED_AT = 4
"""With motion, moving the head back takes long: every fourth frame without a blink is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The numbers of one face; the thresholds stand in the test."""

    sync: lips.Sync
    closed: int
    bilabials: int
    silence_gap_e: float
    greatest_gap_e: float
    gap_spread_e: float
    ends_error: int
    """Greatest difference of the first and the last frame from the photo, in grey levels."""
    outside_region_is_exact: bool
    outside_face_psnr_db: float
    border_step: float
    frames: int
    frames_wanted: int
    picture_s: float
    sound_s: float


def measure(
    picture: Pixels,
    face: Face,
    speech: Speech,
    mesh: FaceFollower,
    into: Path,
    motion: Motion = Motion.OFF,
) -> Report:
    """Render a framed picture with the warp engine, encode it, and look at the video.

    With motion, what must be still is looked at after moving the head back, between blinks.
    """
    talking = TalkingFace(picture, face)
    talking.rest(mesh)
    track = talking.from_the_photo(mouth_track(speech, FPS))
    idle = idle_motion(picture, face, speech, FPS, motion)
    outside = np.ones(picture.shape[:2], bool)
    outside[talking.region.window] = False
    beyond = ~stillness.lower_face(face, picture.shape)
    if not idle.is_still:
        outside[idle.box] = False
    exact, errors, steps, ends_error = True, [], [], 0
    height, width = picture.shape[:2]
    writer = VideoWriter(
        into,
        width_px=width,
        height_px=height,
        fps=FPS,
        sound=read_wav(speech.path),
        max_bytes=100_000_000,
    )
    with writer:
        for index in range(len(track)):
            frame = talking.frame(track, index)
            idle.blink(frame, index)
            frame = idle.move(frame, index)
            writer.add(frame)
            if index in (0, len(track) - 1):
                off = np.abs(frame.astype(np.int16) - picture).max()
                ends_error = max(ends_error, int(off))
            exact = exact and bool((frame[outside] == picture[outside]).all())
            if not idle.is_still and (index % LOOKED_AT or idle.closed[index]):
                continue
            still, mute = frame, picture
            if not idle.is_still:
                still = stillness.stabilised(frame, idle, index)
                mute = stillness.stabilised(idle.frame(index), idle, index)
            errors.append(stillness.psnr_db(picture, still, beyond))
            steps.append(stillness.border_step(mute, still, talking.region.window))
    seen = lips.seen_gaps(read_frames(into), face, mesh)
    closing = spoken.bilabial_frames(speech, FPS)
    silent = lips.silent_frames(spoken.speaking(speech), len(seen), FPS)
    drawn = photo_shares(len(seen)) == 0.0  # elsewhere the photo itself is shown
    silent &= drawn
    picture_s, sound_s = stillness.lengths_s(into)
    return Report(
        sync=lips.sync(track.gap[drawn], seen[drawn]),
        closed=lips.closed(seen, closing),
        bilabials=len(closing),
        silence_gap_e=float(np.nanmean(seen[silent])),
        greatest_gap_e=float(np.nanmax(seen[drawn])),
        gap_spread_e=float(np.nanstd(seen)),
        ends_error=ends_error,
        outside_region_is_exact=exact,
        outside_face_psnr_db=min(errors),
        border_step=max(steps),
        frames=len(seen),
        frames_wanted=ceil(speech.duration_s * FPS),
        picture_s=picture_s,
        sound_s=sound_s,
    )
