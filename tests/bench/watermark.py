"""Print what the invisible mark costs and what it survives, for three stills that speak.

    python -m tests.bench.watermark

Bits: the growth of our own encoding. PSNR: of the frames before encoding. Then, per way through
other people's hands, the score (ours above SURE) and how many of the 32 bits were read wrong.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from pipeline.lipsync.motion import idle_motion
from pipeline.lipsync.warp import TalkingFace, mouth_track
from pipeline.portrait import Face, FaceMesh, Pixels
from pipeline.portrait.framing import frame_portrait
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.safety.mark import mark_id, read_mark
from pipeline.safety.watermark import SURE, Watermark
from pipeline.types import JobId, Motion, Speech
from tests import faces
from tests.films import write_film
from tests.measure import spoken
from tests.measure.reencoded import OURS, WAYS, psnr_db, read_mark_of, reencoded

KEY = bytes(range(32))
MARK_ID = mark_id(KEY, JobId("tg-000000000042"), datetime(2026, 11, 22, tzinfo=UTC))
FPS, SIZE_PX = 25, 512


def main() -> None:
    """Print the table."""
    mesh = MediaPipeMesh()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        speech = spoken.speech(folder / "speech.wav")
        for title, photo in photos().items():
            begun_s = time.process_time()
            frames = filmed(photo, speech, mesh)
            drawn_ms = 1000 * (time.process_time() - begun_s) / len(frames)
            report(title, frames, drawn_ms, folder)


def photos() -> dict[str, Pixels]:
    """Give a studio portrait, a busy one, and one before a plain wall."""
    hopper = faces.pixels(faces.hopper())
    small = faces.pixels(faces.hopper(), 420)
    return {
        "hopper": hopper,
        "astronaut": faces.pixels(faces.astronaut()),
        "plain wall": faces.on_a_wall(small, width_px=720, height_px=720),
    }


def filmed(photo: Pixels, speech: Speech, mesh: FaceMesh) -> list[Pixels]:
    """Let a photo speak, without label and mark."""
    picture, face = frame_portrait(photo, mesh.find(photo)[0], SIZE_PX)
    return list(_frames(picture, face, speech))


def _frames(picture: Pixels, face: Face, speech: Speech) -> Iterator[Pixels]:
    track, talking = mouth_track(speech, FPS), TalkingFace(picture, face)
    idle = idle_motion(picture, face, speech, FPS, Motion.SUBTLE)
    for index in range(len(track)):
        frame = talking.draw(track, index)
        idle.blink(frame, index)
        yield np.array(idle.move(frame, index))


def report(title: str, frames: list[Pixels], drawn_ms: float, folder: Path) -> None:
    """Print one still's part; times are of the CPU, in this process alone."""
    height, width = frames[0].shape[:2]
    changed = [frame.copy() for frame in frames]
    begun_s = time.process_time()
    mark = Watermark(KEY, MARK_ID, width, height)
    for frame in changed:
        mark.onto(frame)
    took_ms = 1000 * (time.process_time() - begun_s) / len(frames)
    begun_s = time.process_time()
    plain = write_film(folder / "plain.mp4", frames, options=OURS)
    encoded_ms = 1000 * (time.process_time() - begun_s) / len(frames)
    ours = write_film(folder / "ours.mp4", changed, options=OURS)
    before, after = plain.stat().st_size, ours.stat().st_size
    grown = f"{before / 1000:.0f} -> {after / 1000:.0f} kB ({100 * (after / before - 1):+.1f} %)"
    print(f"\n{title}, {width} x {height}, {len(frames) / FPS:.1f} s")
    slower = 100 * took_ms / (drawn_ms + encoded_ms)
    print(
        f"  {drawn_ms:.2f} ms to draw, {encoded_ms:.2f} to encode, {took_ms:.2f} to mark a frame: "
    )
    print(f"  {slower:.1f} % slower, {grown}, PSNR {psnr_db(frames, changed):.1f} dB")
    print(f"  {'way':<34} score (ours above {SURE})  read")
    _line("without the mark", plain)
    _line("as we send it", ours)
    for way in WAYS:
        _line(way.name, reencoded(ours, folder / "again.mp4", way))


def _line(name: str, video: Path) -> None:
    found = read_mark_of(video, KEY)
    whole = "whole" if found.mark == read_mark(MARK_ID) else "wrong" if found.mark else "no"
    print(f"  {name:<34} {found.score:5.1f}                    {whole}", flush=True)


if __name__ == "__main__":
    main()
