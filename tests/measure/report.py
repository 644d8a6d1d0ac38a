"""Everything that is measured of one face, rendered, encoded and seen again."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from pipeline.lipsync.warp import TalkingFace, mouth_track
from pipeline.media.read import read_frames, read_wav
from pipeline.media.write import VideoWriter
from pipeline.portrait import Face, FaceMesh, Pixels
from pipeline.types import Speech
from tests.measure import lips, spoken, stillness

FPS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The numbers of one face; the thresholds stand in the test."""

    sync: lips.Sync
    closed: int
    bilabials: int
    silence_gap_e: float
    greatest_gap_e: float
    gap_spread_e: float
    ends_gap_e: float
    """The greater gap of the first and the last frame."""
    outside_region_is_exact: bool
    outside_face_psnr_db: float
    border_step: float
    frames: int
    frames_wanted: int
    picture_s: float
    sound_s: float


def measure(picture: Pixels, face: Face, speech: Speech, mesh: FaceMesh, into: Path) -> Report:
    """Render a framed picture with the warp engine, encode it, and look at the video."""
    track = mouth_track(speech, FPS)
    talking = TalkingFace(picture, face)
    outside = np.ones(picture.shape[:2], bool)
    outside[talking.region.window] = False
    beyond = ~stillness.lower_face(face, picture.shape)
    exact, errors, steps = True, [], []
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
            frame = talking.draw(track, index)
            exact = exact and bool((frame[outside] == picture[outside]).all())
            errors.append(stillness.psnr_db(picture, frame, beyond))
            steps.append(stillness.border_step(picture, frame, talking.region.window))
            writer.add(frame)
    seen = lips.seen_gaps(read_frames(into), face, mesh)
    closing = spoken.bilabial_frames(speech, FPS)
    silent = lips.silent_frames(spoken.speaking(speech), len(seen), FPS)
    picture_s, sound_s = stillness.lengths_s(into)
    return Report(
        sync=lips.sync(track.gap, seen),
        closed=lips.closed(seen, closing),
        bilabials=len(closing),
        silence_gap_e=float(np.nanmean(seen[silent])),
        greatest_gap_e=float(np.nanmax(seen)),
        gap_spread_e=float(np.nanstd(seen)),
        ends_gap_e=float(max(seen[0], seen[-1])),
        outside_region_is_exact=exact,
        outside_face_psnr_db=min(errors),
        border_step=max(steps),
        frames=len(seen),
        frames_wanted=ceil(speech.duration_s * FPS),
        picture_s=picture_s,
        sound_s=sound_s,
    )
