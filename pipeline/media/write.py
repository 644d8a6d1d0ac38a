"""Write frames and sound into an MP4 that plays inline everywhere.

H.264 High yuv420p with AAC of the sound at its own rate, index first, encoded once. The encoder
has a thread of its own behind a short queue, so memory does not grow with the length of the
video. Knows pixels and samples; does not know what they show, nor that a label is in them.

The file appears under its name only when it is whole: it is written beside, then renamed.
"""

from __future__ import annotations

import errno
import logging
import math
import os
import queue
import threading
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from pipeline import errors
from pipeline.media.read import VIDEO_RATES_HZ, Pixels, Sound

QUEUED_FRAMES, LOOKAHEAD_FRAMES, B_FRAMES = 2, 3, 2
"""Frames that wait, before the encoder and in it, and how many of those may come out of order: 8
and x264's own 10 and 3 took 58 MB more at 1024 px."""
CRF = 15.5
"""With that lookahead: the picture that 18 gives with x264's own, for 7 to 10 % more bits (luma
PSNR of two portraits at 1024 px: 45.0 and 48.2 dB either way)."""
ENCODER_THREADS, COLOUR_THREADS = 2, 1
"""Left alone both take a thread for each processor of the machine, and each thread holds lines or
frames of its own; the engine needs the processors."""
MOST_BITS_PER_S = 10_000_000
LEAST_BITS_PER_S = 20_000
SOUND_BITS_PER_S = 96_000
PUT_WAIT_S = 0.2
JOIN_LIMIT_S = 60.0
BT709 = 1
"""ITU-T H.273: primaries, transfer and matrix 1 are BT.709."""

log = logging.getLogger(__name__)


class VideoWriter:
    """A video being written; a context manager. Frames go in by ``add`` in their order.

    ``into`` is replaced only when the block ends without an error; otherwise nothing is left.
    Exactly ``frames_wanted`` = ceil(duration * fps) frames must come; silence fills the sound up
    to the end of the last one. Raises ``DiskFull``; ``RenderFailed`` when the file has more than
    ``max_bytes`` or the number of frames is another.
    """

    def __init__(
        self,
        into: Path,
        *,
        width_px: int,
        height_px: int,
        fps: int,
        sound: Sound,
        max_bytes: int,
    ) -> None:
        if width_px % 2 or height_px % 2:
            raise ValueError(f"H.264 needs even sides, got {width_px} x {height_px}")
        if sound.sample_rate_hz not in VIDEO_RATES_HZ:
            raise ValueError(f"AAC takes no sound of {sound.sample_rate_hz} Hz")
        self.frames_wanted = math.ceil(sound.duration_s * fps)
        self.frames = 0
        self.size_bytes = 0
        self._into, self._part = into, into.with_name(f".{into.name}.{os.getpid()}.part")
        self._size_px = (width_px, height_px)
        self._fps, self._sound, self._max_bytes = fps, sound, max_bytes
        self._queue: queue.Queue[av.VideoFrame | None] = queue.Queue(QUEUED_FRAMES)
        self._failure: BaseException | None = None
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)

    def __enter__(self) -> Self:
        try:
            self._open()
        except OSError as e:
            raise disk_error(e) from e
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._abandoned.set()
        try:
            self._finish()
            if error is None:
                self._publish()
        finally:
            self._part.unlink(missing_ok=True)

    def add(self, frame: Pixels) -> None:
        """Queue one (height, width, 3) RGB frame; it is copied. Waits while the queue is full."""
        width_px, height_px = self._size_px
        if frame.shape != (height_px, width_px, 3):
            raise ValueError(
                f"a frame of {height_px, width_px, 3} was expected, got {frame.shape}"
            )
        self._put(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24"))
        self.frames += 1

    # ----------------------------------------------------------------- the caller's thread

    def _put(self, frame: av.VideoFrame | None) -> None:
        while True:
            self._raise_failure()
            try:
                self._queue.put(frame, timeout=PUT_WAIT_S)
            except queue.Full:
                continue
            return

    def _raise_failure(self) -> None:
        if self._failure is None or self._abandoned.is_set():
            return
        if isinstance(self._failure, OSError):
            raise disk_error(self._failure) from self._failure
        raise self._failure

    def _finish(self) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put(None, timeout=PUT_WAIT_S)
            except queue.Full:
                continue
            break
        self._thread.join(JOIN_LIMIT_S)
        if self._thread.is_alive():
            raise errors.RenderFailed(f"The encoder did not end within {JOIN_LIMIT_S:.0f} s.")
        self._raise_failure()

    def _publish(self) -> None:
        if self.frames != self.frames_wanted:
            raise errors.RenderFailed(
                f"The engine made {self.frames} frames; {self.frames_wanted} were expected."
            )
        self.size_bytes = self._part.stat().st_size
        if self.size_bytes > self._max_bytes:
            raise errors.RenderFailed(
                f"The video has {self.size_bytes / 1e6:.1f} MB; the limit is "
                f"{self._max_bytes / 1e6:.1f} MB. Choose a smaller size or a shorter script."
            )
        self._part.replace(self._into)

    # ----------------------------------------------------------------- the encoder's thread

    def _open(self) -> None:
        self._container = av.open(
            f"file:{self._part}", "w", format="mp4", options={"movflags": "+faststart"}
        )
        self._video = self._container.add_stream("libx264", rate=self._fps)
        self._video.width, self._video.height = self._size_px
        self._video.pix_fmt = "yuv420p"
        self._video.thread_count = ENCODER_THREADS
        self._video.gop_size = 5 * self._fps
        context = self._video.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = ColorRange.MPEG
        most = str(self._bits_per_s())
        self._video.options = {
            "crf": str(CRF),
            "preset": "veryfast",
            "rc-lookahead": str(LOOKAHEAD_FRAMES),
            "bf": str(B_FRAMES),
            "b-pyramid": "none",  # fewer frames kept to refer to: 10 MB at 1024 px
            "profile": "high",
            "maxrate": most,
            "bufsize": most,
        }
        rate_hz = self._sound.sample_rate_hz
        self._audio = self._container.add_stream("aac", rate=rate_hz, layout="mono")
        self._audio.bit_rate = SOUND_BITS_PER_S
        self._reformatter = VideoReformatter()
        self._samples_done = 0

    def _bits_per_s(self) -> int:
        """Most bits per second of picture so that the file stays below ``max_bytes``.

        x264's buffer model bounds the picture by maxrate * duration + bufsize; bufsize is one
        second of maxrate, and 3 % remain for the container.
        """
        duration_s = self.frames_wanted / self._fps
        bits = self._max_bytes * 8 * 0.97 - SOUND_BITS_PER_S * duration_s
        return round(min(max(bits / (duration_s + 1), LEAST_BITS_PER_S), MOST_BITS_PER_S))

    def _work(self) -> None:
        try:
            try:
                self._encode_all()
            finally:
                self._container.close()
        except BaseException as e:
            self._failure = e
            if self._abandoned.is_set():
                log.debug("abandoned video: %s", type(e).__name__)

    def _encode_all(self) -> None:
        number = 0
        while (frame := self._queue.get()) is not None:
            if self._abandoned.is_set():
                return
            frame.pts, frame.time_base = number, Fraction(1, self._fps)
            yuv = self._reformatter.reformat(
                frame,
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                threads=COLOUR_THREADS,
            )
            self._container.mux(self._video.encode(yuv))
            number += 1
            self._encode_sound_to(number)
        if not self._abandoned.is_set():
            self._container.mux(self._video.encode(None))
            self._container.mux(self._audio.encode(None))

    def _encode_sound_to(self, frames: int) -> None:
        """Encode the sound up to the end of that many frames, with silence beyond its own end."""
        rate_hz = self._sound.sample_rate_hz
        start, end = self._samples_done, frames * rate_hz // self._fps
        samples = self._sound.samples[start:end]
        padded = np.pad(samples, (0, end - start - len(samples)))
        frame = av.AudioFrame.from_ndarray(padded[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, start, Fraction(1, rate_hz)
        self._container.mux(self._audio.encode(frame))
        self._samples_done = end


def disk_error(error: OSError) -> Exception:
    """Name a full disk; EFBIG is a process's own limit of file size, the same to a user."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return errors.DiskFull("the video")
    return error
